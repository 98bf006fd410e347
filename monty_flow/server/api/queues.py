"""The queues: their limits and how busy they are. They are shared by all namespaces, so changing one takes a token of all."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import Path, Response

from monty_flow.engine import Engine, Role
from monty_flow.server.access import AtDesk
from monty_flow.server.api.bodies.describing import body
from monty_flow.server.api.bodies.queues import QueueBody, QueueLimitsBody
from monty_flow.server.api.routing import router as new_router
from monty_flow.server.api.routing import takes

router = new_router('queues')

QueueName = Annotated[str, Path(pattern=r'^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,99}$', description='The name of a queue.')]


@router.get('/queues', **takes(Role.READ))
async def list_queues(desk: AtDesk) -> list[QueueBody]:
    """List the queues of which something is said or in which there is something."""
    return [body(QueueBody, queue) for queue in await desk.do(lambda engine: engine.queues())]


@router.put('/queues/{name}', **takes(Role.ADMIN))
async def set_queue(name: QueueName, limits: QueueLimitsBody, desk: AtDesk) -> QueueBody:
    """Say what bounds a queue from now on; what is left out has no limit."""
    desk.require_all_namespaces()

    def change(engine: Engine) -> QueueBody:
        return body(QueueBody, engine.set_queue(name, **limits.model_dump()))

    return await desk.do(change)


@router.post('/queues/{name}/pause', **takes(Role.OPERATE))
async def pause_queue(name: QueueName, desk: AtDesk) -> QueueBody:
    """Let no call of a queue be begun until it is resumed."""
    desk.require_all_namespaces()
    return body(QueueBody, await desk.do(lambda engine: engine.pause_queue(name)))


@router.post('/queues/{name}/resume', **takes(Role.OPERATE))
async def resume_queue(name: QueueName, desk: AtDesk) -> QueueBody:
    """Let the calls of a queue be begun again."""
    desk.require_all_namespaces()
    return body(QueueBody, await desk.do(lambda engine: engine.resume_queue(name)))


@router.delete('/queues/{name}', status_code=HTTPStatus.NO_CONTENT, response_class=Response, **takes(Role.ADMIN))
async def delete_queue(name: QueueName, desk: AtDesk) -> Response:
    """Forget what was said of a queue: it has no limits then."""
    desk.require_all_namespaces()
    await desk.do(lambda engine: engine.delete_queue(name))
    return Response(status_code=HTTPStatus.NO_CONTENT)
