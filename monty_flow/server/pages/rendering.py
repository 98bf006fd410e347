"""How a page is made: the templates, what all of them know, and the answer to an error."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from monty_flow import __version__
from monty_flow.engine import Role
from monty_flow.plain import duration, moment, shorten
from monty_flow.server.access import Caller, Desk, page_allow
from monty_flow.server.place import Place

#: The pages of the bar at the top: path and title.
NAVIGATION = (
    ('/runs', 'Runs'),
    ('/approvals', 'Approvals'),
    ('/schedules', 'Schedules'),
    ('/queues', 'Queues'),
    ('/workers', 'Workers'),
    ('/functions', 'Functions'),
    ('/retention', 'Retention'),
)


def _value(value: Any) -> str:
    """Return a value as Python writes it, cut where it is long."""
    text = repr(value)
    return text if len(text) <= _LONGEST_VALUE else f'{text[:_LONGEST_VALUE]} ... ({len(text)} characters)'


_LONGEST_VALUE = 20_000


def _seconds(seconds: float) -> str:
    return f'{seconds * 1000:.1f} ms' if seconds < 1 else f'{seconds:.2f} s'


def _span(seconds: float) -> str:
    """Return a length of time that somebody has chosen, in the longest unit of which it is a whole number."""
    for unit, size in (('d', 86400), ('h', 3600), ('min', 60)):
        if seconds >= size and seconds % size == 0:
            return f'{seconds / size:g} {unit}'
    return f'{seconds:g} s'


#: Characters that cannot be seen and change what is: those that turn the direction of a line, and controls, with what is shown for them.
_UNSEEN = {
    **{code: f'\N{MATHEMATICAL LEFT ANGLE BRACKET}U+{code:04X}\N{MATHEMATICAL RIGHT ANGLE BRACKET}'
       for code in (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))},
    **{code: chr(0x2400 + code) for code in range(32) if chr(code) not in '\t\n'},
    0x7F: '\N{SYMBOL FOR DELETE}',
}  # fmt: skip


def _visible(text: str) -> str:
    """Return a text in which nothing hides: a script or a line of a log says what it seems to say."""
    return text.translate(_UNSEEN)


def _iso(value: datetime) -> str:
    return value.isoformat(timespec='milliseconds')


_environment = Environment(
    loader=PackageLoader('monty_flow.server'),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters.update(
    moment=moment,
    duration=duration,
    shorten=shorten,
    value=_value,
    seconds=_seconds,
    span=_span,
    visible=_visible,
    iso=_iso,
    query=urlencode,
)
_environment.globals.update(version=__version__, navigation=NAVIGATION, role=Role)


def router() -> APIRouter:
    """Return a router for pages, which are no part of the API's description."""
    return APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


def takes(role: Role) -> dict[str, Any]:
    """Return the options of a page that takes a role."""
    return {'dependencies': [page_allow(role)]}


def page(request: Request, desk: Desk, template: str, *, status: int = HTTPStatus.OK, **context: Any) -> HTMLResponse:
    """Return a page for the caller at a desk."""
    caller = desk.caller
    return HTMLResponse(
        _environment.get_template(template).render(
            path=request.url.path,
            caller=caller,
            proof=desk.place.sessions.proof_for(caller.cookie),
            **context,
        ),
        status,
    )


def bare_page(request: Request, template: str, *, status: int, **context: Any) -> HTMLResponse:
    """Return a page for someone who is not known."""
    caller: Caller | None = getattr(request.state, 'caller', None)
    proof = Place.of(request).sessions.proof_for('' if caller is None else caller.cookie)
    return HTMLResponse(
        _environment.get_template(template).render(path=request.url.path, caller=caller, proof=proof, **context), status
    )


def error_page(request: Request, status: int, code: str, message: str) -> Response:
    """Return the answer of a page to an error: the way to sign in, or what was wrong."""
    if code == 'token_needed':
        if request.headers.get('HX-Request'):
            return Response(status_code=HTTPStatus.UNAUTHORIZED, headers={'HX-Redirect': '/login'})
        return RedirectResponse('/login', HTTPStatus.SEE_OTHER)
    title = HTTPStatus(status).phrase
    if code == 'not_found':
        message = 'There is no page at this address.'
    return bare_page(request, 'error.html', status=status, title=title, message=message, code=code)
