"""Who a request comes from, and what it may do.

Three ways in: a bearer token; the session cookie that a browser gets for one; and none at all, as long as the database
has no tokens and the request comes from this machine. A change that comes by a cookie, or by nothing, could be made by
a page of someone else in the browser of the user. Hence `guard.py` hears no change from a foreign origin, and one by a
cookie needs the proof of one of our pages besides.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, TypeVar

from fastapi import Depends, Request, params
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from monty_flow.engine import ALL_NAMESPACES, Engine, Role, Run, RunNotFound, ScheduleNotFound, Token, moment
from monty_flow.server.failures import Refused
from monty_flow.server.place import Place
from monty_flow.server.sessions import COOKIE

Result = TypeVar('Result')

#: Header in which pages prove that a change comes from them.
PROOF_HEADER = 'x-csrf-token'
PROOF_FIELD = 'proof'
#: Headers of a proxy: whom it speaks for is not on this machine.
_FORWARDED = frozenset({'forwarded', 'x-forwarded-for', 'x-real-ip'})
_SAFE = frozenset({'GET', 'HEAD', 'OPTIONS'})
_BEARER = HTTPBearer(auto_error=False, description='A token that `monty-flow tokens create` made.')


class Entry(StrEnum):
    """How a request came in."""

    TOKEN = 'token'
    SESSION = 'session'
    #: The database has no tokens.
    OPEN = 'open'


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose request it is."""

    entry: Entry
    name: str
    role: Role
    #: The namespace whose runs it sees, None for all.
    namespace: str | None
    #: The session cookie, '' where there is none.
    cookie: str
    #: By what its requests are counted.
    counted_as: str
    #: None where it has no token.
    token_id: str | None


class Allow:
    """A dependency that hears requests of a role, or of one that may do more."""

    def __init__(self, role: Role) -> None:
        self.role = role

    async def __call__(
        self, request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
    ) -> Caller:
        """Return the caller, or raise Refused."""
        place = Place.of(request)
        caller = await _identify(request, place, credentials)
        _count(place, caller)
        await self._check_proof(request, place, caller)
        if not caller.role.allows(self.role):
            raise role_too_small(caller, self.role)
        request.state.caller = caller
        return caller

    async def _check_proof(self, request: Request, place: Place, caller: Caller) -> None:
        """Raise Refused for a change by a cookie that no page of ours asked for."""
        if caller.entry is not Entry.SESSION or request.method in _SAFE:
            return
        if not place.sessions.proves(caller.cookie, request.headers.get(PROOF_HEADER, '')):
            raise unproven()


class AllowPage(Allow):
    """As `Allow`, for pages: their forms bring the proof as a field, and need it too where there are no tokens."""

    async def _check_proof(self, request: Request, place: Place, caller: Caller) -> None:
        if caller.entry is Entry.TOKEN or request.method in _SAFE:
            return
        proof = request.headers.get(PROOF_HEADER) or (await request.form()).get(PROOF_FIELD, '')
        if not isinstance(proof, str) or not place.sessions.proves(caller.cookie, proof):
            raise unproven()


def allow(role: Role) -> params.Depends:
    """Return the dependency of a route that takes this role; a route without one is found by a test."""
    dependency: params.Depends = Depends(Allow(role))
    return dependency


def page_allow(role: Role) -> params.Depends:
    """Return the dependency of a page that takes this role."""
    dependency: params.Depends = Depends(AllowPage(role))
    return dependency


async def _identify(request: Request, place: Place, credentials: HTTPAuthorizationCredentials | None) -> Caller:
    address = address_of(request)
    cookie = request.cookies.get(COOKIE, '')
    if credentials is not None:
        token = await token_of(place, address, credentials.credentials)
        return _caller(token, Entry.TOKEN, '')
    token_id = place.sessions.token_id_of(cookie) if cookie else None
    if token_id is not None:
        known = await place.engines.do(lambda engine: engine.token_by_id(token_id))
        if known is not None:
            return _caller(known, Entry.SESSION, cookie)
    if await place.engines.do(lambda engine: bool(engine.tokens())):
        raise Refused(
            HTTPStatus.UNAUTHORIZED,
            'token_needed',
            'this needs a token: send "Authorization: Bearer mf_...", or sign in at /login',
            {'WWW-Authenticate': 'Bearer'},
        )
    if not is_loopback(address) or _FORWARDED & set(request.headers):
        raise Refused(
            HTTPStatus.FORBIDDEN,
            'loopback_only',
            'without tokens only this machine is heard; make one with "monty-flow tokens create"',
        )
    return Caller(Entry.OPEN, 'anyone on this machine', Role.ADMIN, None, '', f'address {address}', None)


