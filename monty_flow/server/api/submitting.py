"""Submit runs, and list them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import Query, Response
from pydantic import AwareDatetime

from monty_flow.engine import COUNT_LIMIT, Role, RunFilter, RunStatus
from monty_flow.interpreter import ResourceLimits
from monty_flow.server.access import AtDesk
from monty_flow.server.api.bodies import CountsBody, LimitsBody, RunBody, RunPageBody, SubmissionBody, Word, body
from monty_flow.server.api.routing import router as new_router
from monty_flow.server.api.routing import takes

router = new_router('runs')


@router.post('/runs', status_code=HTTPStatus.CREATED, **takes(Role.SUBMIT))
async def submit_run(submission: SubmissionBody, desk: AtDesk, response: Response) -> RunBody:
    """Store a run of a script for the workers."""
    run = await desk.do(
        lambda engine: engine.submit(
            submission.source,
            inputs=submission.inputs,
            script_name=submission.script_name,
            key=submission.key,
            limits=_limits(submission.limits),
            keep_snapshots=submission.keep_snapshots,
        )
    )
    response.headers['Location'] = f'/api/v1/runs/{run.id}'
    return body(RunBody, run)


def _limits(limits: LimitsBody | None) -> ResourceLimits | None:
    return None if limits is None else ResourceLimits(**limits.model_dump(exclude_none=True))


@router.get('/runs', **takes(Role.READ))
async def list_runs(
    desk: AtDesk,
    status: Annotated[RunStatus | None, Query(description='Only runs in this status.')] = None,
    script: Annotated[Word | None, Query(description='Only runs of scripts with this name.')] = None,
    text: Annotated[
        Word | None, Query(description='Is part of the name of the script or of the key, or begins the id.')
    ] = None,
    submitted_after: Annotated[AwareDatetime | None, Query(description='Only runs from this moment on.')] = None,
    submitted_before: Annotated[AwareDatetime | None, Query(description='Only runs before this moment.')] = None,
    limit: Annotated[int, Query(ge=1, le=200, description='Runs on a page.')] = 50,
    cursor: Annotated[Word | None, Query(description='The `next_cursor` of the page before.')] = None,
) -> RunPageBody:
    """List runs, the newest first."""
    criteria = RunFilter(status, script, text, submitted_after, submitted_before)
    page = await desk.do(lambda engine: engine.page(criteria, limit=limit, cursor=cursor))
    return RunPageBody(runs=[body(RunBody, run) for run in page.runs], next_cursor=page.next_cursor)


@router.get('/runs/counts', **takes(Role.READ))
async def count_runs(desk: AtDesk) -> CountsBody:
    """Tell how many runs are in each status."""
    counts = await desk.do(lambda engine: engine.counts())
    return CountsBody(counts=counts, limit=COUNT_LIMIT)
