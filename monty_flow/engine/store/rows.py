"""Rows of the tables to records, and transitions to the rows that they write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from monty_flow.engine import payloads
from monty_flow.engine.clock import moment, moment_or_none
from monty_flow.engine.codec import base_of
from monty_flow.engine.lanes import DEFAULT_NAMESPACE, lane_of
from monty_flow.engine.records import (
    Approval,
    Call,
    Claim,
    ErrorInfo,
    HistoryEntry,
    LiveCall,
    LogLine,
    NewCall,
    Progress,
    Run,
    Settled,
    Signal,
    Transition,
)
from monty_flow.engine.schema import runs
from monty_flow.engine.states import ENDED, CallKind, CallStatus, RunStatus

MICRO = 1e-6
#: The type of the error of a run that was ended by its deadline.
DEADLINE_ERROR = 'DeadlineExceeded'
_RUN_COLUMNS = tuple(column.name for column in runs.c)


@dataclass(frozen=True, slots=True)
class NewRun:
    """A run that is to be inserted."""

    id: str
    source: str
    script_hash: str
    script_name: str
    key: str | None
    inputs: bytes
    limits: bytes | None
    keep_snapshots: int | None = None
    namespace: str = DEFAULT_NAMESPACE
    tags: Mapping[str, str] = field(default_factory=dict)
    #: When it may begin, as a moment or as time from its insertion; None for at once.
    start_at: int | None = None
    delay_us: int | None = None
    #: When it is ended as failed, as a moment or as time from its insertion; None for never.
    deadline_at: int | None = None
    deadline_us: int | None = None
    lane: str = ''
    #: Versions of functions by name, to which the run is bound.
    function_versions: Mapping[str, str] = field(default_factory=dict)
    #: The run whose script starts it, and how many there are above it.
    parent_id: str | None = None
    depth: int = 0


def run_row(run: NewRun, now: int) -> dict[str, Any]:
    """Return the row of a new run."""
    return {
        'run_id': run.id,
        'script_hash': run.script_hash,
        'script_name': run.script_name,
        'key': run.key,
        'inputs': run.inputs,
        'limits': run.limits,
        'keep_snapshots': run.keep_snapshots,
        'function_versions': payloads.encode(dict(run.function_versions)) if run.function_versions else None,
        'namespace': run.namespace,
        'tags': payloads.encode(dict(run.tags)) if run.tags else None,
        'deadline_at': run.deadline_at if run.deadline_us is None else now + run.deadline_us,
        'lane': run.lane,
        'parent_id': run.parent_id,
        'depth': run.depth,
        'now': now,
    }


def tag_rows(run: NewRun) -> Iterator[dict[str, Any]]:
    """Yield the rows by which a new run is found."""
    for name, value in run.tags.items():
        yield {'run_id': run.id, 'name': name, 'value': value}


def start_call(run: NewRun, now: int) -> dict[str, Any]:
    """Return the row of call number 0."""
    return {
        'run_id': run.id,
        'number': 0,
        'kind': CallKind.START.value,
        'function': '',
        'status': CallStatus.PENDING.value,
        'arguments': None,
        'attempt': 0,
        # Not before now, since calls are taken in the order of these moments.
        'due_at': max(now + (run.delay_us or 0), run.start_at or 0),
        'worker': None,
        'awaits': None,
        'expires_at': None,
        'lane': run.lane,
        'now': now,
        'future': None,
    }


def advanced_run(transition: Transition) -> dict[str, Any]:
    """Return the parameters of the UPDATE of the run."""
    return {
        'run_id': transition.run_id,
        'from_version': transition.from_version,
        'from_status': transition.from_status.value,
        'to_status': transition.to_status.value,
        'number': transition.settled[0].number,
        'worker': transition.worker,
        'step': transition.step,
        'last_call': transition.last_call,
        'oldest_call': transition.oldest_call,
        'output': transition.output,
        'run_error': transition.run_error,
        'now': transition.at,
        'finished_at': transition.at if transition.to_status in ENDED else None,
    }


_OVER = frozenset({CallStatus.DONE, CallStatus.FAILED, CallStatus.READY, CallStatus.CANCELLED})


def settled_call(transition: Transition, call: Settled) -> dict[str, Any]:
    """Return the parameters of the UPDATE of a call that was in hand."""
    return {
        'run_id': transition.run_id,
        'number': call.number,
        'worker': transition.worker,
        'call_status': call.status.value,
        'result': call.result,
        'call_error': call.error,
        'attempt': call.attempt,
        'failures': call.failures,
        'due_at': call.due_at,
        'started_at': call.started_at,
        'call_finished_at': transition.at if call.is_over or call.status in _OVER else None,
        'taken_step': call.step,
    }


def new_call(transition: Transition, new: NewCall) -> dict[str, Any]:
    """Return the row of a call that the step has begun."""
    status = CallStatus.LEASED if new.leased else CallStatus.HELD if new.held else CallStatus.PENDING
    return {
        'run_id': transition.run_id,
        'number': new.number,
        'kind': new.kind.value,
        'function': new.function,
        'status': status.value,
        'arguments': new.arguments,
        'attempt': 1 if new.leased else 0,
        'due_at': new.due_at,
        'worker': transition.worker if new.leased else None,
        'awaits': new.awaits,
        'expires_at': new.expires_at,
        'lane': new.lane,
        'now': transition.at,
        'future': new.future,
    }


def snapshot(transition: Transition) -> dict[str, Any]:
    """Return the row of the snapshot in which the run waits."""
    assert transition.snapshot is not None
    return {
        'run_id': transition.run_id,
        'number': transition.step,
        'base': base_of(transition.snapshot),
        'data': transition.snapshot,
    }


def history_rows(transition: Transition) -> Iterator[dict[str, Any]]:
    """Yield the rows of the history; what the step took in the script is told with the first call."""
    script_us, snapshot_bytes = transition.script_us, len(transition.snapshot or b'')
    for call in transition.settled:
        yield {
            'run_id': transition.run_id,
            'version': transition.from_version + 1,
            'number': call.number,
            'function': call.function,
            'call_status': call.status.value,
            'run_status': transition.to_status.value,
            'attempt': call.attempt,
            'function_us': call.function_us,
            'script_us': script_us,
            'snapshot_bytes': snapshot_bytes,
            'worker': transition.worker,
            'at': transition.at,
        }
        script_us = snapshot_bytes = 0


def log_rows(transition: Transition) -> Iterator[dict[str, Any]]:
    """Yield the rows of the output that the step wrote."""
    for output in transition.logs:
        yield {
            'run_id': transition.run_id,
            'step': transition.from_step,
            'stream': output.stream,
            'text': output.text,
            'now': transition.at,
        }


def claim(row: tuple[Any, ...]) -> Claim:
    """Return the claim of a row of `claim_candidates`, its attempt counted."""
    (
        run_id, version, status, step, last_call, oldest_call, script_hash, script_name, inputs, limits, number, kind,
        function, attempt, failures, arguments, made_at, due_at, lane, run_lane, cancel_at, versions, parent_id, future,
        result, error, finished_at,
    ) = row  # fmt: skip
    return Claim(
        run_id=run_id,
        version=version,
        status=RunStatus(status),
        step=step,
        last_call=last_call,
        oldest_call=oldest_call,
        script_hash=script_hash,
        script_name=script_name,
        inputs=inputs,
        limits=limits,
        number=number,
        kind=CallKind(kind),
        function=function,
        attempt=attempt + 1,
        failures=failures,
        arguments=arguments,
        made_at=made_at,
        due_at=due_at,
        lane=lane,
        run_lane=run_lane,
        is_cancelled=cancel_at is not None,
        function_versions=None if versions is None else payloads.decode(versions),
        has_parent=parent_id is not None,
        future=future,
        result=result,
        error=error,
        is_over=finished_at is not None,
    )


def live_call(row: tuple[Any, ...]) -> LiveCall:
    """Return the call of a row of `live_calls`."""
    number, future, status, function, worker, result, error = row
    return LiveCall(number, future, CallStatus(status), function, worker, result, error)


def error_payload(error: ErrorInfo, arguments: bytes | None = None) -> bytes:
    """Return an error as it is stored; the payload of its arguments is for the script that may get it later."""
    return payloads.encode([error.type, error.message, error.traceback, *([] if arguments is None else [arguments])])


def deadline_error(deadline: int) -> bytes:
    """Return the error of a run that was ended by its deadline, as it is stored."""
    return error_payload(ErrorInfo(DEADLINE_ERROR, f'the run had not ended by {_stamp(deadline)}'))


def _error(data: bytes | None) -> ErrorInfo | None:
    # What else is recorded of it is for the script.
    return None if data is None else ErrorInfo(*payloads.decode(data)[:3])


def _value(data: bytes | None) -> Any:
    return None if data is None else payloads.decode(data)


#: Calls under way of which a text tells the functions.
_TOLD = 3


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the text of what a run waits for is made of."""

    #: The functions of the live workers, None when there is no worker.
    served: Set[str] | None
    now: int
    #: Rows of the calls under way of a run, for runs that have more than one.
    others: Callable[[str, int], Sequence[tuple[Any, ...]]]


