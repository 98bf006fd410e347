"""Results that are good for a time."""

from __future__ import annotations

from typing import Any

import pytest

from monty_flow.engine import FunctionRefused, Functions
from monty_flow.engine.caching import canonical
from tests.engine.bench import Bench


def counting(bench: Bench, **options: Any) -> list[Any]:
    """Register a function `f` whose results are kept for a minute, and return what it is executed with."""
    executed: list[Any] = []

    @bench.functions.function(name='f', **({'cache_seconds': 60} | options))
    def f(x: Any, y: Any = None) -> Any:
        executed.append((x, y))
        return [x, len(executed)]

    return executed


def test_a_result_is_good_for_all_runs_until_it_is_too_old(bench: Bench) -> None:
    executed = counting(bench)

    outputs = [bench.run('f(1)').output]
    bench.clock.advance(59)
    outputs.append(bench.run('f(x=1)').output)
    bench.clock.advance(2)
    outputs.append(bench.run('f(1)').output)

    assert outputs == [[1, 1], [1, 1], [1, 2]]
    assert len(executed) == 2


def test_other_arguments_and_other_versions_are_other_calls(bench: Bench) -> None:
    executed = counting(bench, version='1')
    bench.run('[f(1), f(1.0), f(True), f("1"), f({"a": 1, "b": 2}), f({"b": 2, "a": 1})]')
    counting(bench, version='2')

    newer = bench.run('f(1)')

    assert [x for x, _ in executed] == [1, 1.0, True, '1', {'a': 1, 'b': 2}]
    assert newer.output == [1, 1]


def test_an_error_is_not_kept(bench: Bench) -> None:
    answers: list[Any] = [ValueError('no'), 'yes']

    @bench.functions.function(cache_seconds=60, retries=0)
    async def f() -> Any:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    bench.run('f()')

    assert [bench.run('f()').output for _ in range(2)] == ['yes', 'yes']


def test_what_is_kept_is_forgotten_on_demand_and_when_it_is_old(bench: Bench) -> None:
    executed = counting(bench)
    bench.run('[f(1), f(2)]')

    forgotten = [bench.engine.clear_cache('g'), bench.engine.clear_cache('f'), bench.engine.clear_cache()]
    bench.run('f(3)')
    bench.clock.advance(61)
    with bench.engine._store.transaction():
        pruned = [bench.engine._store.prune_cached(10) for _ in range(2)]

    assert forgotten == [0, 2, 0]
    assert (len(executed), pruned) == (3, [1, 0])


def test_a_transactional_function_is_called_for_what_it_writes() -> None:
    with pytest.raises(FunctionRefused, match='cache_seconds would leave that out; choose one of them'):
        Functions().function(name='f', transactional=True, cache_seconds=5)(lambda: None)


def test_the_canonical_form_tells_what_is_the_same() -> None:
    same = [({'a': 1, 'b': {2}}, {'b': {2}, 'a': 1}), ({1, 'x'}, {'x', 1}), ([1, [2]], [1, [2]])]
    other = [([1, 2], (1, 2)), ({1}, frozenset({1})), ([], {}), ([[1], 2], [[1, 2]]), ('a', b'a')]

    assert all(canonical(one) == canonical(two) for one, two in same)
    assert all(canonical(one) != canonical(two) for one, two in other)
