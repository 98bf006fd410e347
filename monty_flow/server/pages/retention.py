"""How long runs are kept after they have ended: the rules, and the form of one."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response

from monty_flow.engine import EngineError, Role, RunStatus
from monty_flow.server.access import AtDesk, Desk
from monty_flow.server.api.retention import counts_for
from monty_flow.server.pages.rendering import page, takes
from monty_flow.server.pages.rendering import router as new_router

router = new_router()

#: Lengths that the form offers, the longest last.
UNITS = {'hours': timedelta(hours=1), 'days': timedelta(days=1), 'weeks': timedelta(weeks=1)}
FOREVER = 'ever'
STATUSES = tuple(each.value for each in (RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.CANCELLED))

_Status = Annotated[str, Form(max_length=20)]
_Namespace = Annotated[str, Form(max_length=100)]


@router.get('/retention', **takes(Role.READ))
async def show_retention(request: Request, desk: AtDesk) -> Response:
    """Show the rules."""
    return await _page(request, desk)


@router.post('/retention', **takes(Role.ADMIN))
async def change_retention(
    request: Request,
    desk: AtDesk,
    unit: Annotated[str, Form(max_length=20)],
    number: Annotated[str, Form(max_length=20)] = '',
    status: _Status = '',
    namespace: _Namespace = '',
) -> Response:
    """Make a rule and show all, or say what is wrong with it."""
    keep = None
    if unit in UNITS:
        try:
            keep = float(number) * UNITS[unit]
        except (ValueError, OverflowError):
            return await _page(request, desk, trouble=f'{number!r} is no number of {unit}')
    elif unit != FOREVER:
        return await _page(request, desk, trouble=f'{unit!r} is no unit')
    whose = desk.own_namespace(namespace or None)
    try:
        await desk.do(lambda engine: engine.set_retention(keep, status=status or None, namespace=whose))
    except EngineError as error:
        return await _page(request, desk, trouble=str(error))
    return RedirectResponse('/retention', HTTPStatus.SEE_OTHER)


@router.post('/retention/clear', **takes(Role.ADMIN))
async def clear_retention(desk: AtDesk, status: _Status = '', namespace: _Namespace = '') -> Response:
    """Delete a rule and show the others."""
    whose = desk.own_namespace(namespace or None)
    await desk.do(lambda engine: engine.clear_retention(status=status or None, namespace=whose))
    return RedirectResponse('/retention', HTTPStatus.SEE_OTHER)


def length(keep: timedelta | None) -> str:
    """Return a time for which runs are kept, in the longest unit that it is a whole number of."""
    if keep is None:
        return 'for ever'
    for name, unit in reversed(UNITS.items()):
        if keep >= unit and keep % unit == timedelta(0):
            number = keep // unit
            return f'{number} {name if number != 1 else name[:-1]}'
    return f'{keep.total_seconds():g} seconds'


async def _page(request: Request, desk: Desk, *, trouble: str | None = None) -> Response:
    namespace = desk.caller.namespace
    rules = [rule for rule in await desk.do(lambda engine: engine.retention()) if counts_for(namespace, rule)]
    return page(
        request,
        desk,
        'retention.html',
        status=HTTPStatus.OK if trouble is None else HTTPStatus.UNPROCESSABLE_ENTITY,
        rules=[(rule, length(rule.keep), namespace is None or rule.namespace == namespace) for rule in rules],
        statuses=STATUSES,
        units=(*UNITS, FOREVER),
        trouble=trouble,
    )
