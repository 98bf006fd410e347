"""The list of runs: filters, counts, pages, and what is done to many at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from monty_flow.engine import COUNT_LIMIT, Engine, EngineError, Role, RunFilter, RunPage, RunStatus
from monty_flow.server.access import AtDesk, Desk
from monty_flow.server.pages.rendering import page, takes
from monty_flow.server.pages.rendering import router as new_router
from monty_flow.server.pages.run import ACTIONS, Action

router = new_router()

PAGE_SIZE = 50
#: Runs that are steered at once.
MOST_AT_ONCE = 200
#: The choices of the filter of time: name, and how long ago.
PERIODS = {
    '1h': ('the last hour', timedelta(hours=1)),
    '24h': ('the last 24 hours', timedelta(hours=24)),
    '7d': ('the last 7 days', timedelta(days=7)),
}
#: What is said of runs after each action.
DONE = {
    'cancel': 'cancelled',
    'terminate': 'terminated',
    'pause': 'paused',
    'resume': 'resumed',
    'retry': 'retried',
}


@router.get('/', **takes(Role.READ))
async def start() -> Response:
    """Go to the list."""
    return RedirectResponse('/runs', HTTPStatus.SEE_OTHER)


@router.get('/runs', **takes(Role.READ))
async def show_runs(
    request: Request,
    desk: AtDesk,
    status: str = '',
    script: Annotated[str, Query(max_length=200)] = '',
    text: Annotated[str, Query(max_length=200)] = '',
    tag: Annotated[str, Query(max_length=600)] = '',
    period: str = '',
    cursor: Annotated[str, Query(max_length=36)] = '',
    notice: Annotated[str, Query(max_length=200)] = '',
) -> Response:
    """Show a page of the list."""
    wanted = {'status': status, 'script': script, 'text': text, 'tag': tag, 'period': period}
    kept = {name: value for name, value in wanted.items() if value}
    criteria = RunFilter(
        status=RunStatus(status) if status in list(RunStatus) else None,
        script_name=_searchable(script),
        text=_searchable(text),
        submitted_after=_since(desk, period),
        namespace=desk.caller.namespace,
        tags=_tags(tag),
    )

    def read(engine: Engine) -> tuple[RunPage, dict[RunStatus, int]]:
        found = engine.page(criteria, limit=PAGE_SIZE, cursor=cursor or None)
        return found, engine.counts(desk.caller.namespace)

    found, counts = await desk.do(read)
    return page(
        request,
        desk,
        'runs.html',
        runs=found.runs,
        next_cursor=found.next_cursor,
        cursor=cursor,
        counts=counts,
        count_limit=COUNT_LIMIT,
        wanted=wanted,
        kept=kept,
        periods=PERIODS,
        notice=notice,
        now=desk.now(),
    )


def _searchable(text: str) -> str | None:
    return text.replace('\x00', '') or None


def _tags(text: str) -> dict[str, str]:
    name, equals, value = text.replace('\x00', '').partition('=')
    return {name: value} if equals else {}


def _since(desk: Desk, period: str) -> datetime | None:
    known = PERIODS.get(period)
    return None if known is None else desk.now() - known[1]


@router.post('/runs/bulk', **takes(Role.OPERATE))
async def steer_many(
    desk: AtDesk,
    action: Annotated[Action, Form()],
    run_id: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Steer the runs that were chosen; those that cannot be are left as they are."""
    chosen = (run_id or [])[:MOST_AT_ONCE]
    done = 0
    for each in chosen:
        try:
            await desk.on_run(each, lambda engine, run: ACTIONS[action](engine, run.id))
        except EngineError:
            # It has ended meanwhile, or is gone; the others are steered all the same.
            continue
        done += 1
    query = urlencode({'notice': f'{done} of {len(chosen)} runs {DONE[action]}'})
    return RedirectResponse(f'/runs?{query}', HTTPStatus.SEE_OTHER)
