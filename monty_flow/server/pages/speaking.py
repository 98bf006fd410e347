"""What waits for a person, and what a person says to runs."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response

from monty_flow.engine import Engine, Role, Run
from monty_flow.late import as_shown
from monty_flow.server.access import AtDesk
from monty_flow.server.api.routing import RunId
from monty_flow.server.api.speaking import CallNumber
from monty_flow.server.failures import Refused
from monty_flow.server.pages.rendering import page, takes
from monty_flow.server.pages.rendering import router as new_router
from monty_flow.server.pages.writing import Unreadable, value_of

router = new_router()

#: Questions on the page.
MOST = 200


@router.get('/approvals', **takes(Role.READ))
async def show_approvals(request: Request, desk: AtDesk) -> Response:
    """Show what waits for a decision."""
    found = await desk.do(lambda engine: engine.approvals(limit=MOST, namespace=desk.caller.namespace))
    return page(request, desk, 'approvals.html', approvals=[as_shown(approval) for approval in found], now=desk.now())


@router.post('/runs/{run_id:run_id}/calls/{number}/decision', **takes(Role.OPERATE))
async def decide(
    run_id: RunId,
    number: CallNumber,
    desk: AtDesk,
    decision: Annotated[Literal['approve', 'reject'], Form()],
    comment: Annotated[str, Form(max_length=4000)] = '',
    back: Annotated[Literal['run', 'approvals'], Form()] = 'run',
) -> Response:
    """Approve or reject a call, and go back to where that was asked."""

    def act(engine: Engine, run: Run) -> str:
        decided = engine.approve if decision == 'approve' else engine.reject
        return decided(run.id, number, by=desk.caller.name, comment=comment or None).run_id

    decided_run = await desk.on_run(run_id, act)
    return RedirectResponse('/approvals' if back == 'approvals' else f'/runs/{decided_run}', HTTPStatus.SEE_OTHER)


@router.post('/runs/{run_id:run_id}/signals', **takes(Role.OPERATE))
async def send(
    run_id: RunId,
    desk: AtDesk,
    name: Annotated[str, Form(max_length=200)],
    value: Annotated[str, Form()] = '',
) -> Response:
    """Send a signal to a run, and show the run."""
    try:
        sent = value_of('the value', value)
    except Unreadable as error:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, 'value_refused', str(error)) from None
    shown = await desk.on_run(run_id, lambda engine, run: engine.signal(run.id, name, sent).run_id)
    return RedirectResponse(f'/runs/{shown}', HTTPStatus.SEE_OTHER)
