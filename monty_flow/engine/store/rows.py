"""Rows of the tables to records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from monty_flow.engine import payloads
from monty_flow.engine.clock import moment, moment_or_none
from monty_flow.engine.lanes import lane_of
from monty_flow.engine.large import is_out, whole_size
from monty_flow.engine.records import Approval, Call, HistoryEntry, LogLine, Run, Signal
from monty_flow.engine.schema import runs
from monty_flow.engine.states import CallKind, CallStatus, RunStatus
from monty_flow.engine.store.stored_errors import stored_error
from monty_flow.engine.store.wording import Waiting, waiting_for, waiting_for_some
from monty_flow.engine.transitions import Claim, LiveCall
from monty_flow.late import Late

MICRO = 1e-6
#: Returns a payload with all that its row is without.
Whole = Callable[[bytes], bytes]
_RUN_COLUMNS = tuple(column.name for column in runs.c)


def claim(row: tuple[Any, ...]) -> Claim:
    """Return the claim of a row of `claim_candidates`, its attempt counted."""
    (
        run_id, version, status, step, last_call, oldest_call, script_hash, script_name, inputs, limits, number, kind,
        function, attempt, failures, arguments, made_at, due_at, lane, run_lane, cancel_at, versions, parent_id, future,
        result, error, finished_at, part_of, item,
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
        part_of=part_of,
        item=item,
    )


def live_call(row: tuple[Any, ...]) -> LiveCall:
    """Return the call of a row of `live_calls`."""
    number, future, status, function, worker, result, error, due_at, part_of = row
    return LiveCall(number, future, CallStatus(status), function, worker, result, error, due_at, part_of)


def _value(data: bytes | None) -> Any:
    return None if data is None else payloads.decode(data)


def _late(data: bytes | None, whole: Whole) -> Any:
    """Return the value of a payload, a `Late` where some of it is kept apart."""
    if data is None or not is_out(data):
        return _value(data)
    row = bytes(data)
    return Late(whole_size(row), lambda: payloads.decode(whole(row)))


def _late_arguments(data: bytes, whole: Whole) -> tuple[Any, Any]:
    """Return the positional and the keyword arguments of a payload, both a `Late` where some of it is kept apart."""
    found = _late(data, whole)
    if isinstance(found, Late):
        return found.then(lambda value: tuple(value[0])), found.then(lambda value: value[1])
    args, kwargs = found
    return tuple(args), kwargs


def run(row: tuple[Any, ...], waiting: Waiting, whole: Whole) -> Run:
    """Return the run of a row of `runs` and of its oldest call under way."""
    found = dict(zip(_RUN_COLUMNS, row, strict=False))
    status = RunStatus(found['status'])
    error = stored_error(found['error'])
    lane = lane_of(found['lane'])
    oldest_call = found['oldest_call']
    if oldest_call != found['last_call'] and status is RunStatus.WAITING:
        awaited = waiting_for_some(waiting.others(found['id'], oldest_call), waiting)
    else:
        awaited = waiting_for(status, error, row[len(_RUN_COLUMNS) :], waiting)
    return Run(
        id=found['id'],
        status=status,
        script_name=found['script_name'],
        script_hash=found['script_hash'],
        inputs=_late(found['inputs'], whole),
        output=_late(found['output'], whole),
        error=error,
        key=found['key'],
        version=found['version'],
        step=found['step'],
        created_at=moment(found['created_at']),
        updated_at=moment(found['updated_at']),
        started_at=moment_or_none(found['started_at']),
        finished_at=moment_or_none(found['finished_at']),
        waiting_for=awaited,
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


def call(row: tuple[Any, ...], whole: Whole) -> Call:
    """Return the call of a row of `calls`."""
    (
        run_id, number, kind, function, status, arguments, result, error, attempt, failures, due_at, worker,
        created_at, started_at, finished_at, _awaits, expires_at, lane, _future, _step, part_of, item, progress, progress_at,
    ) = row  # fmt: skip
    args, kwargs = _late_arguments(arguments, whole)
    return Call(
        run_id=run_id,
        number=number,
        kind=CallKind(kind),
        function=function,
        status=CallStatus(status),
        args=args,
        kwargs=kwargs,
        result=_late(result, whole),
        error=stored_error(error),
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
        part_of=part_of,
        item=item,
    )


def signal(row: tuple[Any, ...], whole: Whole) -> Signal:
    """Return the signal of a row of `signals`."""
    seq, run_id, name, key, value, sent_at, taken_by = row
    return Signal(
        seq=seq,
        run_id=run_id,
        name=name.partition(':')[2],
        value=_late(value, whole),
        key=key,
        sent_at=moment(sent_at),
        taken_by=taken_by,
    )


def approval(row: tuple[Any, ...], whole: Whole) -> Approval:
    """Return the approval of a row of `calls` and its run."""
    run_id, number, script_name, kind, function, arguments, created_at, expires_at = row
    args, kwargs = _late_arguments(arguments, whole)
    return Approval(
        run_id=run_id,
        call=number,
        script_name=script_name,
        function=function,
        question=args[0] if kind == CallKind.APPROVAL else None,
        args=args,
        kwargs=kwargs,
        asked_at=moment(created_at),
        expires_at=moment_or_none(expires_at),
    )


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
