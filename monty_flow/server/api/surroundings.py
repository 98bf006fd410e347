"""Look at what is around the runs: the server, workers, scripts, functions."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import Path, Response

from monty_flow import __version__
from monty_flow.engine import Role
from monty_flow.server.access import AtDesk
from monty_flow.server.api.bodies.describing import body
from monty_flow.server.api.bodies.surroundings import (
    AboutBody,
    FunctionUseBody,
    HealthBody,
    ScriptUseBody,
    WorkerBody,
)
from monty_flow.server.api.routing import router as new_router
from monty_flow.server.api.routing import takes

router = new_router('surroundings')

Session = Annotated[str, Path(pattern=r'^[0-9a-f-]{36}$', description='The session of a worker.')]


@router.get('/about', **takes(Role.READ))
async def get_about(desk: AtDesk) -> AboutBody:
    """Tell the version of the server, and what the token is good for."""
    caller = desk.caller
    return AboutBody(version=__version__, name=caller.name, role=caller.role, namespace=caller.namespace)


@router.get('/health', **takes(Role.READ))
async def get_health(desk: AtDesk) -> HealthBody:
    """Tell that the server and its database answer."""
    await desk.do(lambda engine: engine.versions(['']))
    return HealthBody(status='ok')


@router.get('/workers', **takes(Role.READ))
async def list_workers(desk: AtDesk) -> list[WorkerBody]:
    """List the workers that live."""
    return [body(WorkerBody, worker) for worker in await desk.do(lambda engine: engine.workers())]


@router.post(
    '/workers/{session}/drain', status_code=HTTPStatus.NO_CONTENT, response_class=Response, **takes(Role.OPERATE)
)
async def drain_worker(session: Session, desk: AtDesk) -> Response:
    """Tell a worker to finish the calls in hand, take no more, and end. Takes a token of all namespaces."""
    desk.require_all_namespaces()
    await desk.do(lambda engine: engine.drain_worker(session))
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.get('/scripts', **takes(Role.READ))
async def list_scripts(desk: AtDesk) -> list[ScriptUseBody]:
    """List the versions of scripts that the newest 5000 runs are of, the last used first."""
    return [body(ScriptUseBody, use) for use in await desk.do(lambda engine: engine.scripts(desk.caller.namespace))]


@router.get('/functions', **takes(Role.READ))
async def list_functions(desk: AtDesk) -> list[FunctionUseBody]:
    """List the functions that the newest runs called, with errors and times."""
    return [
        body(FunctionUseBody, use) for use in await desk.do(lambda engine: engine.function_uses(desk.caller.namespace))
    ]
