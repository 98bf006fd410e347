"""The schedules: the list, and the form that makes one or describes it anew."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field, ValidationError

from monty_flow.engine import (
    DEFAULT_NAMESPACE,
    CatchUp,
    Engine,
    EngineError,
    Overlap,
    Role,
    Schedule,
    ScheduleNotFound,
    Submission,
)
from monty_flow.interpreter import MontyError
from monty_flow.plain import moment
from monty_flow.server.access import AtDesk, Desk
from monty_flow.server.api.bodies.schedules import ScheduleRequestBody
from monty_flow.server.api.schedules import ScheduleName, put_schedule
from monty_flow.server.failures import what_is_wrong
from monty_flow.server.pages.rendering import page, takes
from monty_flow.server.pages.rendering import router as new_router
from monty_flow.server.pages.wanted import moment_of
from monty_flow.server.pages.writing import Unreadable, as_written, inputs_of, lines_of, number_of

router = new_router()


class Typed(BaseModel):
    """The fields of the form as they were typed."""

    source: str = ''
    name: Annotated[str, Field(max_length=200)] = ''
    script_name: Annotated[str, Field(max_length=200)] = 'main.py'
    inputs: str = ''
    when: Literal['cron', 'every', 'once'] = 'cron'
    cron: Annotated[str, Field(max_length=200)] = ''
    timezone: Annotated[str, Field(max_length=200)] = 'UTC'
    every_seconds: Annotated[str, Field(max_length=40)] = ''
    at: Annotated[str, Field(max_length=40)] = ''
    overlap: Annotated[str, Field(max_length=40)] = Overlap.SKIP.value
    catch_up: Annotated[str, Field(max_length=40)] = CatchUp.LAST.value
    jitter_seconds: Annotated[str, Field(max_length=40)] = '0'
    queue: Annotated[str, Field(max_length=200)] = 'default'
    priority: Annotated[str, Field(max_length=10)] = '0'
    paused: Annotated[str, Field(max_length=10)] = ''

    @staticmethod
    def of(schedule: Schedule, made: Submission) -> Typed:
        """Return the form of a schedule as it is."""
        is_every = schedule.every_seconds is not None
        return Typed(
            source=made.source,
            name=schedule.name,
            script_name=schedule.script_name,
            inputs=as_written(made.inputs) if made.inputs else '',
            when='every' if is_every else 'cron' if schedule.cron is not None else 'once',
            cron=schedule.cron or '',
            timezone=schedule.timezone,
            every_seconds=f'{schedule.every_seconds:g}' if schedule.every_seconds is not None else '',
            at='' if schedule.at is None else moment(schedule.at).replace(' ', 'T'),
            overlap=schedule.overlap.value,
            catch_up=schedule.catch_up.value,
            jitter_seconds=f'{schedule.jitter_seconds:g}',
            queue=schedule.queue,
            priority=str(schedule.priority),
            paused='yes' if schedule.paused else '',
        )

    def asked(self, name: str) -> ScheduleRequestBody:
        """Return what is asked for under a name; raise ValidationError or Unreadable for what cannot be read."""
        fields: dict[str, Any] = {
            'name': name,
            'source': lines_of(self.source),
            'script_name': self.script_name,
            'inputs': inputs_of(self.inputs),
            'timezone': self.timezone or 'UTC',
            'overlap': self.overlap,
            'catch_up': self.catch_up,
            'jitter_seconds': number_of('the time to put off by', self.jitter_seconds) or 0,
            'queue': self.queue or 'default',
            'priority': number_of('the priority', self.priority) or 0,
            'paused': bool(self.paused),
        }
        match self.when:
            case 'cron':
                fields['cron'] = self.cron or None
            case 'every':
                fields['every_seconds'] = number_of('the interval', self.every_seconds)
                fields['at'] = moment_of(self.at)
            case 'once':
                fields['at'] = moment_of(self.at)
        return ScheduleRequestBody.model_validate(fields)


@router.get('/schedules', **takes(Role.READ))
async def show_schedules(request: Request, desk: AtDesk) -> Response:
    """Show the schedules, with their next moments and last runs."""
    found = await desk.do(lambda engine: engine.schedules())
    schedules = [each for each in found if desk.caller.namespace in (None, each.namespace)]
    return page(request, desk, 'schedules.html', schedules=schedules)


@router.get('/schedules/new', **takes(Role.OPERATE))
async def show_new(request: Request, desk: AtDesk) -> Response:
    """Show the form of a schedule to be."""
    return _form(request, desk, Typed(), None)


@router.post('/schedules/new', **takes(Role.OPERATE))
async def create(request: Request, desk: AtDesk, typed: Annotated[Typed, Form()]) -> Response:
    """Make a schedule and show all, or the form again with what was wrong."""
    namespace = desk.caller.namespace or DEFAULT_NAMESPACE

    def put(engine: Engine) -> Schedule:
        asked = typed.asked(typed.name)
        return put_schedule(engine, asked.name, asked, Submission('', namespace=namespace))

    try:
        await desk.do(put)
    except (EngineError, MontyError, Unreadable, ValidationError) as error:
        return _form(request, desk, typed, None, trouble=_said(error))
    return RedirectResponse('/schedules', HTTPStatus.SEE_OTHER)


@router.get('/schedules/{name}/edit', **takes(Role.OPERATE))
async def show_one(request: Request, name: ScheduleName, desk: AtDesk) -> Response:
    """Show the form of a schedule."""
    typed = await desk.on_schedule(
        name, lambda engine, name: Typed.of(engine.schedule(name), engine.schedule_submission(name))
    )
    return _form(request, desk, typed, name)


@router.post('/schedules/{name}/edit', **takes(Role.OPERATE))
async def change(request: Request, name: ScheduleName, desk: AtDesk, typed: Annotated[Typed, Form()]) -> Response:
    """Describe a schedule anew and show all, or the form again with what was wrong."""

    def put(engine: Engine, name: str) -> Schedule:
        made = engine.schedule_submission(name)
        return put_schedule(engine, name, typed.asked(name), made, instead=engine.schedule(name))

    try:
        await desk.on_schedule(name, put)
    except ScheduleNotFound:
        raise
    except (EngineError, MontyError, Unreadable, ValidationError) as error:
        return _form(request, desk, typed, name, trouble=_said(error))
    return RedirectResponse('/schedules', HTTPStatus.SEE_OTHER)


@router.post('/schedules/{name}/{action}', **takes(Role.OPERATE))
async def steer_schedule(
    name: ScheduleName, action: Literal['pause', 'resume', 'trigger', 'delete'], desk: AtDesk
) -> Response:
    """Pause, resume or delete a schedule, or make a run of it now and show that."""
    if action == 'trigger':
        run = await desk.on_schedule(name, Engine.trigger_schedule)
        return RedirectResponse(f'/runs/{run.id}', HTTPStatus.SEE_OTHER)
    acts = {'pause': Engine.pause_schedule, 'resume': Engine.resume_schedule, 'delete': Engine.delete_schedule}
    await desk.on_schedule(name, acts[action])
    return RedirectResponse('/schedules', HTTPStatus.SEE_OTHER)


def _said(error: Exception) -> str:
    return what_is_wrong(error) if isinstance(error, ValidationError) else getattr(error, 'traceback', '') or str(error)


def _form(request: Request, desk: Desk, typed: Typed, name: str | None, *, trouble: str | None = None) -> Response:
    return page(
        request,
        desk,
        'schedule.html',
        status=HTTPStatus.OK if trouble is None else HTTPStatus.UNPROCESSABLE_ENTITY,
        typed=typed,
        known=name,
        trouble=trouble,
        overlaps=list(Overlap),
        catch_ups=list(CatchUp),
    )