def run(row: tuple[Any, ...], waiting: Waiting) -> Run:
    """Return the run of a row of `runs` and of its oldest call under way."""
    found = dict(zip(_RUN_COLUMNS, row, strict=False))
    status = RunStatus(found['status'])
    error = _error(found['error'])
    lane = lane_of(found['lane'])
    oldest_call = found['oldest_call']
    if oldest_call != found['last_call'] and status is RunStatus.WAITING:
        waiting_for = _waiting_for_some(waiting.others(found['id'], oldest_call), waiting)
    else:
        waiting_for = _waiting_for(status, error, row[len(_RUN_COLUMNS) :], waiting)
    return Run(
        id=found['id'],
        status=status,
        script_name=found['script_name'],
        script_hash=found['script_hash'],
        inputs=payloads.decode(found['inputs']),
        output=_value(found['output']),
        error=error,
        key=found['key'],
        version=found['version'],
        step=found['step'],
        created_at=moment(found['created_at']),
        updated_at=moment(found['updated_at']),
        started_at=moment_or_none(found['started_at']),
        finished_at=moment_or_none(found['finished_at']),
        waiting_for=waiting_for,
        namespace=found['namespace'],
        tags=_value(found['tags']) or {},
        deadline=moment_or_none(found['deadline_at']),
        status_text=found['status_text'],
        queue=lane.queue,
        priority=lane.priority,
        concurrency_key=lane.key,
        cancel_at=moment_or_none(found['cancel_at']),
        parent=found['parent_id'],
        origin=found['origin_id'],
        origin_step=found['origin_step'],
        depth=found['depth'],
    )


