"""Take runs out of the database as files, and into it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import Request, Response

from monty_flow.engine import Role
from monty_flow.server.access import AtDesk, namespace_refused
from monty_flow.server.api.bodies.describing import body
from monty_flow.server.api.bodies.runs import RunBody
from monty_flow.server.api.routing import RunId, takes
from monty_flow.server.api.routing import router as new_router

router = new_router('moving')

_FILE = 'application/octet-stream'
_BYTES: dict[str, Any] = {'content': {_FILE: {'schema': {'type': 'string', 'format': 'binary'}}}}


class _FileResponse(Response):
    media_type = _FILE


@router.get(
    '/runs/{run_id:run_id}/export',
    response_class=_FileResponse,
    responses={200: {'description': 'The run as a file.', **_BYTES}},
    **takes(Role.ADMIN),
)
async def export_run(run_id: RunId, desk: AtDesk) -> Response:
    """Return a run as a file: its script, calls, history, output and states, signed."""
    run_file, name = await desk.on_run(run_id, lambda engine, run: (engine.export(run.id), run.id))
    return _FileResponse(run_file, headers={'Content-Disposition': f'attachment; filename="{name}.monty-flow"'})


_takes_file = takes(Role.ADMIN)
_takes_file['openapi_extra'] |= {'requestBody': {'required': True, **_BYTES}}


@router.post('/runs/import', status_code=HTTPStatus.CREATED, **_takes_file)
async def import_run(request: Request, desk: AtDesk) -> RunBody:
    """Store a run of a file; workers here go on with it. Takes a token of all namespaces."""
    namespace = desk.caller.namespace
    if namespace is not None:
        # A run says itself of which namespace it is.
        raise namespace_refused(namespace)
    data = await request.body()
    return body(RunBody, await desk.do(lambda engine: engine.import_run(data)))
