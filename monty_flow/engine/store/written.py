"""The rows that a transition becomes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from monty_flow.engine.codec import base_of
from monty_flow.engine.states import ENDED, CallStatus
from monty_flow.engine.transitions import NewCall, Progress, Settled, Transition


def advanced_run(transition: Transition) -> dict[str, Any]:
    """Return the parameters of the UPDATE of the run."""
    return {
        'run_id': transition.run_id,
        'from_version': transition.from_version,
        'from_status': str(transition.from_status),
        'to_status': str(transition.to_status),
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
        'call_status': str(call.status),
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
        'kind': str(new.kind),
        'function': new.function,
        'status': str(status),
        'arguments': new.arguments,
        'attempt': 1 if new.leased else 0,
        'due_at': new.due_at,
        'worker': transition.worker if new.leased else None,
        'awaits': new.awaits,
        'expires_at': new.expires_at,
        'lane': new.lane,
        'now': transition.at,
        'future': new.future,
        'part_of': new.part_of,
        'item': new.item,
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
            'call_status': str(call.status),
            'run_status': str(transition.to_status),
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


def progress_row(progress: Progress) -> dict[str, Any]:
    """Return the row of progress."""
    return {
        'run_id': progress.run_id,
        'number': progress.number,
        'attempt': progress.attempt,
        'data': progress.data,
        'at': progress.at,
    }
