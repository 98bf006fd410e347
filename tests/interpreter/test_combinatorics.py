"""Arrangements of a pool are CPython's own, and stand on indices at every step."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from monty_flow.interpreter.limits import ResourceLimits
from monty_flow.interpreter.modules import combinatorics
from monty_flow.interpreter.runtime.run import Run

#: A class of ours, the arguments of its second one, and CPython's iterator over the same.
CASES: list[tuple[Any, tuple[Any, ...], Callable[[], Iterator[Any]]]] = [
    (combinatorics.Product, ((tuple('ab'), (1, 2, 3), (True,)),), lambda: itertools.product('ab', (1, 2, 3), (True,))),
    (combinatorics.Product, ((),), lambda: itertools.product()),
    (combinatorics.Product, ((tuple('ab'), ()),), lambda: itertools.product('ab', ())),
]
for count, r in itertools.product(range(6), range(6)):
    pool = tuple('abcdef'[:count])
    for name in ('Permutations', 'Combinations', 'CombinationsWithReplacement'):
        native = getattr(
            itertools, {'CombinationsWithReplacement': 'combinations_with_replacement'}.get(name, name.lower())
        )
        CASES.append((getattr(combinatorics, name), (pool, r), lambda native=native, pool=pool, r=r: native(pool, r)))


@pytest.mark.parametrize(('kind', 'args', 'native'), CASES)
def test_an_arrangement_goes_on_from_its_indices_at_any_step(kind: Any, args: Any, native: Any) -> None:
    run = Run(None, ResourceLimits())
    run.allowance = 1_000_000
    wanted = [*native()]
    ours = kind(run, *args)

    for given in range(len(wanted) + 1):
        state = ours._state()
        again = kind(run, *args)
        again._go_on(*[list(part) if type(part) is list else part for part in state])
        assert [*again] == wanted[given:]
        assert next(ours, None) == (wanted[given] if given < len(wanted) else None)
    assert ours._state()[-2:] == (None, True) or not wanted


def test_each_result_is_charged_for_whether_it_is_of_cpython_or_of_a_snapshot() -> None:
    run = Run(None, ResourceLimits())
    ours = combinatorics.Permutations(run, tuple('abcd'), 2)
    run.allowance, before = 1_000_000, run.debt

    results = [*ours]

    assert run.debt - before == 3 * (len(results) + 1)
