"""The forms by which a run goes on otherwise: a fork from one of its steps, and a move to another version of its script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from monty_flow.engine import Call, CallStatus, Engine, EngineError, Forked, Role, Run
from monty_flow.interpreter import MontyError
from monty_flow.late import KeptApart
from monty_flow.server.access import AtDesk, Desk
from monty_flow.server.api.routing import RunId
from monty_flow.server.pages.rendering import page, takes
from monty_flow.server.pages.rendering import router as new_router
from monty_flow.server.pages.state import State, state_of
from monty_flow.server.pages.writing import Unreadable, as_written, lines_of, value_of

router = new_router()

_Step = Annotated[int, Query(ge=0, le=2**31 - 1)]
#: Texts of these are not values that a person can write.
_NOT_WRITTEN = ('<function', '<module', '<class', '<built-in', '<coroutine', '<generator')


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants to be otherwise, as it was typed."""

    source: str
    #: Whether the call is to come to what is typed, rather than to be executed once more.
    gives_result: bool = False
    result: str = ''
    #: New values by name, empty for those that stay.
    variables: Mapping[str, str] = field(default_factory=dict)

    def changes(self, stored: str) -> dict[str, Any]:
        """Return the arguments of `Engine.fork`; raise Unreadable for a value that is none."""
        found: dict[str, Any] = {} if self.source == stored else {'source': self.source}
        if self.gives_result:
            found['result'] = value_of('the result', self.result)
        return found | {'variables': {name: value_of(name, text) for name, text in self.variables.items() if text}}


@dataclass(frozen=True, slots=True)
class Place:
    """What a run is at a step, as far as a form asks for it."""

    run: Run
    #: The step, 0 for the start.
    at: int
    state: State
    #: The script at that step.
    source: str
    #: The values of the variables that can be written, by name; of the innermost function that has it.
    variables: dict[str, str]
    #: The call at which it stood, with what it came to; None for none or several.
    taken: Call | None


def _place(engine: Engine, run: Run, step: int) -> Place:
    state = state_of(engine, run, step)
    if step == 0 or state.step is None:
        return Place(run, 0, state, engine.source(run.id), {}, None)
    shown: dict[str, str] = {}
    for frame in state.frames:
        shown |= frame.variables
    variables = {name: text for name, text in shown.items() if not text.startswith(_NOT_WRITTEN)}
    taken = state.taken[0] if len(state.taken) == 1 else None
    return Place(run, state.step, state, state.source, variables, taken)


@router.get('/runs/{run_id:run_id}/fork', **takes(Role.SUBMIT))
async def show_fork(request: Request, run_id: RunId, desk: AtDesk, at: _Step = 0) -> Response:
    """Ask what is to be otherwise in a fork."""
    place = await desk.on_run(run_id, lambda engine, run: _place(engine, run, at))
    taken = place.taken
    is_written = taken is not None and taken.status is CallStatus.DONE and type(taken.result) is not KeptApart
    result = as_written(taken.result) if taken is not None and is_written else ''
    return _fork_page(request, desk, place, Wish(place.source, result=result))


@router.post('/runs/{run_id:run_id}/fork', **takes(Role.SUBMIT))
async def fork(
    request: Request,
    run_id: RunId,
    desk: AtDesk,
    at: Annotated[int, Form(ge=0, le=2**31 - 1)],
    source: Annotated[str, Form(max_length=1024 * 1024)],
    wish: Annotated[Literal['try', 'do'], Form()] = 'try',
    call: Annotated[Literal['again', 'result'], Form()] = 'again',
    result: Annotated[str, Form()] = '',
    name: Annotated[list[str] | None, Form()] = None,
    value: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Make a fork and show it, or say what would come of it, or why it cannot be."""
    place = await desk.on_run(run_id, lambda engine, run: _place(engine, run, at))
    variables = dict(zip(name or (), value or (), strict=False))
    asked = Wish(lines_of(source), call == 'result', result, variables)
    try:
        changes = asked.changes(place.source)
        found = await desk.on_run(
            run_id, lambda engine, run: engine.fork(run.id, at=at, dry_run=wish == 'try', **changes)
        )
    except (EngineError, MontyError, Unreadable) as error:
        return _fork_page(request, desk, place, asked, trouble=str(error))
    if found.run is None:
        return _fork_page(request, desk, place, asked, found=found)
    return RedirectResponse(f'/runs/{found.run.id}', HTTPStatus.SEE_OTHER)


@router.get('/runs/{run_id:run_id}/migrate', **takes(Role.OPERATE))
async def show_migration(request: Request, run_id: RunId, desk: AtDesk) -> Response:
    """Ask for the version of the script in which a run is to go on."""
    place = await desk.on_run(run_id, lambda engine, run: _place(engine, run, run.step))
    return _migration_page(request, desk, place, place.source)


@router.post('/runs/{run_id:run_id}/migrate', **takes(Role.OPERATE))
async def migrate(
    request: Request,
    run_id: RunId,
    desk: AtDesk,
    source: Annotated[str, Form(max_length=1024 * 1024)],
    wish: Annotated[Literal['try', 'do'], Form()] = 'try',
) -> Response:
    """Let a run go on in another version of its script and show it, or say what would come of it, or why it cannot be."""
    place = await desk.on_run(run_id, lambda engine, run: _place(engine, run, run.step))
    text = lines_of(source)
    try:
        found = await desk.on_run(run_id, lambda engine, run: engine.migrate(run.id, text, dry_run=wish == 'try'))
    except (EngineError, MontyError) as error:
        return _migration_page(request, desk, place, text, trouble=str(error))
    if found.run is None:
        return _migration_page(request, desk, place, text, found=found)
    return RedirectResponse(f'/runs/{found.run.id}', HTTPStatus.SEE_OTHER)


def _fork_page(
    request: Request, desk: Desk, place: Place, wish: Wish, *, found: Forked | None = None, trouble: str | None = None
) -> Response:
    return _page(request, desk, 'fork.html', place, wish.source, found, trouble, wish=wish)


def _migration_page(
    request: Request, desk: Desk, place: Place, source: str, *, found: Forked | None = None, trouble: str | None = None
) -> Response:
    return _page(request, desk, 'migrate.html', place, source, found, trouble)


def _page(
    request: Request,
    desk: Desk,
    template: str,
    place: Place,
    source: str,
    found: Forked | None,
    trouble: str | None,
    **context: Any,
) -> Response:
    return page(
        request,
        desk,
        template,
        status=HTTPStatus.OK if trouble is None else HTTPStatus.UNPROCESSABLE_ENTITY,
        run=place.run,
        place=place,
        source=source,
        found=found,
        trouble=trouble,
        old_lines=place.source.splitlines(),
        new_lines=source.splitlines(),
        **context,
    )
