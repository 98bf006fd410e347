"""The page of a run: where it stands, what it did, and every state that it went through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import Query, Request
from fastapi.responses import RedirectResponse, Response

from monty_flow.engine import Approval, Engine, Recent, Role, Run, RunStatus
from monty_flow.late import as_shown
from monty_flow.server.access import AtDesk
from monty_flow.server.api.routing import RunId
from monty_flow.server.pages.rendering import page, takes
from monty_flow.server.pages.rendering import router as new_router
from monty_flow.server.pages.state import State, state_of
from monty_flow.server.pages.timeline import timeline

router = new_router()

#: Calls and log lines that a page shows, the last ones.
SHOWN = 200
#: What a person can do with a run, by its name in addresses.
ACTIONS: dict[str, Callable[[Engine, str], Run]] = {
    'cancel': Engine.cancel,
    'terminate': Engine.terminate,
    'pause': Engine.pause,
    'resume': Engine.resume,
    'retry': Engine.retry,
}
Action = Literal['cancel', 'terminate', 'pause', 'resume', 'retry']
#: The buttons of a run in each status.
_UNDER_WAY = ('pause', 'cancel')
BUTTONS: dict[RunStatus, tuple[str, ...]] = {
    RunStatus.PENDING: _UNDER_WAY,
    RunStatus.RUNNING: _UNDER_WAY,
    RunStatus.WAITING: _UNDER_WAY,
    RunStatus.CANCELLING: ('terminate',),
    RunStatus.PAUSED: ('resume', 'retry', 'cancel'),
    RunStatus.FAILED: ('retry',),
    RunStatus.SUCCEEDED: (),
    RunStatus.CANCELLED: (),
}

_Step = Annotated[int, Query(ge=0, le=2**31 - 1)]


@dataclass(frozen=True, slots=True)
class Follows:
    """What of a page follows its run."""

    run: Run
    recent: Recent
    approvals: list[Approval]
    published: dict[str, Any]
    children: list[Run]


@router.get('/runs/{run_id:run_id}', **takes(Role.READ))
async def show_run(request: Request, run_id: RunId, desk: AtDesk, step: _Step = 0) -> Response:
    """Show a run."""

    def read(engine: Engine, run: Run) -> tuple[Follows, State]:
        return _read(engine, run), state_of(engine, run, step)

    follows, state = await desk.on_run(run_id, read)
    awaited = next((each.args[0] for each in state.waits if state.newest and each.function == 'flow.wait_signal'), '')
    return page(request, desk, 'run.html', state=state, awaited=awaited, **_live(follows, desk.now()))


@router.get('/runs/{run_id:run_id}/live', **takes(Role.READ))
async def show_live(request: Request, run_id: RunId, desk: AtDesk) -> Response:
    """Show the parts of the page that follow the run."""
    return page(request, desk, 'live.html', **_live(await desk.on_run(run_id, _read), desk.now()))


@router.get('/runs/{run_id:run_id}/state', **takes(Role.READ))
async def show_state(request: Request, run_id: RunId, desk: AtDesk, step: _Step = 0) -> Response:
    """Show the state of a run at a step; 0 is the newest."""
    run, state = await desk.on_run(run_id, lambda engine, run: (run, state_of(engine, run, step)))
    return page(request, desk, 'state.html', run=run, state=state)


@router.get('/runs/{run_id:run_id}/variables', **takes(Role.READ))
async def show_variables(request: Request, run_id: RunId, desk: AtDesk) -> Response:
    """Show the variables of a run where it stands, for beside its question."""
    state = await desk.on_run(run_id, lambda engine, run: state_of(engine, run, 0))
    return page(request, desk, 'variables.html', state=state)


@router.post('/runs/{run_id:run_id}/do/{action}', **takes(Role.OPERATE))
async def steer(run_id: RunId, action: Action, desk: AtDesk) -> Response:
    """Steer a run and show it."""
    run = await desk.on_run(run_id, lambda engine, run: ACTIONS[action](engine, run.id))
    return RedirectResponse(f'/runs/{run.id}', HTTPStatus.SEE_OTHER)


def _read(engine: Engine, run: Run) -> Follows:
    return Follows(
        run=as_shown(run),
        recent=engine.recent(run.id, SHOWN),
        approvals=[as_shown(approval) for approval in engine.approvals(run.id, limit=SHOWN)],
        published=engine.published(run.id),
        children=engine.children(run.id, limit=SHOWN),
    )


def _live(follows: Follows, now: datetime) -> dict[str, Any]:
    run, recent = follows.run, follows.recent
    is_cancelled = run.cancel_at is not None and run.finished_at is None
    return {
        'run': run,
        'now': now,
        'recent': recent,
        'shown': SHOWN,
        'timeline': timeline([as_shown(call) for call in recent.calls], recent.history, run.finished_at or now),
        'buttons': BUTTONS[RunStatus.CANCELLING if is_cancelled else run.status],
        'is_cancelled': is_cancelled,
        'approvals': follows.approvals,
        'published': follows.published,
        'children': follows.children,
    }
