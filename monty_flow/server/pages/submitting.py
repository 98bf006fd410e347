"""The form that submits a run."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response

from monty_flow.engine import DEFAULT_NAMESPACE, EngineError, Role
from monty_flow.interpreter import MontyError
from monty_flow.server.access import AtDesk
from monty_flow.server.api.submitting import check_key
from monty_flow.server.pages.rendering import page, takes
from monty_flow.server.pages.rendering import router as new_router
from monty_flow.server.pages.writing import Unreadable, inputs_of, lines_of

router = new_router()


@router.get('/submit', **takes(Role.SUBMIT))
async def show_form(request: Request, desk: AtDesk) -> Response:
    """Show the form."""
    return page(request, desk, 'submit.html', trouble=None, source='', inputs='', name='main.py', key='')


@router.post('/submit', **takes(Role.SUBMIT))
async def submit(
    request: Request,
    desk: AtDesk,
    source: Annotated[str, Form()] = '',
    inputs: Annotated[str, Form()] = '',
    name: Annotated[str, Form(max_length=200)] = 'main.py',
    key: Annotated[str, Form(max_length=200)] = '',
) -> Response:
    """Submit a run and show it, or the form again with what was wrong."""
    source = lines_of(source)
    namespace = desk.caller.namespace or DEFAULT_NAMESPACE
    try:
        values = inputs_of(inputs)
        run = await desk.do(
            lambda engine: engine.submit(
                source, inputs=values, script_name=name or 'main.py', key=key or None, namespace=namespace
            )
        )
        check_key(desk, run)
    except (EngineError, MontyError, Unreadable) as error:
        trouble = getattr(error, 'traceback', '') or str(error)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return page(
            request,
            desk,
            'submit.html',
            status=status,
            trouble=trouble,
            source=source,
            inputs=inputs,
            name=name,
            key=key,
        )
    return RedirectResponse(f'/runs/{run.id}', HTTPStatus.SEE_OTHER)
