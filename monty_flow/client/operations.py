"""The routes of the API as functions. Made by clients/generate.py from the description of the API: change that, and run it again."""

from __future__ import annotations

from typing import Any, Literal

from monty_flow.client import types
from monty_flow.client.calls import Call, operation, path_of


def _submit_run(
    *,
    source: str,
    inputs: dict[str, Any] | None = None,
    script_name: str | None = None,
    key: str | None = None,
    limits: types.Limits | None = None,
    keep_snapshots: int | None = None,
    namespace: str | None = None,
    queue: str | None = None,
    priority: int | None = None,
    concurrency_key: str | None = None,
    tags: dict[str, Any] | None = None,
    start_at: str | None = None,
    deadline: str | None = None,
) -> Call[types.Run]:
    """Store a run of a script for the workers."""
    return Call(
        'POST',
        path_of('/api/v1/runs'),
        body={
            'source': source,
            'inputs': inputs,
            'script_name': script_name,
            'key': key,
            'limits': limits,
            'keep_snapshots': keep_snapshots,
            'namespace': namespace,
            'queue': queue,
            'priority': priority,
            'concurrency_key': concurrency_key,
            'tags': tags,
            'start_at': start_at,
            'deadline': deadline,
        },
    )


def _list_runs(
    *,
    status: list[types.RunStatus] | None = None,
    script: str | None = None,
    text: str | None = None,
    submitted_after: str | None = None,
    submitted_before: str | None = None,
    tag: list[str] | None = None,
    namespace: str | None = None,
    key: str | None = None,
    queue: str | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> Call[types.RunPage]:
    """List runs, the newest first."""
    return Call(
        'GET',
        path_of('/api/v1/runs'),
        query={
            'status': status,
            'script': script,
            'text': text,
            'submitted_after': submitted_after,
            'submitted_before': submitted_before,
            'tag': tag,
            'namespace': namespace,
            'key': key,
            'queue': queue,
            'limit': limit,
            'cursor': cursor,
        },
    )


def _count_runs() -> Call[types.Counts]:
    """Tell how many runs are in each status."""
    return Call('GET', path_of('/api/v1/runs/counts'))


def _count_runs_over_time(*, seconds: float | None = None) -> Call[types.RunsOverTime]:
    """Tell how many runs were submitted when, by the status that they have now."""
    return Call('GET', path_of('/api/v1/runs/counts/over-time'), query={'seconds': seconds})


def _get_about() -> Call[types.About]:
    """Tell the version of the server, and what the token is good for."""
    return Call('GET', path_of('/api/v1/about'))


def _get_health() -> Call[types.Health]:
    """Tell that the server and its database answer."""
    return Call('GET', path_of('/api/v1/health'))


def _list_workers() -> Call[list[types.Worker]]:
    """List the workers that live."""
    return Call('GET', path_of('/api/v1/workers'))


def _drain_worker(session: str) -> Call[None]:
    """Tell a worker to finish the calls in hand, take no more, and end. Takes a token of all namespaces."""
    return Call('POST', path_of('/api/v1/workers/{session}/drain', session=session), gives='nothing')


def _list_scripts() -> Call[list[types.ScriptUse]]:
    """List the versions of scripts that the newest 5000 runs are of, the last used first."""
    return Call('GET', path_of('/api/v1/scripts'))


def _list_functions() -> Call[list[types.FunctionUse]]:
    """List the functions that the newest runs called, with errors and times."""
    return Call('GET', path_of('/api/v1/functions'))


def _export_run(run_id: str) -> Call[bytes]:
    """Return a run as a file: its script, calls, history, output and states, signed."""
    return Call('GET', path_of('/api/v1/runs/{run_id}/export', run_id=run_id), gives='bytes')


def _import_run(data: bytes) -> Call[types.Run]:
    """Store a run of a file; workers here go on with it. Takes a token of all namespaces."""
    return Call('POST', path_of('/api/v1/runs/import'), data=data)


def _get_run(run_id: str) -> Call[types.Run]:
    """Tell where a run stands."""
    return Call('GET', path_of('/api/v1/runs/{run_id}', run_id=run_id))


def _delete_run(run_id: str) -> Call[None]:
    """Delete a run that has ended, with all that is stored of it."""
    return Call('DELETE', path_of('/api/v1/runs/{run_id}', run_id=run_id), gives='nothing')


def _get_result(run_id: str, *, wait_seconds: float | None = None) -> Call[types.Result]:
    """Tell how a run ended; with `wait_seconds` the answer waits for the end, or until it was set aside."""
    return Call('GET', path_of('/api/v1/runs/{run_id}/result', run_id=run_id), query={'wait_seconds': wait_seconds})


def _get_source(run_id: str) -> Call[types.Source]:
    """Return the script of a run."""
    return Call('GET', path_of('/api/v1/runs/{run_id}/source', run_id=run_id))


def _list_calls(
    run_id: str, *, after: int | None = None, limit: int | None = None, large: bool | None = None
) -> Call[list[types.Call]]:
    """List the external calls of a run in their order; `{"kept_apart_bytes": N}` stands for a large value."""
    return Call(
        'GET',
        path_of('/api/v1/runs/{run_id}/calls', run_id=run_id),
        query={'after': after, 'limit': limit, 'large': large},
    )


def _list_history(run_id: str, *, after: int | None = None, limit: int | None = None) -> Call[list[types.History]]:
    """List what workers committed for a run, with timings, in order; a version may have several, at the end of a piece too."""
    return Call('GET', path_of('/api/v1/runs/{run_id}/history', run_id=run_id), query={'after': after, 'limit': limit})


def _list_logs(run_id: str, *, after: int | None = None, limit: int | None = None) -> Call[list[types.LogLine]]:
    """List what the script of a run printed."""
    return Call('GET', path_of('/api/v1/runs/{run_id}/logs', run_id=run_id), query={'after': after, 'limit': limit})


def _list_children(run_id: str) -> Call[list[types.Run]]:
    """List the runs that the script of a run has started, in their order."""
    return Call('GET', path_of('/api/v1/runs/{run_id}/children', run_id=run_id))


def _list_steps(run_id: str) -> Call[list[types.StoredStep]]:
    """List the steps of a run whose states are kept."""
    return Call('GET', path_of('/api/v1/runs/{run_id}/steps', run_id=run_id))


def _get_state(run_id: str, step: int) -> Call[types.State]:
    """Return the frames and variables of a run when it waited for its call of that number."""
    return Call('GET', path_of('/api/v1/runs/{run_id}/steps/{step}', run_id=run_id, step=step))


def _diff_steps(run_id: str, *, before: int, after: int) -> Call[list[types.VariableChange]]:
    """List the variables of a run that differ between two of its steps, and where in them."""
    return Call('GET', path_of('/api/v1/runs/{run_id}/diff', run_id=run_id), query={'before': before, 'after': after})


def _cancel_run(run_id: str) -> Call[types.Run]:
    """Cancel a run: its script is told and may clean up, then it ends without a result."""
    return Call('POST', path_of('/api/v1/runs/{run_id}/cancel', run_id=run_id))


def _terminate_run(run_id: str) -> Call[types.Run]:
    """End a run at once, without asking its script."""
    return Call('POST', path_of('/api/v1/runs/{run_id}/terminate', run_id=run_id))


def _pause_run(run_id: str) -> Call[types.Run]:
    """Hold a run: no call of it is begun until it is resumed."""
    return Call('POST', path_of('/api/v1/runs/{run_id}/pause', run_id=run_id))


def _resume_run(run_id: str) -> Call[types.Run]:
    """Let a paused run go on from where it stands."""
    return Call('POST', path_of('/api/v1/runs/{run_id}/resume', run_id=run_id))


def _retry_run(run_id: str) -> Call[types.Run]:
    """Let a failed or paused run go on from where it stood before the step that failed."""
    return Call('POST', path_of('/api/v1/runs/{run_id}/retry', run_id=run_id))


def _steer_runs(
    *,
    action: Literal['cancel', 'terminate', 'pause', 'resume', 'retry', 'delete'],
    status: list[types.RunStatus] | None = None,
    script: str | None = None,
    text: str | None = None,
    tags: dict[str, Any] | None = None,
    submitted_after: str | None = None,
    submitted_before: str | None = None,
    namespace: str | None = None,
    queue: str | None = None,
    dry_run: bool | None = None,
) -> Call[types.BulkResult]:
    """Do something to all runs that meet the conditions; deleting takes the role admin."""
    return Call(
        'POST',
        path_of('/api/v1/runs/bulk'),
        body={
            'action': action,
            'status': status,
            'script': script,
            'text': text,
            'tags': tags,
            'submitted_after': submitted_after,
            'submitted_before': submitted_before,
            'namespace': namespace,
            'queue': queue,
            'dry_run': dry_run,
        },
    )


def _fork_run(
    run_id: str,
    *,
    at: int | None = None,
    result: Any = None,
    variables: dict[str, Any] | None = None,
    source: str | None = None,
    dry_run: bool | None = None,
) -> Call[types.Forked]:
    """Submit a run that goes on from a step of this one, with what is changed."""
    return Call(
        'POST',
        path_of('/api/v1/runs/{run_id}/fork', run_id=run_id),
        body={'at': at, 'result': result, 'variables': variables, 'source': source, 'dry_run': dry_run},
    )


def _migrate_run(run_id: str, *, source: str, dry_run: bool | None = None) -> Call[types.Forked]:
    """Let a waiting or paused run go on in another version of its script."""
    return Call(
        'POST', path_of('/api/v1/runs/{run_id}/migrate', run_id=run_id), body={'source': source, 'dry_run': dry_run}
    )


def _send_signal(run_id: str, *, name: str, value: Any = None, key: str | None = None) -> Call[types.Signal]:
    """Send a signal to a run, for a `flow.wait_signal` of its script, now or later."""
    return Call(
        'POST', path_of('/api/v1/runs/{run_id}/signals', run_id=run_id), body={'name': name, 'value': value, 'key': key}
    )


def _list_signals(run_id: str) -> Call[list[types.Signal]]:
    """List the signals that were sent to a run, in their order."""
    return Call('GET', path_of('/api/v1/runs/{run_id}/signals', run_id=run_id))


def _get_published(run_id: str) -> Call[dict[str, Any]]:
    """Return what the script of a run has published last under each name."""
    return Call('GET', path_of('/api/v1/runs/{run_id}/published', run_id=run_id))


def _list_approvals() -> Call[list[types.Approval]]:
    """List the calls that wait for a person's decision, the oldest first."""
    return Call('GET', path_of('/api/v1/approvals'))


def _decide_call(run_id: str, number: int, *, approved: bool, comment: str | None = None) -> Call[types.Approval]:
    """Let a call that waits for a decision go on, or refuse it; the name of the token is recorded."""
    return Call(
        'POST',
        path_of('/api/v1/runs/{run_id}/calls/{number}/decision', run_id=run_id, number=number),
        body={'approved': approved, 'comment': comment},
    )


def _list_queues() -> Call[list[types.Queue]]:
    """List the queues of which something is said or in which there is something."""
    return Call('GET', path_of('/api/v1/queues'))


def _set_queue(
    name: str,
    *,
    concurrency: int | None = None,
    key_concurrency: int | None = None,
    rate: int | None = None,
    period_seconds: float | None = None,
    max_pending: int | None = None,
) -> Call[types.Queue]:
    """Say what bounds a queue from now on; what is left out has no limit."""
    return Call(
        'PUT',
        path_of('/api/v1/queues/{name}', name=name),
        body={
            'concurrency': concurrency,
            'key_concurrency': key_concurrency,
            'rate': rate,
            'period_seconds': period_seconds,
            'max_pending': max_pending,
        },
    )


def _delete_queue(name: str) -> Call[None]:
    """Forget what was said of a queue: it has no limits then."""
    return Call('DELETE', path_of('/api/v1/queues/{name}', name=name), gives='nothing')


def _pause_queue(name: str) -> Call[types.Queue]:
    """Let no call of a queue be begun until it is resumed."""
    return Call('POST', path_of('/api/v1/queues/{name}/pause', name=name))


def _resume_queue(name: str) -> Call[types.Queue]:
    """Let the calls of a queue be begun again."""
    return Call('POST', path_of('/api/v1/queues/{name}/resume', name=name))


def _list_retention() -> Call[list[types.Retention]]:
    """List the rules by which workers delete runs that have ended; without any, runs are kept for ever."""
    return Call('GET', path_of('/api/v1/retention'))


def _set_retention(
    *,
    keep_seconds: float | None,
    namespace: str | None = None,
    status: Literal['succeeded', 'failed', 'cancelled'] | None = None,
) -> Call[types.Retention]:
    """Say for how long runs are kept after they have ended: of a namespace and a status, of one of these, or of all."""
    return Call(
        'PUT',
        path_of('/api/v1/retention'),
        body={'keep_seconds': keep_seconds, 'namespace': namespace, 'status': status},
    )


def _clear_retention(
    *, namespace: str | None = None, status: Literal['succeeded', 'failed', 'cancelled'] | None = None
) -> Call[None]:
    """Delete a rule, so that a more general one counts, or none."""
    return Call(
        'DELETE', path_of('/api/v1/retention'), query={'namespace': namespace, 'status': status}, gives='nothing'
    )


def _list_schedules() -> Call[list[types.Schedule]]:
    """List the schedules by name."""
    return Call('GET', path_of('/api/v1/schedules'))


def _create_schedule(
    *,
    source: str,
    name: str,
    inputs: dict[str, Any] | None = None,
    script_name: str | None = None,
    cron: str | None = None,
    timezone: str | None = None,
    every_seconds: float | None = None,
    at: str | None = None,
    overlap: types.Overlap | None = None,
    catch_up: types.CatchUp | None = None,
    jitter_seconds: float | None = None,
    paused: bool | None = None,
    queue: str | None = None,
    priority: int | None = None,
    namespace: str | None = None,
) -> Call[types.Schedule]:
    """Have runs of a script made at moments: of a cron expression, at intervals, or once."""
    return Call(
        'POST',
        path_of('/api/v1/schedules'),
        body={
            'source': source,
            'name': name,
            'inputs': inputs,
            'script_name': script_name,
            'cron': cron,
            'timezone': timezone,
            'every_seconds': every_seconds,
            'at': at,
            'overlap': overlap,
            'catch_up': catch_up,
            'jitter_seconds': jitter_seconds,
            'paused': paused,
            'queue': queue,
            'priority': priority,
            'namespace': namespace,
        },
    )


def _change_schedule(
    name: str,
    *,
    source: str,
    inputs: dict[str, Any] | None = None,
    script_name: str | None = None,
    cron: str | None = None,
    timezone: str | None = None,
    every_seconds: float | None = None,
    at: str | None = None,
    overlap: types.Overlap | None = None,
    catch_up: types.CatchUp | None = None,
    jitter_seconds: float | None = None,
    paused: bool | None = None,
    queue: str | None = None,
    priority: int | None = None,
    namespace: str | None = None,
) -> Call[types.Schedule]:
    """Describe a schedule anew; its runs stay, and so do limits and tags, which are not of the description."""
    return Call(
        'PUT',
        path_of('/api/v1/schedules/{name}', name=name),
        body={
            'source': source,
            'inputs': inputs,
            'script_name': script_name,
            'cron': cron,
            'timezone': timezone,
            'every_seconds': every_seconds,
            'at': at,
            'overlap': overlap,
            'catch_up': catch_up,
            'jitter_seconds': jitter_seconds,
            'paused': paused,
            'queue': queue,
            'priority': priority,
            'namespace': namespace,
        },
    )


def _get_schedule(name: str) -> Call[types.Schedule]:
    """Return a schedule."""
    return Call('GET', path_of('/api/v1/schedules/{name}', name=name))


def _delete_schedule(name: str) -> Call[None]:
    """Delete a schedule; its runs stay."""
    return Call('DELETE', path_of('/api/v1/schedules/{name}', name=name), gives='nothing')


def _get_schedule_source(name: str) -> Call[types.Source]:
    """Return the script of which a schedule makes runs."""
    return Call('GET', path_of('/api/v1/schedules/{name}/source', name=name))


def _pause_schedule(name: str) -> Call[types.Schedule]:
    """Let a schedule make no runs until it is resumed."""
    return Call('POST', path_of('/api/v1/schedules/{name}/pause', name=name))


def _resume_schedule(name: str) -> Call[types.Schedule]:
    """Let a schedule make runs again, from its next moment on."""
    return Call('POST', path_of('/api/v1/schedules/{name}/resume', name=name))


def _trigger_schedule(name: str) -> Call[types.Run]:
    """Make a run of a schedule now, beside its moments."""
    return Call('POST', path_of('/api/v1/schedules/{name}/trigger', name=name))


class Operations:
    """The routes, on a client that sends."""

    submit_run = operation(_submit_run)
    list_runs = operation(_list_runs)
    count_runs = operation(_count_runs)
    count_runs_over_time = operation(_count_runs_over_time)
    get_about = operation(_get_about)
    get_health = operation(_get_health)
    list_workers = operation(_list_workers)
    drain_worker = operation(_drain_worker)
    list_scripts = operation(_list_scripts)
    list_functions = operation(_list_functions)
    export_run = operation(_export_run)
    import_run = operation(_import_run)
    get_run = operation(_get_run)
    delete_run = operation(_delete_run)
    get_result = operation(_get_result)
    get_source = operation(_get_source)
    list_calls = operation(_list_calls)
    list_history = operation(_list_history)
    list_logs = operation(_list_logs)
    list_children = operation(_list_children)
    list_steps = operation(_list_steps)
    get_state = operation(_get_state)
    diff_steps = operation(_diff_steps)
    cancel_run = operation(_cancel_run)
    terminate_run = operation(_terminate_run)
    pause_run = operation(_pause_run)
    resume_run = operation(_resume_run)
    retry_run = operation(_retry_run)
    steer_runs = operation(_steer_runs)
    fork_run = operation(_fork_run)
    migrate_run = operation(_migrate_run)
    send_signal = operation(_send_signal)
    list_signals = operation(_list_signals)
    get_published = operation(_get_published)
    list_approvals = operation(_list_approvals)
    decide_call = operation(_decide_call)
    list_queues = operation(_list_queues)
    set_queue = operation(_set_queue)
    delete_queue = operation(_delete_queue)
    pause_queue = operation(_pause_queue)
    resume_queue = operation(_resume_queue)
    list_retention = operation(_list_retention)
    set_retention = operation(_set_retention)
    clear_retention = operation(_clear_retention)
    list_schedules = operation(_list_schedules)
    create_schedule = operation(_create_schedule)
    change_schedule = operation(_change_schedule)
    get_schedule = operation(_get_schedule)
    delete_schedule = operation(_delete_schedule)
    get_schedule_source = operation(_get_schedule_source)
    pause_schedule = operation(_pause_schedule)
    resume_schedule = operation(_resume_schedule)
    trigger_schedule = operation(_trigger_schedule)