def _waiting_for_some(calls: Sequence[Sequence[Any]], waiting: Waiting) -> str | None:
    """Return what a run waits for that may wait for several calls."""
    open_calls = [call for call in calls if call[2] != CallStatus.READY]
    if len(open_calls) <= 1:
        return _waiting_for(RunStatus.WAITING, None, open_calls[0], waiting) if open_calls else None
    names = Counter(call[1] for call in open_calls)
    told = [f'{count} of {name}' if count > 1 else name for name, count in names.most_common(_TOLD)]
    more = [f'{len(names) - _TOLD} others'] if len(names) > _TOLD else []
    text = f'{len(open_calls)} calls at once: {", ".join(told + more)}'
    if waiting.served is None:
        return f'{text} (no worker is running)'
    functions = {call[1] for call in open_calls if call[0] == CallKind.FUNCTION}
    unserved = sorted(functions.difference(waiting.served))
    if unserved:
        text += f'; no running worker serves the function {unserved[0]!r}; start one that does'
    return text


def _waiting_for(
    run_status: RunStatus, run_error: ErrorInfo | None, current: Sequence[Any], waiting: Waiting
) -> str | None:
    served, now = waiting.served, waiting.now
    if run_status in ENDED:
        return None
    if run_status is RunStatus.PAUSED:
        return 'a resume by a person' if run_error is None else 'a retry by a person'
    kind, function, status, attempt, error, due_at, awaits, expires_at = current
    if awaits is not None:
        return _waiting_text(awaits, function, expires_at) + ('' if served is not None else ' (no worker is running)')
    if kind == CallKind.TIMER:
        return f'timer until {_stamp(due_at)}' + ('' if served is not None else ' (no worker is running)')
    leased = status == CallStatus.LEASED
    if kind == CallKind.START:
        return None if leased else _start_text(served, error, due_at, now)
    text = f'call {function} (attempt {attempt if leased else attempt + 1})'
    if leased:
        return text
    if due_at > now:
        text += f' at {_stamp(due_at)}'
    failure = _error(error)
    if failure is not None:
        text += f' after {failure}'
    if served is None:
        return f'{text}: no worker is running'
    if function not in served:
        return f'{text}: no running worker serves the function {function!r}; start one that does'
    return text


