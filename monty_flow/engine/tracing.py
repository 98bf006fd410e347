"""Traces by OpenTelemetry: one trace a run, one span an attempt, in which the function is executed.

The trace has the bits of the run's id, and its root span has an id made from it, so that any number of workers write into one
trace without handing anything over; whoever ends the run writes the root span. Needs `opentelemetry-api`, and does
something when the process has a tracer provider (`opentelemetry-instrument`, or your own lines in the module of the functions).
"""

from __future__ import annotations

import hashlib
import threading
import uuid
from contextlib import AbstractContextManager
from typing import Any

from monty_flow.engine.calling import CallContext
from monty_flow.engine.errors import TracingUnavailable
from monty_flow.engine.observing import AttemptOutcome, EndedAttempt, Observer
from monty_flow.engine.states import ENDED, RunStatus
from monty_flow.engine.transitions import Transition


class Tracing(Observer):
    """Write a span for each attempt and each run; raises TracingUnavailable when OpenTelemetry is missing."""

    def __init__(self, provider: Any = None) -> None:
        try:
            from opentelemetry import trace
        except ImportError:
            raise TracingUnavailable from None
        self._api = trace
        self._tracer = trace.get_tracer('monty_flow', tracer_provider=provider)
        self._spans: dict[CallContext, Any] = {}
        self._lock = threading.Lock()

    def executing(self, call: CallContext) -> AbstractContextManager[object]:
        """Return the context in which the span of the attempt is the current one."""
        trace = self._api
        parent = trace.SpanContext(trace_id_of(call.run_id), root_span_id_of(call.run_id), True, trace.TraceFlags(1))
        span = self._tracer.start_span(
            call.function,
            context=trace.set_span_in_context(trace.NonRecordingSpan(parent)),
            attributes={
                'monty_flow.run_id': call.run_id,
                'monty_flow.call': call.call_number,
                'monty_flow.attempt': call.attempt,
                'monty_flow.idempotency_key': call.idempotency_key,
            },
        )
        self._spans[call] = span
        # What the function raises may hold secrets, so that it is written at the end, without them.
        used: AbstractContextManager[object] = trace.use_span(
            span, end_on_exit=False, record_exception=False, set_status_on_exception=False
        )
        return used

    def attempt_ended(self, attempt: EndedAttempt) -> None:
        """End the span with the outcome."""
        span = self._spans.pop(attempt.call, None)
        if span is None:
            return
        span.set_attribute('monty_flow.outcome', attempt.outcome.value)
        if attempt.error is not None:
            span.add_event('exception', {'exception.type': attempt.error.type,
                                         'exception.message': attempt.error.message})  # fmt: skip
        if attempt.outcome is not AttemptOutcome.RETURNED:
            span.set_status(self._api.StatusCode.ERROR, '' if attempt.error is None else str(attempt.error))
        span.end()

    def step_committed(self, step: Transition) -> None:
        """Write the root span of a run that ended."""
        if step.to_status not in ENDED:
            return
        with self._lock:
            span = self._root(step.run_id)
        span.set_attribute('monty_flow.run_id', step.run_id)
        span.set_attribute('monty_flow.status', step.to_status.value)
        span.set_attribute('monty_flow.calls', step.last_call)
        if step.to_status is RunStatus.FAILED:
            span.set_status(self._api.StatusCode.ERROR)
        span.end(end_time=step.at * 1000)

    def _root(self, run_id: str) -> Any:
        from opentelemetry.context import Context

        options: dict[str, Any] = {'context': Context(), 'start_time': submitted_at_ns(run_id)}
        tracer: Any = getattr(self._tracer, '_tracer', self._tracer)
        ids = getattr(tracer, 'id_generator', None)
        if ids is None:
            # Not the SDK's tracer: its ids cannot be chosen, so the root stands beside the attempts of the trace.
            return self._tracer.start_span('run', **options)
        tracer.id_generator = _Chosen(trace_id_of(run_id), root_span_id_of(run_id))
        try:
            return tracer.start_span('run', **options)
        finally:
            tracer.id_generator = ids


class _Chosen:
    """Gives the ids of one span."""

    def __init__(self, trace_id: int, span_id: int) -> None:
        self._trace_id = trace_id
        self._span_id = span_id

    def generate_trace_id(self) -> int:
        return self._trace_id

    def generate_span_id(self) -> int:
        return self._span_id

    def is_trace_id_random(self) -> bool:
        return False


def trace_id_of(run_id: str) -> int:
    """Return the id of the trace of a run."""
    return uuid.UUID(run_id).int


def root_span_id_of(run_id: str) -> int:
    """Return the id of the root span of a run."""
    return int.from_bytes(hashlib.sha256(run_id.encode()).digest()[:8]) or 1


def submitted_at_ns(run_id: str) -> int:
    """Return when a run was submitted, which its id tells to the millisecond."""
    return (uuid.UUID(run_id).int >> 80) * 1_000_000
