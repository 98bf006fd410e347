"""Who watches a worker is told what it does, and cannot disturb it."""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from typing import Annotated, Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from structlog.testing import capture_logs

from monty_flow.engine import (
    METRICS,
    AttemptOutcome,
    EndedAttempt,
    EventLog,
    JsonLines,
    Metrics,
    MetricsServer,
    Observer,
    RetryAfter,
    RunStatus,
    Secret,
    Tracing,
    TracingUnavailable,
    current_call,
)
from monty_flow.engine.event_log import LOGGER
from tests.engine.bench import Bench

DOCUMENT = Path(__file__).parents[2] / 'docs' / 'observability.md'
SCRIPT = 'x = flaky()\nkept()\nkept()\nx'


def watched(bench: Bench, observer: Observer, source: str = SCRIPT) -> Any:
    """Run a script with a function that fails once and one whose result is kept, and return the run."""

    @bench.functions.function(initial_delay_seconds=0)
    def flaky(token: Annotated[str, Secret('TOKEN')]) -> int:
        if current_call().attempt == 1:
            raise ConnectionError(f'busy: {token}')
        return 7

    @bench.functions.function(cache_seconds=60)
    async def kept() -> int:
        return 1

    run = bench.engine.submit(source)
    bench.worker(secrets={'TOKEN': 'hush-hush'}, observers=[observer]).run_until_idle()
    return bench.engine.get(run.id)


class Recorder(Observer):
    def __init__(self) -> None:
        self.ended: list[EndedAttempt] = []

    def attempt_ended(self, attempt: EndedAttempt) -> None:
        self.ended.append(attempt)


def numbers(metrics: Metrics) -> dict[str, float]:
    """Return the numbers of the text format by name and labels."""
    lines = [line for line in metrics.text().splitlines() if not line.startswith('#')]
    return {name: float(number) for name, number in (line.rsplit(' ', 1) for line in lines)}


def test_metrics_count_what_a_worker_does(bench: Bench) -> None:
    metrics = Metrics()

    run = watched(bench, metrics)

    found = numbers(metrics)
    assert run.status is RunStatus.SUCCEEDED
    assert {name: found[name] for name in found if 'seconds' not in name and 'bytes' not in name} == {
        'monty_flow_attempts_total{function="flaky",outcome="failed"}': 1,
        'monty_flow_attempts_total{function="flaky",outcome="returned"}': 1,
        'monty_flow_attempts_total{function="kept",outcome="returned"}': 1,
        'monty_flow_retries_total{function="flaky"}': 1,
        'monty_flow_cache_hits_total{function="kept"}': 1,
        'monty_flow_calls_in_execution{function="flaky"}': 0,
        'monty_flow_calls_in_execution{function="kept"}': 0,
        'monty_flow_steps_total': 5,
        'monty_flow_runs_total{status="succeeded"}': 1,
        'monty_flow_leases_lost_total': 0,
    }
    assert found['monty_flow_attempt_seconds_count{function="flaky"}'] == 2
    assert found['monty_flow_attempt_seconds_bucket{function="flaky",le="+Inf"}'] == 2
    assert found['monty_flow_script_seconds_count'] == 5
    assert found['monty_flow_snapshot_bytes_total'] > 0


def test_buckets_hold_what_is_at_their_bound_and_below() -> None:
    metrics = Metrics()
    for seconds in (0.001, 0.002, 4000.0):
        metrics._observe('monty_flow_script_seconds', seconds)

    found = numbers(metrics)

    assert [found[f'monty_flow_script_seconds_bucket{{le="{bound}"}}'] for bound in ('0.001', '0.005', '3600', '+Inf')] == [
        1, 2, 2, 3,
    ]  # fmt: skip
    assert found['monty_flow_script_seconds_sum'] == pytest.approx(4000.003)


def test_the_documented_metrics_are_those_of_the_code() -> None:
    rows = re.findall(r'^\| `(monty_flow_\w+)` \| (\w+) \| ([^|]*)\| ([^|]*) \|$', DOCUMENT.read_text(), re.MULTILINE)

    documented = [(name, kind, tuple(re.findall(r'\w+', labels)), meaning) for name, kind, labels, meaning in rows]

    assert documented == [(each.name, each.kind, each.labels, each.meaning) for each in METRICS.values()]


def test_metrics_are_served_over_http() -> None:
    server = MetricsServer(Metrics())
    address = f'http://127.0.0.1:{server.port}'
    try:
        with urllib.request.urlopen(f'{address}/metrics') as answer:
            body, kind = answer.read().decode(), answer.headers['Content-Type']
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(f'{address}/other')
    finally:
        server.close()

    assert 'monty_flow_steps_total 0\n' in body
    assert kind == 'text/plain; version=0.0.4; charset=utf-8'
    assert caught.value.code == 404


