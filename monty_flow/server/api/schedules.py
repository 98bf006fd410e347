"""The schedules, each of which belongs to the namespace of the runs that it makes."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from http import HTTPStatus
from typing import Annotated

from fastapi import Path, Response

from monty_flow.engine import DEFAULT_NAMESPACE, Engine, Role, Schedule, Submission
from monty_flow.server.access import AtDesk
from monty_flow.server.api.bodies.describing import body
from monty_flow.server.api.bodies.happenings import SourceBody
from monty_flow.server.api.bodies.runs import RunBody
from monty_flow.server.api.bodies.schedules import ScheduleBody, ScheduleChangeBody, ScheduleRequestBody
from monty_flow.server.api.routing import router as new_router
from monty_flow.server.api.routing import takes

router = new_router('schedules')

#: Moments of a downtime that a new schedule makes up for at most.
DEFAULT_CATCH_UP = 100

ScheduleName = Annotated[
    str, Path(pattern=r'^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,99}$', description='The name of a schedule.')
]


@router.get('/schedules', **takes(Role.READ))
async def list_schedules(desk: AtDesk) -> list[ScheduleBody]:
    """List the schedules by name."""
    found = await desk.do(lambda engine: engine.schedules())
    return [body(ScheduleBody, each) for each in found if desk.caller.namespace in (None, each.namespace)]


@router.post('/schedules', status_code=HTTPStatus.CREATED, **takes(Role.OPERATE))
async def create_schedule(asked: ScheduleRequestBody, desk: AtDesk) -> ScheduleBody:
    """Have runs of a script made at moments: of a cron expression, at intervals, or once."""
    namespace = desk.own_namespace(asked.namespace) or DEFAULT_NAMESPACE
    made = Submission(asked.source, namespace=namespace)
    return body(ScheduleBody, await desk.do(lambda engine: put_schedule(engine, asked.name, asked, made)))


@router.put('/schedules/{name}', **takes(Role.OPERATE))
async def change_schedule(name: ScheduleName, asked: ScheduleChangeBody, desk: AtDesk) -> ScheduleBody:
    """Describe a schedule anew; its runs stay, and so do limits and tags, which are not of the description."""
    namespace = desk.own_namespace(asked.namespace)

    def change(engine: Engine, name: str) -> Schedule:
        before = engine.schedule_submission(name)
        made = replace(before, namespace=namespace or before.namespace)
        return put_schedule(engine, name, asked, made, instead=engine.schedule(name))

    return body(ScheduleBody, await desk.on_schedule(name, change))


def put_schedule(
    engine: Engine, name: str, asked: ScheduleChangeBody, made: Submission, *, instead: Schedule | None = None
) -> Schedule:
    """Create a schedule, or describe one anew; `made` is what else its runs are made of."""
    submission = replace(
        made,
        source=asked.source,
        inputs=asked.inputs,
        script_name=asked.script_name,
        queue=asked.queue,
        priority=asked.priority,
    )
    return engine.create_schedule(
        name,
        submission,
        cron=asked.cron,
        timezone=asked.timezone,
        every_seconds=asked.every_seconds,
        at=asked.at,
        overlap=asked.overlap,
        catch_up=asked.catch_up,
        jitter_seconds=asked.jitter_seconds,
        paused=asked.paused,
        replace=instead is not None,
        max_catch_up=DEFAULT_CATCH_UP if instead is None else instead.max_catch_up,
    )


@router.get('/schedules/{name}', **takes(Role.READ))
async def get_schedule(name: ScheduleName, desk: AtDesk) -> ScheduleBody:
    """Return a schedule."""
    return body(ScheduleBody, await desk.on_schedule(name, Engine.schedule))


@router.get('/schedules/{name}/source', **takes(Role.READ))
async def get_schedule_source(name: ScheduleName, desk: AtDesk) -> SourceBody:
    """Return the script of which a schedule makes runs."""

    def read(engine: Engine, name: str) -> SourceBody:
        made = engine.schedule_submission(name)
        digest = sha256(made.source.encode()).hexdigest()
        return SourceBody(script_name=made.script_name, script_hash=digest, source=made.source)

    return await desk.on_schedule(name, read)


@router.post('/schedules/{name}/pause', **takes(Role.OPERATE))
async def pause_schedule(name: ScheduleName, desk: AtDesk) -> ScheduleBody:
    """Let a schedule make no runs until it is resumed."""
    return body(ScheduleBody, await desk.on_schedule(name, Engine.pause_schedule))


@router.post('/schedules/{name}/resume', **takes(Role.OPERATE))
async def resume_schedule(name: ScheduleName, desk: AtDesk) -> ScheduleBody:
    """Let a schedule make runs again, from its next moment on."""
    return body(ScheduleBody, await desk.on_schedule(name, Engine.resume_schedule))


@router.post('/schedules/{name}/trigger', status_code=HTTPStatus.CREATED, **takes(Role.OPERATE))
async def trigger_schedule(name: ScheduleName, desk: AtDesk) -> RunBody:
    """Make a run of a schedule now, beside its moments."""
    return body(RunBody, await desk.on_schedule(name, Engine.trigger_schedule))


@router.delete('/schedules/{name}', status_code=HTTPStatus.NO_CONTENT, response_class=Response, **takes(Role.OPERATE))
async def delete_schedule(name: ScheduleName, desk: AtDesk) -> Response:
    """Delete a schedule; its runs stay."""
    await desk.on_schedule(name, Engine.delete_schedule)
    return Response(status_code=HTTPStatus.NO_CONTENT)
