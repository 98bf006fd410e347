"""Submit runs, and list them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import Query, Response
from pydantic import StringConstraints

from monty_flow.engine import COUNT_LIMIT, DEFAULT_NAMESPACE, MAX_TAGS, Role, Run, RunFilter, RunStatus
from monty_flow.interpreter import ResourceLimits
from monty_flow.server.access import AtDesk, Desk
from monty_flow.server.api.bodies.describing import Moment, Word, body
from monty_flow.server.api.bodies.runs import CountsBody, RunBody, RunPageBody, RunsOverTimeBody
from monty_flow.server.api.bodies.submissions import LimitsBody, SubmissionBody
from monty_flow.server.api.routing import router as new_router
from monty_flow.server.api.routing import takes
from monty_flow.server.failures import Refused

router = new_router('runs')

_Tag = Annotated[str, StringConstraints(pattern=r'^[^\x00=]+=[^\x00]*$', max_length=400)]


@router.post('/runs', status_code=HTTPStatus.CREATED, **takes(Role.SUBMIT))
async def submit_run(submission: SubmissionBody, desk: AtDesk, response: Response) -> RunBody:
    """Store a run of a script for the workers."""
    namespace = desk.own_namespace(submission.namespace) or DEFAULT_NAMESPACE
    run = await desk.do(
        lambda engine: engine.submit(
            submission.source,
            inputs=submission.inputs,
            script_name=submission.script_name,
            key=submission.key,
            limits=_limits(submission.limits),
            keep_snapshots=submission.keep_snapshots,
            namespace=namespace,
            tags=submission.tags,
            queue=submission.queue,
            priority=submission.priority,
            concurrency_key=submission.concurrency_key,
            start_at=submission.start_at,
            deadline=submission.deadline,
        )
    )
    check_key(desk, run)
    response.headers['Location'] = f'/api/v1/runs/{run.id}'
    return body(RunBody, run)


def check_key(desk: Desk, run: Run) -> None:
    """Raise Refused when a key gave a run of another namespace."""
    if desk.caller.namespace not in (None, run.namespace):
        raise Refused(HTTPStatus.CONFLICT, 'key_taken', 'this key is taken in another namespace; use another one')


def _limits(limits: LimitsBody | None) -> ResourceLimits | None:
    return None if limits is None else ResourceLimits(**limits.model_dump(exclude_none=True))


@router.get('/runs', **takes(Role.READ))
async def list_runs(
    desk: AtDesk,
    status: Annotated[
        list[RunStatus] | None, Query(description='Only runs in this status; may be given several times.')
    ] = None,
    script: Annotated[Word | None, Query(description='Only runs of scripts with this name.')] = None,
    text: Annotated[
        Word | None, Query(description='Is part of the id, the key, the name of the script or the text of a tag.')
    ] = None,
    submitted_after: Annotated[Moment | None, Query(description='Only runs from this moment on.')] = None,
    submitted_before: Annotated[Moment | None, Query(description='Only runs before this moment.')] = None,
    tag: Annotated[
        list[_Tag] | None,
        Query(max_length=MAX_TAGS, description='Only runs with this tag, as name=text; may be given several times.'),
    ] = None,
    namespace: Annotated[Word | None, Query(description='Only runs of this namespace.')] = None,
    key: Annotated[Word | None, Query(description='Only the run with this key.')] = None,
    queue: Annotated[Word | None, Query(description='Only runs whose calls go through this queue.')] = None,
    limit: Annotated[int, Query(ge=1, le=200, description='Runs on a page.')] = 50,
    cursor: Annotated[Word | None, Query(description='The `next_cursor` of the page before.')] = None,
) -> RunPageBody:
    """List runs, the newest first."""
    criteria = RunFilter(
        status=status,
        script_name=script,
        text=text,
        submitted_after=submitted_after,
        submitted_before=submitted_before,
        namespace=desk.own_namespace(namespace),
        key=key,
        queue=queue,
        tags=dict(each.split('=', 1) for each in tag or ()),
    )
    page = await desk.do(lambda engine: engine.page(criteria, limit=limit, cursor=cursor))
    return RunPageBody(runs=[body(RunBody, run) for run in page.runs], next_cursor=page.next_cursor)


@router.get('/runs/counts', **takes(Role.READ))
async def count_runs(desk: AtDesk) -> CountsBody:
    """Tell how many runs are in each status."""
    counts = await desk.do(lambda engine: engine.counts(desk.caller.namespace))
    return CountsBody(counts=counts, limit=COUNT_LIMIT)


@router.get('/runs/counts/over-time', **takes(Role.READ))
async def count_runs_over_time(
    desk: AtDesk,
    seconds: Annotated[float, Query(ge=60, le=366 * 86400, description='How far it goes back.')] = 86400,
) -> RunsOverTimeBody:
    """Tell how many runs were submitted when, by the status that they have now."""
    found = await desk.do(lambda engine: engine.counts_over_time(seconds, desk.caller.namespace))
    return body(RunsOverTimeBody, found)
