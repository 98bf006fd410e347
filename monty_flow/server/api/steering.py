"""Change the way of a run, or of many."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from fastapi import Response

from monty_flow.engine import Engine, Role, Run, RunFilter
from monty_flow.server.access import AtDesk, Desk, role_too_small
from monty_flow.server.api.bodies.describing import body
from monty_flow.server.api.bodies.runs import RunBody
from monty_flow.server.api.bodies.submissions import BulkBody, BulkResultBody
from monty_flow.server.api.routing import RunId, takes
from monty_flow.server.api.routing import router as new_router

router = new_router('steering')

#: What can be done to all runs of a filter.
MANY: dict[str, Callable[..., int]] = {
    'cancel': Engine.cancel_many,
    'terminate': Engine.terminate_many,
    'pause': Engine.pause_many,
    'resume': Engine.resume_many,
    'retry': Engine.retry_many,
    'delete': Engine.delete_many,
}


async def _steered(desk: Desk, run_id: str, act: Callable[[Engine, str], Run]) -> RunBody:
    return body(RunBody, await desk.on_run(run_id, lambda engine, run: act(engine, run.id)))


@router.post('/runs/{run_id:run_id}/cancel', **takes(Role.OPERATE))
async def cancel_run(run_id: RunId, desk: AtDesk) -> RunBody:
    """Cancel a run: its script is told and may clean up, then it ends without a result."""
    return await _steered(desk, run_id, Engine.cancel)


@router.post('/runs/{run_id:run_id}/terminate', **takes(Role.OPERATE))
async def terminate_run(run_id: RunId, desk: AtDesk) -> RunBody:
    """End a run at once, without asking its script."""
    return await _steered(desk, run_id, Engine.terminate)


@router.post('/runs/{run_id:run_id}/pause', **takes(Role.OPERATE))
async def pause_run(run_id: RunId, desk: AtDesk) -> RunBody:
    """Hold a run: no call of it is begun until it is resumed."""
    return await _steered(desk, run_id, Engine.pause)


@router.post('/runs/{run_id:run_id}/resume', **takes(Role.OPERATE))
async def resume_run(run_id: RunId, desk: AtDesk) -> RunBody:
    """Let a paused run go on from where it stands."""
    return await _steered(desk, run_id, Engine.resume)


@router.post('/runs/{run_id:run_id}/retry', **takes(Role.OPERATE))
async def retry_run(run_id: RunId, desk: AtDesk) -> RunBody:
    """Let a failed or paused run go on from where it stood before the step that failed."""
    return await _steered(desk, run_id, Engine.retry)


@router.delete('/runs/{run_id:run_id}', status_code=HTTPStatus.NO_CONTENT, response_class=Response, **takes(Role.ADMIN))
async def delete_run(run_id: RunId, desk: AtDesk) -> Response:
    """Delete a run that has ended, with all that is stored of it."""
    await desk.on_run(run_id, lambda engine, run: engine.delete(run.id))
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.post('/runs/bulk', **takes(Role.OPERATE))
async def steer_runs(bulk: BulkBody, desk: AtDesk) -> BulkResultBody:
    """Do something to all runs that meet the conditions; deleting takes the role admin."""
    if bulk.action == 'delete' and not desk.caller.role.allows(Role.ADMIN):
        raise role_too_small(desk.caller, Role.ADMIN)
    wanted = RunFilter(
        status=bulk.status,
        script_name=bulk.script,
        text=bulk.text,
        submitted_after=bulk.submitted_after,
        submitted_before=bulk.submitted_before,
        namespace=desk.own_namespace(bulk.namespace),
        queue=bulk.queue,
        tags=bulk.tags,
    )
    number = await desk.do(lambda engine: MANY[bulk.action](engine, wanted, dry_run=bulk.dry_run))
    return BulkResultBody(runs=number, dry_run=bulk.dry_run)
