"""The pages about what is around the runs: workers and functions."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from monty_flow.engine import Role
from monty_flow.server.access import AtDesk
from monty_flow.server.api.surroundings import Session
from monty_flow.server.pages.plots import attempts_plot, times_plot
from monty_flow.server.pages.rendering import page, takes
from monty_flow.server.pages.rendering import router as new_router

router = new_router()


@router.get('/workers', **takes(Role.READ))
async def show_workers(request: Request, desk: AtDesk) -> Response:
    """Show the workers that live."""
    workers = await desk.do(lambda engine: engine.workers())
    may = desk.caller.role.allows(Role.OPERATE) and desk.caller.namespace is None
    return page(request, desk, 'workers.html', workers=workers, may=may, now=desk.now())


@router.post('/workers/{session}/drain', **takes(Role.OPERATE))
async def drain(session: Session, desk: AtDesk) -> Response:
    """Tell a worker to finish, and show all."""
    desk.require_all_namespaces()
    await desk.do(lambda engine: engine.drain_worker(session))
    return RedirectResponse('/workers', HTTPStatus.SEE_OTHER)


@router.get('/functions', **takes(Role.READ))
async def show_functions(request: Request, desk: AtDesk) -> Response:
    """Show how functions did in the newest runs."""
    uses = await desk.do(lambda engine: engine.function_uses(desk.caller.namespace))
    slowest = max((use.p99_seconds for use in uses), default=0) or 1
    plots = {use.function: (attempts_plot(use), times_plot(use)) for use in uses}
    return page(request, desk, 'functions.html', uses=uses, slowest=slowest, plots=plots)