def test_events_are_written_by_structlog(bench: Bench) -> None:
    with capture_logs() as events:
        run = watched(bench, EventLog())

    told = [(each['event'], each['log_level'], each.get('outcome') or each.get('status')) for each in events]
    assert told == [
        ('attempt ended', 'warning', 'failed'),
        ('attempt to be repeated', 'info', None),
        ('attempt ended', 'debug', 'returned'),
        ('attempt ended', 'debug', 'returned'),
        ('run ended', 'info', 'succeeded'),
    ]
    assert {each['run_id'] for each in events} == {run.id}
    assert events[0]['error'] == 'ConnectionError: busy: <secret TOKEN>'


def test_without_structlog_events_are_log_records_with_fields(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, 'structlog', None)
    caplog.set_level(logging.DEBUG, LOGGER)

    EventLog().lease_lost()
    EventLog()._write('info', 'run ended', {'run_id': 'r'})

    documents = [json.loads(JsonLines().format(record)) for record in caplog.records]
    assert [(each['event'], each['level'], each.get('run_id')) for each in documents] == [
        ('lease lost', 'warning', None), ('run ended', 'info', 'r'),
    ]  # fmt: skip


def test_a_run_is_a_trace_and_an_attempt_a_span(bench: Bench) -> None:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    inside: list[int] = []

    @bench.functions.function
    def traced() -> None:
        inside.append(trace.get_current_span().get_span_context().span_id)

    run = watched(bench, Tracing(provider), SCRIPT + '\ntraced()')

    spans = exporter.get_finished_spans()
    [root] = [span for span in spans if span.name == 'run']
    attempts = [span for span in spans if span is not root]
    assert {span.context.trace_id for span in spans} == {uuid.UUID(run.id).int}
    assert root.parent is None
    assert {span.parent.span_id for span in attempts if span.parent} == {root.context.span_id}
    assert [(span.name, span.attributes['monty_flow.attempt'], span.attributes['monty_flow.outcome'])
            for span in attempts] == [
        ('flaky', 1, 'failed'), ('flaky', 2, 'returned'), ('kept', 1, 'returned'), ('traced', 1, 'returned'),
    ]  # fmt: skip
    assert inside == [attempts[-1].context.span_id]
    assert attempts[0].status.description == 'ConnectionError: busy: <secret TOKEN>'
    assert 'hush' not in ''.join(span.to_json() for span in spans)
    # Ids of other spans are still random.
    assert provider.get_tracer('other').start_span('x').get_span_context().trace_id != root.context.trace_id


def test_without_opentelemetry_traces_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, 'opentelemetry', None)

    with pytest.raises(TracingUnavailable) as caught:
        Tracing()

    assert str(caught.value) == (
        'traces need opentelemetry, which is not installed; install it with "pip install \'monty-flow[observe]\'"'
    )


def test_an_observer_that_fails_disturbs_nothing(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Observer):
        def executing(self, call: Any) -> Any:
            raise OSError('no context')

        def attempt_ended(self, attempt: EndedAttempt) -> None:
            raise OSError('disk full')

    run = watched(bench, Broken())

    assert run.status is RunStatus.SUCCEEDED
    assert caplog.messages.count('an observer of the worker failed') == 6


def test_a_time_out_and_a_call_that_is_handed_back_are_told_apart(bench: Bench) -> None:
    recorder, begun, release = Recorder(), threading.Event(), threading.Event()

    @bench.functions.function(retries=0, timeout_seconds=5)
    def hang() -> None:
        begun.set()
        release.wait(20)

    @bench.functions.function
    def stop() -> None:
        begun.set()
        current_call().wait_cancelled(20)
        current_call().raise_if_cancelled()

    hung = bench.engine.submit('hang()')
    with bench.working(hung.id, observers=[recorder]):
        begun.wait(20)
        bench.clock.advance(6)
    release.set()
    begun.clear()
    stopped = bench.engine.submit('stop()')
    with bench.working(stopped.id, observers=[recorder]) as worker:
        begun.wait(20)
        worker.stop()

    assert [each.outcome for each in recorder.ended] == [AttemptOutcome.TIMED_OUT, AttemptOutcome.HANDED_BACK]


def test_a_retry_after_is_told_as_the_failure_that_it_is(bench: Bench) -> None:
    recorder = Recorder()

    @bench.functions.function(retries=0)
    def busy() -> None:
        raise RetryAfter(5)

    run = bench.engine.submit('busy()')
    bench.worker(observers=[recorder]).run_until(run.id)

    assert [(each.outcome, str(each.error)) for each in recorder.ended] == [
        (AttemptOutcome.FAILED, 'RetryAfter: try again after 5 s')
    ]
