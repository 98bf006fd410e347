"""The list of runs: filters, counts, pages, and what is done to many at once."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from monty_flow.engine import COUNT_LIMIT, SEARCHED_RUNS, Engine, EngineError, Role, RunPage, RunStatus
from monty_flow.late import as_shown
from monty_flow.server.access import AtDesk, Desk, role_too_small
from monty_flow.server.api.steering import MANY
from monty_flow.server.pages.plots import runs_plot
from monty_flow.server.pages.rendering import page, takes
from monty_flow.server.pages.rendering import router as new_router
from monty_flow.server.pages.run import ACTIONS
from monty_flow.server.pages.wanted import DEFAULT_PERIOD, PERIODS, AsWanted, Wanted

router = new_router()

PAGE_SIZE = 50
#: Runs that are steered at once by choosing each.
MOST_AT_ONCE = 200
#: What is said of runs after each action.
DONE = {
    'cancel': 'cancelled',
    'terminate': 'terminated',
    'pause': 'paused',
    'resume': 'resumed',
    'retry': 'retried',
    'delete': 'deleted',
}
BulkAction = Literal['cancel', 'terminate', 'pause', 'resume', 'retry', 'delete']
_ONE: dict[str, Callable[[Engine, str], Any]] = {**ACTIONS, 'delete': Engine.delete}


@router.get('/', **takes(Role.READ))
async def start() -> Response:
    """Go to the list."""
    return RedirectResponse('/runs', HTTPStatus.SEE_OTHER)


@router.get('/runs', **takes(Role.READ))
async def show_runs(
    request: Request,
    desk: AtDesk,
    wanted: AsWanted,
    cursor: Annotated[str, Query(max_length=36)] = '',
    notice: Annotated[str, Query(max_length=200)] = '',
) -> Response:
    """Show a page of the list."""
    criteria = wanted.filter(desk)

    def read(engine: Engine) -> tuple[RunPage, dict[RunStatus, int]]:
        found = engine.page(criteria, limit=PAGE_SIZE, cursor=cursor or None)
        return found, engine.counts(desk.caller.namespace)

    found, counts = await desk.do(read)
    return page(
        request,
        desk,
        'runs.html',
        runs=[as_shown(run) for run in found.runs],
        next_cursor=found.next_cursor,
        cursor=cursor,
        counts=counts,
        count_limit=COUNT_LIMIT,
        searched=SEARCHED_RUNS,
        wanted=wanted,
        kept=wanted.kept,
        periods=PERIODS,
        notice=notice,
        now=desk.now(),
    )


@router.get('/runs/over-time', **takes(Role.READ))
async def show_over_time(request: Request, desk: AtDesk, wanted: AsWanted) -> Response:
    """Show how many runs were submitted when, for the list."""
    title, span = PERIODS.get(wanted.period, PERIODS[DEFAULT_PERIOD])
    namespace = desk.caller.namespace
    found = await desk.do(lambda engine: engine.counts_over_time(span.total_seconds(), namespace))
    present = [status for status in RunStatus if any(slot.counts.get(status) for slot in found.slots)]
    return page(request, desk, 'over_time.html', title=title, plot=runs_plot(found), statuses=present)


@router.post('/runs/bulk', **takes(Role.OPERATE))
async def steer_many(
    request: Request,
    desk: AtDesk,
    wanted: AsWanted,
    action: Annotated[BulkAction, Form()],
    run_id: Annotated[list[str] | None, Form()] = None,
    which: Annotated[Literal['chosen', 'all', 'all, surely'], Form()] = 'chosen',
) -> Response:
    """Steer the runs that were chosen, or all that the filters mean; those that cannot be are left as they are."""
    if action == 'delete' and not desk.caller.role.allows(Role.ADMIN):
        raise role_too_small(desk.caller, Role.ADMIN)
    if which != 'chosen':
        return await _steer_all(request, desk, wanted, action, sure=which == 'all, surely')
    chosen = (run_id or [])[:MOST_AT_ONCE]
    done = 0
    for each in chosen:
        try:
            await desk.on_run(each, lambda engine, run: _ONE[action](engine, run.id))
        except EngineError:
            # It has ended meanwhile, or is gone; the others are steered all the same.
            continue
        done += 1
    return _to_list(wanted, f'{done} of {len(chosen)} runs {DONE[action]}')


async def _steer_all(request: Request, desk: Desk, wanted: Wanted, action: str, *, sure: bool) -> Response:
    """Say how many runs that would be and ask whether one is sure, or do it."""
    criteria = wanted.filter(desk)
    number = await desk.do(lambda engine: MANY[action](engine, criteria, dry_run=not sure))
    if sure:
        return _to_list(wanted, f'{number} runs {DONE[action]}')
    return page(request, desk, 'confirm.html', action=action, number=number, kept=wanted.kept)


def _to_list(wanted: Wanted, notice: str) -> Response:
    return RedirectResponse(f'/runs?{urlencode(wanted.kept | {"notice": notice})}', HTTPStatus.SEE_OTHER)
