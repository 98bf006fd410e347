"""Let a run go on otherwise: forks from its past, and moves to another version of its script."""

from __future__ import annotations

from typing import Any

from fastapi import Response

from monty_flow.engine import Forked, Role
from monty_flow.server.access import AtDesk
from monty_flow.server.api.bodies.describing import body
from monty_flow.server.api.bodies.states import ForkBody, ForkedBody, MigrationBody
from monty_flow.server.api.routing import RunId, takes
from monty_flow.server.api.routing import router as new_router

router = new_router('steering')


@router.post('/runs/{run_id:run_id}/fork', **takes(Role.SUBMIT))
async def fork_run(run_id: RunId, fork: ForkBody, desk: AtDesk, response: Response) -> ForkedBody:
    """Submit a run that goes on from a step of this one, with what is changed."""
    # A result of null is one, unlike none.
    changes: dict[str, Any] = {'result': fork.result} if 'result' in fork.model_fields_set else {}
    found = await desk.on_run(
        run_id,
        lambda engine, run: engine.fork(
            run.id, at=fork.at, variables=fork.variables, source=fork.source, dry_run=fork.dry_run, **changes
        ),
    )
    if found.run is not None:
        response.headers['Location'] = f'/api/v1/runs/{found.run.id}'
    return _forked(found)


@router.post('/runs/{run_id:run_id}/migrate', **takes(Role.OPERATE))
async def migrate_run(run_id: RunId, migration: MigrationBody, desk: AtDesk) -> ForkedBody:
    """Let a waiting or paused run go on in another version of its script."""
    return _forked(
        await desk.on_run(
            run_id, lambda engine, run: engine.migrate(run.id, migration.source, dry_run=migration.dry_run)
        )
    )


def _forked(found: Forked) -> ForkedBody:
    return body(ForkedBody, found)
