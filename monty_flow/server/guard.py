"""Which requests are heard at all, and what every answer says to browsers.

* The Host header has to be a name of ours: a foreign name that was made to resolve to this address (DNS rebinding) is
  how a page reaches a server on the loopback.
* A change that a browser sends for a page of another origin is not heard.
* A body has a bound, whether its length is told or not, and a time in which to arrive.
* Answers forbid everything but our own files: no inline script, no frame, no other host.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monty_flow.server.failures import Refused, error_response
from monty_flow.server.settings import LOOPBACK_NAMES, Settings

_SAFE = frozenset({'GET', 'HEAD', 'OPTIONS'})
_IMPORT = '/api/v1/runs/import'

SECURITY_HEADERS = {
    'Content-Security-Policy': (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    # Not 'no-referrer': with that a browser hides the origin of forms, which is looked at above.
    'Referrer-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
}


class Guard:
    """An ASGI application in front of another one."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._hosts = LOOPBACK_NAMES | settings.allowed_hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope['type'] != 'http':
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        answer = _with_security_headers(send)
        refused = self._refused(scope, headers)
        if refused is not None:
            response = error_response(refused.status_code, refused.code, str(refused.detail))
            await response(scope, receive, answer)
            return
        await self._app(scope, _bounded(receive, self._body_limit(scope), self._settings.body_seconds), answer)

    def _refused(self, scope: Scope, headers: Headers) -> Refused | None:
        if host_name(headers.get('host', '')) not in self._hosts:
            return Refused(
                HTTPStatus.MISDIRECTED_REQUEST,
                'host_refused',
                'this server is not called so; name the host with "monty-flow serve --allowed-host NAME"',
            )
        if scope['method'] not in _SAFE and not _same_origin(headers):
            return Refused(HTTPStatus.FORBIDDEN, 'origin_refused', 'a page of another origin may change nothing here')
        limit = self._body_limit(scope)
        told = headers.get('content-length', '0')
        if not told.isdecimal() or int(told) > limit:
            return too_large(limit)
        return None

    def _body_limit(self, scope: Scope) -> int:
        settings = self._settings
        return settings.max_import_bytes if scope['path'] == _IMPORT else settings.max_body_bytes


def host_name(header: str) -> str:
    """Return the name in a Host header without its port, '' when it is none."""
    try:
        return urlsplit(f'//{header}').hostname or ''
    except ValueError:
        return ''


def too_large(limit: int) -> Refused:
    """Return the error for a body over its bound."""
    return Refused(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, 'body_too_large', f'the body of this request may have {limit} bytes'
    )


def _same_origin(headers: Headers) -> bool:
    site = headers.get('sec-fetch-site')
    if site not in (None, 'same-origin', 'none'):
        return False
    origin = headers.get('origin')
    # Programs send none; browsers do with each change, 'null' when they hide it.
    return origin is None or urlsplit(origin).netloc == headers.get('host')


def _bounded(receive: Receive, limit: int, seconds: float) -> Receive:
    seen = 0
    ends: float | None = asyncio.get_running_loop().time() + seconds

    async def bounded() -> Message:
        nonlocal seen, ends
        try:
            # Once the body is there, what comes is that the client has gone, whenever that is.
            async with asyncio.timeout_at(ends):
                message = await receive()
        except TimeoutError:
            raise Refused(
                HTTPStatus.REQUEST_TIMEOUT,
                'body_too_slow',
                f'the body of this request was not there within {seconds:g} s',
            ) from None
        if not message.get('more_body'):
            ends = None
        seen += len(message.get('body', b''))
        if seen > limit:
            raise too_large(limit)
        return message

    return bounded


def _with_security_headers(send: Send) -> Send:
    async def answer(message: Message) -> None:
        if message['type'] == 'http.response.start':
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers[name] = value
            # What is told of runs is for whoever asked, now. Static files say otherwise themselves.
            headers.setdefault('Cache-Control', 'no-store')
        await send(message)

    return answer
