"""The queues: how busy they are, and the form of their limits. They are shared by all namespaces, so changing one takes a token of all."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field, ValidationError

from monty_flow.engine import Engine, EngineError, Queue, Role
from monty_flow.server.access import AtDesk, Desk
from monty_flow.server.api.bodies.queues import QueueLimitsBody
from monty_flow.server.api.queues import QueueName
from monty_flow.server.failures import what_is_wrong
from monty_flow.server.pages.rendering import page, takes
from monty_flow.server.pages.rendering import router as new_router
from monty_flow.server.pages.writing import Unreadable, number_of

router = new_router()

#: What a form without a name asks for.
_NameOrNone = Annotated[str, Query(pattern=r'^([A-Za-z0-9_][A-Za-z0-9_.:-]{0,99})?$')]


class Typed(BaseModel):
    """The limits as they were typed, '' for none."""

    name: Annotated[str, Field(pattern=r'^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,99}$')]
    concurrency: Annotated[str, Field(max_length=20)] = ''
    key_concurrency: Annotated[str, Field(max_length=20)] = ''
    rate: Annotated[str, Field(max_length=20)] = ''
    period_seconds: Annotated[str, Field(max_length=20)] = '1'
    max_pending: Annotated[str, Field(max_length=20)] = ''

    @staticmethod
    def of(queue: Queue) -> Typed:
        """Return the limits of a queue."""
        numbers = {name: getattr(queue, name) for name in ('concurrency', 'key_concurrency', 'rate', 'max_pending')}
        texts = {name: '' if number is None else str(number) for name, number in numbers.items()}
        return Typed(name=queue.name, period_seconds=f'{queue.period_seconds:g}', **texts)

    def limits(self) -> QueueLimitsBody:
        """Return the limits; raise Unreadable or ValidationError for what is none."""
        typed = {name: number_of(name, text) for name, text in self.model_dump(exclude={'name'}).items()}
        return QueueLimitsBody.model_validate({name: number for name, number in typed.items() if number is not None})


@router.get('/queues', **takes(Role.READ))
async def show_queues(request: Request, desk: AtDesk) -> Response:
    """Show the queues, with their limits and how busy they are."""
    queues = await desk.do(lambda engine: engine.queues())
    everywhere = desk.caller.namespace is None
    return page(
        request,
        desk,
        'queues.html',
        queues=queues,
        may=everywhere and desk.caller.role.allows(Role.OPERATE),
        may_limit=everywhere and desk.caller.role.allows(Role.ADMIN),
    )


@router.get('/queues/limits', **takes(Role.ADMIN))
async def show_limits(request: Request, desk: AtDesk, name: _NameOrNone = '') -> Response:
    """Show the form of the limits of a queue."""
    typed = Typed.of(await desk.do(lambda engine: engine.queue(name))) if name else None
    return _form(request, desk, typed)


@router.post('/queues/limits', **takes(Role.ADMIN))
async def change_limits(request: Request, desk: AtDesk, typed: Annotated[Typed, Form()]) -> Response:
    """Say what bounds a queue and show all, or the form again with what was wrong."""
    desk.require_all_namespaces()
    try:
        limits = typed.limits().model_dump()
        await desk.do(lambda engine: engine.set_queue(typed.name, **limits))
    except ValidationError as error:
        return _form(request, desk, typed, trouble=what_is_wrong(error))
    except (EngineError, Unreadable) as error:
        return _form(request, desk, typed, trouble=str(error))
    return RedirectResponse('/queues', HTTPStatus.SEE_OTHER)


@router.post('/queues/{name}/forget', **takes(Role.ADMIN))
async def forget(name: QueueName, desk: AtDesk) -> Response:
    """Forget what was said of a queue: it has no limits then."""
    desk.require_all_namespaces()
    await desk.do(lambda engine: engine.delete_queue(name))
    return RedirectResponse('/queues', HTTPStatus.SEE_OTHER)


@router.post('/queues/{name}/{action}', **takes(Role.OPERATE))
async def steer_queue(name: QueueName, action: Literal['pause', 'resume'], desk: AtDesk) -> Response:
    """Pause or resume a queue."""
    desk.require_all_namespaces()
    act = Engine.pause_queue if action == 'pause' else Engine.resume_queue
    await desk.do(lambda engine: act(engine, name))
    return RedirectResponse('/queues', HTTPStatus.SEE_OTHER)


def _form(request: Request, desk: Desk, typed: Typed | None, *, trouble: str | None = None) -> Response:
    status = HTTPStatus.OK if trouble is None else HTTPStatus.UNPROCESSABLE_ENTITY
    return page(request, desk, 'queue.html', status=status, typed=typed, trouble=trouble)
