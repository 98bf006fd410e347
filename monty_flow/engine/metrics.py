"""Numbers of a worker, in the text format of Prometheus, without a library for it.

Every metric is a row of `METRICS`: its kind, its labels and what it means. Histograms have the bounds of `BOUNDS`.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

from monty_flow.engine.calling import CallContext
from monty_flow.engine.clock import MICROSECONDS
from monty_flow.engine.observing import EndedAttempt, Observer
from monty_flow.engine.states import ENDED, CallStatus, RunStatus
from monty_flow.engine.transitions import Transition

#: Upper bounds of the histograms, in seconds.
BOUNDS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 60.0, 300.0, 3600.0)


@dataclass(frozen=True, slots=True)
class Metric:
    """What is counted."""

    name: str
    kind: Literal['counter', 'gauge', 'histogram']
    labels: tuple[str, ...]
    meaning: str


METRICS = {
    metric.name: metric
    for metric in (
        Metric('monty_flow_attempts_total', 'counter', ('function', 'outcome'), 'Attempts that ended.'),
        Metric('monty_flow_attempt_seconds', 'histogram', ('function',), 'Time in a function, for each attempt.'),
        Metric('monty_flow_wait_seconds', 'histogram', ('function',), 'Time from when a call was due until it began.'),
        Metric('monty_flow_retries_total', 'counter', ('function',), 'Failed attempts that will be repeated.'),
        Metric('monty_flow_cache_hits_total', 'counter', ('function',), 'Calls that were answered by a kept result.'),
        Metric('monty_flow_calls_in_execution', 'gauge', ('function',), 'Attempts that are being made.'),
        Metric('monty_flow_steps_total', 'counter', (), 'Steps that were committed.'),
        Metric('monty_flow_script_seconds', 'histogram', (), 'Time in the script, for each step.'),
        Metric('monty_flow_snapshot_bytes_total', 'counter', (), 'Bytes of the states that were written.'),
        Metric('monty_flow_runs_total', 'counter', ('status',), 'Runs that ended or were set aside, by status.'),
        Metric('monty_flow_leases_lost_total', 'counter', (), 'Times that other workers took over what was in hand.'),
    )
}
_Key = tuple[str, tuple[str, ...]]


class Metrics(Observer):
    """Count what a worker does; give it to a `MetricsServer`, or read `text()`."""

    def __init__(self) -> None:
        self._numbers: dict[_Key, float] = {}
        self._histograms: dict[_Key, list[float]] = {}
        self._lock = threading.Lock()

    def attempt_began(self, call: CallContext, waited_seconds: float) -> None:
        """Count an attempt in execution and the time it waited."""
        with self._lock:
            self._observe('monty_flow_wait_seconds', waited_seconds, call.function)
            self._add('monty_flow_calls_in_execution', 1, call.function)

    def attempt_ended(self, attempt: EndedAttempt) -> None:
        """Count an attempt and its time."""
        function = attempt.call.function
        with self._lock:
            self._add('monty_flow_calls_in_execution', -1, function)
            self._add('monty_flow_attempts_total', 1, function, attempt.outcome.value)
            self._observe('monty_flow_attempt_seconds', attempt.seconds, function)

    def answered_from_cache(self, function: str) -> None:
        """Count a result that was still good."""
        with self._lock:
            self._add('monty_flow_cache_hits_total', 1, function)

    def step_committed(self, step: Transition) -> None:
        """Count a step, and the run if it ended."""
        with self._lock:
            self._add('monty_flow_steps_total', 1)
            self._observe('monty_flow_script_seconds', step.script_us / MICROSECONDS)
            for call in step.settled:
                if call.status is CallStatus.PENDING and call.failures:
                    self._add('monty_flow_retries_total', 1, call.function)
            if step.snapshot is not None:
                self._add('monty_flow_snapshot_bytes_total', len(step.snapshot))
            if step.to_status in ENDED or step.to_status is RunStatus.PAUSED:
                self._add('monty_flow_runs_total', 1, step.to_status.value)

    def lease_lost(self) -> None:
        """Count a lease."""
        with self._lock:
            self._add('monty_flow_leases_lost_total', 1)

    def text(self) -> str:
        """Return all numbers in the text format of Prometheus."""
        with self._lock:
            lines = [line for metric in METRICS.values() for line in self._lines(metric)]
        return '\n'.join(lines) + '\n'

    def _add(self, name: str, amount: float, *labels: str) -> None:
        key = name, labels
        self._numbers[key] = self._numbers.get(key, 0) + amount

    def _observe(self, name: str, value: float, *labels: str) -> None:
        # A count for each bucket and the one beyond, and the sum.
        histogram = self._histograms.setdefault((name, labels), [0.0] * (len(BOUNDS) + 2))
        histogram[bisect_left(BOUNDS, value)] += 1
        histogram[-1] += value

    def _lines(self, metric: Metric) -> Iterator[str]:
        yield f'# HELP {metric.name} {metric.meaning}'
        yield f'# TYPE {metric.name} {metric.kind}'
        if metric.kind == 'histogram':
            for (name, labels), histogram in sorted(self._histograms.items()):
                if name == metric.name:
                    yield from _histogram_lines(metric, labels, histogram)
            return
        if not metric.labels and (metric.name, ()) not in self._numbers:
            yield f'{metric.name} 0'
        for (name, labels), number in sorted(self._numbers.items()):
            if name == metric.name:
                yield f'{name}{_labels(metric.labels, labels)} {number:g}'


def _histogram_lines(metric: Metric, labels: tuple[str, ...], histogram: list[float]) -> Iterator[str]:
    count = 0.0
    for bound, inside in zip((*BOUNDS, '+Inf'), histogram[:-1], strict=True):
        count += inside
        text = bound if isinstance(bound, str) else f'{bound:g}'
        yield f'{metric.name}_bucket{_labels((*metric.labels, "le"), (*labels, text))} {count:g}'
    yield f'{metric.name}_sum{_labels(metric.labels, labels)} {histogram[-1]:.6f}'
    yield f'{metric.name}_count{_labels(metric.labels, labels)} {count:g}'


def _labels(names: tuple[str, ...], values: tuple[str, ...]) -> str:
    pairs = ','.join(f'{name}="{value}"' for name, value in zip(names, values, strict=True))
    return f'{{{pairs}}}' if pairs else ''


class MetricsServer:
    """Serve metrics over HTTP at `/metrics`, in a thread; port 0 takes any that is free."""

    def __init__(self, metrics: Metrics, *, host: str = '127.0.0.1', port: int = 0) -> None:
        self._server = ThreadingHTTPServer((host, port), _handler(metrics.text))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name='metrics', daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Return the port on which it listens."""
        return int(self._server.server_address[1])

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(text: Callable[[], str]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path != '/metrics':
                self.send_error(404, 'metrics are at /metrics')
                return
            body = text().encode()
            self.send_response(200)
            self.send_header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
            self.send_header('Content-Length', str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: a line each few seconds hides the others."""

    return Handler
