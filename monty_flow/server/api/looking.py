"""Look at one run."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from monty_flow.engine import Call, Engine, Role, Run, RunStatus
from monty_flow.late import loaded
from monty_flow.plain import plain
from monty_flow.server.access import AtDesk, Desk
from monty_flow.server.api.bodies.describing import body
from monty_flow.server.api.bodies.happenings import CallBody, HistoryBody, LogLineBody, SourceBody
from monty_flow.server.api.bodies.runs import ErrorInfoBody, ResultBody, RunBody
from monty_flow.server.api.routing import Flag, RunId, takes
from monty_flow.server.api.routing import router as new_router

router = new_router('runs')

#: Log lines, calls or entries in one answer.
MOST_LINES = 5000
_ENDED = frozenset({RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.CANCELLED})


@router.get('/runs/{run_id:run_id}', **takes(Role.READ))
async def get_run(run_id: RunId, desk: AtDesk) -> RunBody:
    """Tell where a run stands."""
    return body(RunBody, await desk.on_run(run_id, lambda engine, run: loaded(run)))


@router.get('/runs/{run_id:run_id}/result', **takes(Role.READ))
async def get_result(
    run_id: RunId,
    desk: AtDesk,
    wait_seconds: Annotated[float, Query(ge=0, le=60, description='Wait so long for the end.')] = 0,
) -> ResultBody:
    """Tell how a run ended; with `wait_seconds` the answer waits for the end, or until it was set aside."""
    run = await desk.on_run(run_id, lambda engine, run: loaded(run))
    if wait_seconds > 0:
        run = await _wait(desk, run, wait_seconds)
    return ResultBody(
        id=run.id,
        status=run.status,
        finished=run.status in _ENDED,
        output=plain(run.output),
        error=None if run.error is None else body(ErrorInfoBody, run.error),
    )


async def _wait(desk: Desk, run: Run, seconds: float) -> Run:
    clock = desk.place.settings.clock
    until = clock.elapsed() + seconds * 1e6
    while run.status not in _ENDED and run.status is not RunStatus.PAUSED:
        left = (until - clock.elapsed()) / 1e6
        if left <= 0 or not await desk.place.watcher.wait_beyond(run.id, run.version, left):
            break
        run = await desk.on_run(run.id, lambda engine, found: loaded(found))
    return run


@router.get('/runs/{run_id:run_id}/source', **takes(Role.READ))
async def get_source(run_id: RunId, desk: AtDesk) -> SourceBody:
    """Return the script of a run."""

    def read(engine: Engine, run: Run) -> SourceBody:
        return SourceBody(script_name=run.script_name, script_hash=run.script_hash, source=engine.source(run.id))

    return await desk.on_run(run_id, read)


@router.get('/runs/{run_id:run_id}/calls', **takes(Role.READ))
async def list_calls(
    run_id: RunId,
    desk: AtDesk,
    after: Annotated[int, Query(ge=0, le=2**31 - 1, description='The number of the last call that is known.')] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST_LINES, description='Calls at most.')] = 1000,
    large: Annotated[Flag, Query(description='With their large values, each of which is read for this.')] = False,
) -> list[CallBody]:
    """List the external calls of a run in their order; `{"kept_apart_bytes": N}` stands for a large value."""

    def read(engine: Engine, run: Run) -> list[Call]:
        found = engine.calls(run.id, after=after, limit=limit)
        return [loaded(call) for call in found] if large else found

    return [body(CallBody, call) for call in await desk.on_run(run_id, read)]


@router.get('/runs/{run_id:run_id}/history', **takes(Role.READ))
async def list_history(
    run_id: RunId,
    desk: AtDesk,
    after: Annotated[int, Query(ge=0, le=2**31 - 1, description='The version of the last entry that is known.')] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST_LINES, description='Entries at most.')] = 1000,
) -> list[HistoryBody]:
    """List what workers committed for a run, with timings, in order; a version may have several, at the end of a piece too."""
    found = await desk.on_run(run_id, lambda engine, run: engine.history(run.id, after=after, limit=limit))
    return [body(HistoryBody, entry) for entry in found]


@router.get('/runs/{run_id:run_id}/logs', **takes(Role.READ))
async def list_logs(
    run_id: RunId,
    desk: AtDesk,
    after: Annotated[int, Query(ge=0, le=2**62, description='The `seq` of the last line that is known.')] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST_LINES, description='Lines at most.')] = 1000,
) -> list[LogLineBody]:
    """List what the script of a run printed."""
    found = await desk.on_run(run_id, lambda engine, run: engine.logs(run.id, after=after, limit=limit))
    return [body(LogLineBody, line) for line in found]


@router.get('/runs/{run_id:run_id}/children', **takes(Role.READ))
async def list_children(run_id: RunId, desk: AtDesk) -> list[RunBody]:
    """List the runs that the script of a run has started, in their order."""
    found = await desk.on_run(run_id, lambda engine, run: engine.children(run.id))
    return [body(RunBody, child) for child in found if desk.caller.namespace in (None, child.namespace)]