async def token_of(place: Place, address: str, text: str) -> Token:
    """Return the token of a text, or raise Refused; wrong ones are counted by address.

    A good one is heard whatever others have tried from its address, which behind a proxy is that of all: it is no guess among 2**256.
    """
    token = await place.engines.do(lambda engine: engine.token_of(text))
    if token is None:
        wait = place.failures.wait_seconds(address)
        if wait:
            raise too_many(wait)
        place.failures.take(address)
        raise Refused(
            HTTPStatus.UNAUTHORIZED,
            'token_refused',
            'this token is not known, has ended, or was revoked; ask for a new one',
            {'WWW-Authenticate': 'Bearer error="invalid_token"'},
        )
    return token


def _caller(token: Token, entry: Entry, cookie: str) -> Caller:
    namespace = None if token.namespace == ALL_NAMESPACES else token.namespace
    return Caller(entry, token.name, token.role, namespace, cookie, f'token {token.id}', token.id)


def _count(place: Place, caller: Caller) -> None:
    wait = place.requests.wait_seconds(caller.counted_as)
    if wait:
        raise too_many(wait)
    place.requests.take(caller.counted_as)


def too_many(wait: float) -> Refused:
    """Return the error for a caller that asks too often."""
    seconds = max(1, -int(-wait // 1))
    return Refused(
        HTTPStatus.TOO_MANY_REQUESTS,
        'too_many_requests',
        f'too many requests; try again in {seconds} s',
        {'Retry-After': str(seconds)},
    )


def role_too_small(caller: Caller, role: Role) -> Refused:
    """Return the error for a caller that may not do what takes this role."""
    message = f'this takes the role {role}, and the token of {caller.name} has {caller.role}'
    return Refused(HTTPStatus.FORBIDDEN, 'role_too_small', message)


def unproven() -> Refused:
    """Return the error for a change that no page of ours asked for."""
    return Refused(HTTPStatus.FORBIDDEN, 'proof_missing', 'this change did not come from a page of ours; load it again')


def address_of(request: Request) -> str:
    """Return the address from which a request came, '' when the server does not know."""
    return request.client.host if request.client is not None else ''


def is_loopback(address: str) -> bool:
    """Tell whether an address is one of this machine for itself."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def namespace_refused(namespace: str) -> Refused:
    """Return the error for what is not of the namespace of a token."""
    return Refused(HTTPStatus.FORBIDDEN, 'namespace_refused', f'this token is good for the namespace {namespace} only')


#: Characters of a whole id.
_ID_LENGTH = 36


class Desk:
    """What a route does its work with: engines, and only the runs that the caller may see."""

    def __init__(self, request: Request) -> None:
        self.place = Place.of(request)
        self.caller: Caller = request.state.caller

    def now(self) -> datetime:
        """Return the present moment."""
        return moment(self.place.settings.clock.now())

    async def do(self, work: Callable[[Engine], Result]) -> Result:
        """Return what `work` returns for an engine."""
        return await self.place.engines.do(work)

    async def on_run(self, run_id: str, work: Callable[[Engine, Run], Result]) -> Result:
        """Return what `work` returns for a run; one that the caller may not see is not found."""
        return await self.place.engines.do(lambda engine: work(engine, self.visible(engine, run_id)))

    def is_still_heard(self, engine: Engine) -> bool:
        """Tell whether the caller would be heard again: an answer may go on for long, and a token end meanwhile."""
        return self.caller.token_id is None or engine.token_by_id(self.caller.token_id) is not None

    def visible(self, engine: Engine, run_id: str) -> Run:
        """Return a run, or raise RunNotFound when the caller may not see it."""
        namespace = self.caller.namespace
        # A beginning of an id would tell whether there are runs elsewhere that begin so.
        if namespace is not None and len(run_id) != _ID_LENGTH:
            raise RunNotFound(run_id)
        run = engine.get(run_id)
        if namespace is not None and run.namespace != namespace:
            raise RunNotFound(run_id)
        return run

    async def on_schedule(self, name: str, work: Callable[[Engine, str], Result]) -> Result:
        """Return what `work` returns for a schedule; one of another namespace is not found."""

        def checked(engine: Engine) -> Result:
            if self.caller.namespace not in (None, engine.schedule(name).namespace):
                raise ScheduleNotFound(name)
            return work(engine, name)

        return await self.place.engines.do(checked)

    def require_all_namespaces(self) -> None:
        """Raise Refused for a caller of one namespace: what it would change belongs to all."""
        if self.caller.namespace is not None:
            raise namespace_refused(self.caller.namespace)

    def own_namespace(self, asked: str | None) -> str | None:
        """Return the namespace that is meant, None for all; raise Refused for one that is not the caller's."""
        namespace = self.caller.namespace
        if namespace is None or asked in (None, namespace):
            return namespace or asked
        raise namespace_refused(namespace)


AtDesk = Annotated[Desk, Depends(Desk)]