def _waiting_text(awaits: str, function: str, expires_at: int | None) -> str:
    what, _, name = awaits.partition(':')
    text = f'{what} {name!r}' if name else f'an {what} of the call {function}'
    return text + ('' if expires_at is None else f' until {_stamp(expires_at)}')


def _start_text(served: Set[str] | None, error: bytes | None, due_at: int, now: int) -> str:
    text = 'a worker to start it'
    if due_at > now:
        text += f' at {_stamp(due_at)}'
    failure = _error(error)
    if failure is not None:
        text += f' after {failure}'
    return text if served is not None else f'{text}: no worker is running'


def _stamp(value: int) -> str:
    return moment(value).isoformat(timespec='seconds').replace('+00:00', 'Z')


def call(row: tuple[Any, ...]) -> Call:
    """Return the call of a row of `calls`."""
    (
        run_id, number, kind, function, status, arguments, result, error, attempt, failures, due_at, worker,
        created_at, started_at, finished_at, _awaits, expires_at, lane, _future, _step, progress, progress_at,
    ) = row  # fmt: skip
    args, kwargs = payloads.decode(arguments)
    return Call(
        run_id=run_id,
        number=number,
        kind=CallKind(kind),
        function=function,
        status=CallStatus(status),
        args=tuple(args),
        kwargs=kwargs,
        result=_value(result),
        error=_error(error),
        attempts=attempt,
        failures=failures,
        worker=worker,
        created_at=moment(created_at),
        due_at=moment(due_at),
        started_at=moment_or_none(started_at),
        finished_at=moment_or_none(finished_at),
        queue=lane_of(lane).queue,
        progress=_value(progress),
        progress_at=moment_or_none(progress_at),
        expires_at=moment_or_none(expires_at),
    )


def signal(row: tuple[Any, ...]) -> Signal:
    """Return the signal of a row of `signals`."""
    seq, run_id, name, key, value, sent_at, taken_by = row
    return Signal(
        seq=seq,
        run_id=run_id,
        name=name.partition(':')[2],
        value=payloads.decode(value),
        key=key,
        sent_at=moment(sent_at),
        taken_by=taken_by,
    )


def approval(row: tuple[Any, ...]) -> Approval:
    """Return the approval of a row of `calls` and its run."""
    run_id, number, script_name, kind, function, arguments, created_at, expires_at = row
    args, kwargs = payloads.decode(arguments)
    return Approval(
        run_id=run_id,
        call=number,
        script_name=script_name,
        function=function,
        question=args[0] if kind == CallKind.APPROVAL else None,
        args=tuple(args),
        kwargs=kwargs,
        asked_at=moment(created_at),
        expires_at=moment_or_none(expires_at),
    )


def progress_row(progress: Progress) -> dict[str, Any]:
    """Return the row of progress."""
    return {
        'run_id': progress.run_id,
        'number': progress.number,
        'attempt': progress.attempt,
        'data': progress.data,
        'at': progress.at,
    }


def history_entry(row: tuple[Any, ...]) -> HistoryEntry:
    """Return the entry of a row of `history`."""
    (
        run_id, version, number, function, call_status, run_status, attempt, function_us, script_us, snapshot_bytes,
        worker, at,
    ) = row  # fmt: skip
    return HistoryEntry(
        run_id=run_id,
        version=version,
        number=number,
        function=function,
        call_status=CallStatus(call_status),
        run_status=RunStatus(run_status),
        attempt=attempt,
        function_seconds=function_us * MICRO,
        script_seconds=script_us * MICRO,
        snapshot_bytes=snapshot_bytes,
        worker=worker,
        at=moment(at),
    )


def log_line(row: tuple[Any, ...]) -> LogLine:
    """Return the line of a row of `logs`."""
    seq, run_id, step, stream, text, at = row
    return LogLine(seq=seq, run_id=run_id, step=step, stream=stream, text=text, at=moment(at))
