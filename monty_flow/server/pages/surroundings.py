"""The pages about what is around the runs: schedules, queues, workers and functions."""

from __future__ import annotations

from http import HTTPStatus
from typing import Literal

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from monty_flow.engine import Engine, Role
from monty_flow.server.access import AtDesk
from monty_flow.server.api.queues import QueueName
from monty_flow.server.api.schedules import ScheduleName
from monty_flow.server.pages.rendering import page, takes
from monty_flow.server.pages.rendering import router as new_router

router = new_router()


@router.get('/workers', **takes(Role.READ))
async def show_workers(request: Request, desk: AtDesk) -> Response:
    """Show the workers that live."""
    workers = await desk.do(lambda engine: engine.workers())
    return page(request, desk, 'workers.html', workers=workers, now=desk.now())


@router.get('/functions', **takes(Role.READ))
async def show_functions(request: Request, desk: AtDesk) -> Response:
    """Show how functions did in the newest runs."""
    uses = await desk.do(lambda engine: engine.function_uses(desk.caller.namespace))
    slowest = max((use.p99_seconds for use in uses), default=0) or 1
    return page(request, desk, 'functions.html', uses=uses, slowest=slowest)


@router.get('/queues', **takes(Role.READ))
async def show_queues(request: Request, desk: AtDesk) -> Response:
    """Show the queues, with their limits and how busy they are."""
    queues = await desk.do(lambda engine: engine.queues())
    may = desk.caller.role.allows(Role.OPERATE) and desk.caller.namespace is None
    return page(request, desk, 'queues.html', queues=queues, may=may)


@router.post('/queues/{name}/{action}', **takes(Role.OPERATE))
async def steer_queue(name: QueueName, action: Literal['pause', 'resume'], desk: AtDesk) -> Response:
    """Pause or resume a queue."""
    desk.require_all_namespaces()
    act = Engine.pause_queue if action == 'pause' else Engine.resume_queue
    await desk.do(lambda engine: act(engine, name))
    return RedirectResponse('/queues', HTTPStatus.SEE_OTHER)


@router.get('/schedules', **takes(Role.READ))
async def show_schedules(request: Request, desk: AtDesk) -> Response:
    """Show the schedules, with their next moments and last runs."""
    found = await desk.do(lambda engine: engine.schedules())
    schedules = [each for each in found if desk.caller.namespace in (None, each.namespace)]
    return page(request, desk, 'schedules.html', schedules=schedules)


@router.post('/schedules/{name}/{action}', **takes(Role.OPERATE))
async def steer_schedule(name: ScheduleName, action: Literal['pause', 'resume', 'trigger'], desk: AtDesk) -> Response:
    """Pause or resume a schedule, or make a run of it now and show that."""
    if action == 'trigger':
        run = await desk.on_schedule(name, Engine.trigger_schedule)
        return RedirectResponse(f'/runs/{run.id}', HTTPStatus.SEE_OTHER)
    await desk.on_schedule(name, Engine.pause_schedule if action == 'pause' else Engine.resume_schedule)
    return RedirectResponse('/schedules', HTTPStatus.SEE_OTHER)
