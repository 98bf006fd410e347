"""Several versions of a function side by side."""

from __future__ import annotations

from typing import Any

import pytest

from monty_flow.engine import FunctionRefused, Functions, SubmissionRefused, current_call
from tests.engine.bench import Bench


def register(functions: Functions, *versions: str) -> None:
    """Register versions of `f`, each of which returns its own."""
    for version in versions:
        functions.function(name='f', version=version)(lambda: current_call().version)


def test_a_call_is_served_by_the_newest_version_of_the_worker(bench: Bench) -> None:
    register(bench.functions, '9', '10', '2')

    run = bench.run('f()')

    assert (run.output, bench.engine.calls(run.id)[0].function) == ('10', 'f')
    assert bench.functions.names == {'f', 'f@9', 'f@10', 'f@2'}
    assert len(bench.functions) == 3


def test_versions_are_compared_part_by_part() -> None:
    functions = Functions()
    register(functions, '1.9', '1.10', '1.10-rc', '1.2.3')

    found = functions.get('f')

    assert found is not None
    assert found.version == '1.10-rc'


def test_a_run_that_is_bound_to_a_version_waits_for_a_worker_that_has_it(bench: Bench) -> None:
    register(bench.functions, '2')
    older = Functions()
    register(older, '1')
    run = bench.engine.submit('[f(), f()]', function_versions={'f': '1'})

    bench.worker().run_until_idle()
    waiting = bench.engine.get(run.id).waiting_for
    bench.worker(older).run_until_idle()

    assert waiting == 'call f@1 (attempt 1): no worker is running'
    assert bench.engine.result(run.id) == ['1', '1']
    assert [call.function for call in bench.engine.calls(run.id)] == ['f@1', 'f@1']


def test_a_run_goes_on_under_the_newer_version_unless_it_is_bound(bench: Bench) -> None:
    older, newer = Functions(), Functions()
    register(older, '1')
    register(newer, '1', '2')
    source = 'import time\na = f()\ntime.sleep(60)\n[a, f()]'
    free, bound = bench.engine.submit(source), bench.engine.submit(source, function_versions={'f': '1'})

    bench.worker(older).run_until_idle()
    bench.clock.advance(60)
    bench.worker(newer).run_until_idle()

    assert [bench.engine.result(run.id) for run in (free, bound)] == [['1', '2'], ['1', '1']]


@pytest.mark.parametrize(
    ('first', 'second', 'message'),
    [
        (None, '1', "a function 'f' is registered already; give one of them another name=, or each a version="),
        ('1', None, "a function 'f' is registered already; give one of them another name=, or each a version="),
        ('1', '1', "the version 1 of the function 'f' is registered already"),
        ('1', 'a b', 'the function \'f\' cannot be registered: version=\'a b\' is none; write one like "2" or "1.4"'),
        ('1', 2, 'the function \'f\' cannot be registered: version=2 is none; write one like "2" or "1.4"'),
    ],
)
def test_versions_that_cannot_be_told_apart_are_refused(first: Any, second: Any, message: str) -> None:
    functions = Functions()
    functions.function(name='f', version=first)(lambda: None)

    with pytest.raises(FunctionRefused) as caught:
        functions.function(name='f', version=second)(lambda: None)

    assert str(caught.value) == message


@pytest.mark.parametrize('versions', [{'f': 2}, {'f': ''}, ['f']])
def test_what_is_no_version_is_refused_at_submission(bench: Bench, versions: Any) -> None:
    with pytest.raises(SubmissionRefused) as caught:
        bench.engine.submit('f()', function_versions=versions)

    assert str(caught.value) == (
        f"function_versions={versions!r} are not versions by the names of functions; write {{'fetch': '2'}}"
    )
