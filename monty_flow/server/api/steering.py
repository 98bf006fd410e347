"""Change the way of a run."""

from __future__ import annotations

from monty_flow.engine import Role
from monty_flow.server.access import AtDesk
from monty_flow.server.api.bodies import RunBody, body
from monty_flow.server.api.routing import RunId, takes
from monty_flow.server.api.routing import router as new_router

router = new_router('steering')


@router.post('/runs/{run_id}/cancel', **takes(Role.OPERATE))
async def cancel_run(run_id: RunId, desk: AtDesk) -> RunBody:
    """End a run without a result."""
    return body(RunBody, await desk.on_run(run_id, lambda engine, run: engine.cancel(run.id)))


@router.post('/runs/{run_id}/retry', **takes(Role.OPERATE))
async def retry_run(run_id: RunId, desk: AtDesk) -> RunBody:
    """Let a failed run go on from where it stood before the step that failed."""
    return body(RunBody, await desk.on_run(run_id, lambda engine, run: engine.retry(run.id)))
