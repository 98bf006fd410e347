"""The iterators of `itertools` over arrangements of a pool: each stands on the indices of its last result.

A new one is CPython's own, of which the number of results is kept: the indices, which a snapshot stores, follow from that. One out of
a snapshot goes from indices to indices by steps of ours.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

from monty_flow.interpreter.modules.library import Stepper, int_checked, typed
from monty_flow.interpreter.runtime.run import Run


def _indices_checked(value: Any, below: int) -> list[int] | None:
    if value is None:
        return None
    if type(value) is not list or any(type(index) is not int or not 0 <= index <= below for index in value):
        raise TypeError('the indices of an arrangement are malformed')
    return value


def _pay(run: Run, steps: int) -> None:
    """Do `run.charge(steps)`, which is a call for each result, in place where there is fuel."""
    run.debt += steps
    if run.debt > run.allowance:
        run.charge(0)


class Product(Stepper):
    """The cartesian product of pools, in the order of nested loops."""

    __slots__ = ('_given', '_indices', '_native', '_pools', '_started')
    script_type_name = 'product'

    def __init__(self, run: Run, pools: tuple[tuple[Any, ...], ...]) -> None:
        super().__init__(run)
        self._pools = pools
        #: Indices of the last result; None when there is no more.
        self._indices: list[int] | None = [0] * len(pools) if all(pools) else None
        self._started = False
        self._native: Iterator[tuple[Any, ...]] | None = itertools.product(*pools)
        self._given = 0

    def __next__(self) -> tuple[Any, ...]:
        pools = self._pools
        _pay(self._run, 1 + len(pools))
        if self._native is not None:
            for found in self._native:
                self._given += 1
                return found
            self._native = self._indices = None
            self._started = self._given > 0
        indices = self._indices
        if indices is None:
            raise StopIteration
        if self._started:
            for place in reversed(range(len(pools))):
                indices[place] += 1
                if indices[place] < len(pools[place]):
                    break
                indices[place] = 0
            else:
                self._indices = None
                raise StopIteration
        self._started = True
        return tuple([items[index] for items, index in zip(pools, indices, strict=True)])

    def _state(self) -> tuple[Any, ...]:
        if self._native is not None and self._given:
            # The last result's place among all of them, in digits as high as the pools are long.
            place, digits = self._given - 1, []
            for items in reversed(self._pools):
                place, digit = divmod(place, len(items))
                digits.append(digit)
            return self._pools, digits[::-1], True
        return self._pools, self._indices, self._started

    def _go_on(self, pools: Any, indices: Any, started: Any) -> None:
        self._native, self._given = None, 0
        if any(type(items) is not tuple for items in typed(pools, tuple)):
            raise TypeError('a pool is not a tuple')
        self._pools, self._started = pools, typed(started, bool)
        self._indices = _indices_checked(indices, max(map(len, pools), default=0))
        if self._indices is not None and len(self._indices) != len(pools):
            raise ValueError('a product has not as many indices as pools')


class _OfOnePool(Stepper):
    """Arrangements of `r` items of one pool."""

    __slots__ = ('_given', '_indices', '_native', '_pool', '_r', '_started')

    def __init__(self, run: Run, items: tuple[Any, ...], r: int) -> None:
        super().__init__(run)
        self._pool, self._r = items, r
        self._indices: list[int] | None = self._first()
        self._started = False
        self._native: Iterator[tuple[Any, ...]] | None = self._of_cpython()
        self._given = 0

    def _of_cpython(self) -> Iterator[tuple[Any, ...]]:
        """Return CPython's own iterator over all results."""
        raise NotImplementedError

    def _at(self, place: int) -> list[int]:
        """Return the indices of the result at a place, counted from 0."""
        raise NotImplementedError

    def _first(self) -> list[int] | None:
        raise NotImplementedError

    def _following(self, indices: list[int]) -> bool:
        """Move to the next arrangement; return False when there is none."""
        raise NotImplementedError

    def __next__(self) -> tuple[Any, ...]:
        _pay(self._run, 1 + self._r)
        if self._native is not None:
            for found in self._native:
                self._given += 1
                return found
            self._native = self._indices = None
            self._started = self._given > 0
        indices = self._indices
        if indices is None:
            raise StopIteration
        if self._started and not self._following(indices):
            self._indices = None
            raise StopIteration
        self._started = True
        items = self._pool
        return tuple([items[index] for index in indices[: self._r]])

    def _state(self) -> tuple[Any, ...]:
        if self._native is not None and self._given:
            return self._pool, self._r, self._at(self._given - 1), True
        return self._pool, self._r, self._indices, self._started

    def _go_on(self, items: Any, r: Any, indices: Any, started: Any) -> None:
        self._native, self._given = None, 0
        self._pool, self._r, self._started = typed(items, tuple), int_checked(r), typed(started, bool)
        self._indices = _indices_checked(indices, max(0, len(items) - 1))
        if self._indices is not None and len(self._indices) not in (self._r, len(items)):
            raise ValueError('an arrangement has not as many indices as items')


class Combinations(_OfOnePool):
    """Subsequences of length r."""

    __slots__ = ()
    script_type_name = 'combinations'

    def _of_cpython(self) -> Iterator[tuple[Any, ...]]:
        return itertools.combinations(self._pool, self._r)

    def _at(self, place: int) -> list[int]:
        indices: list[int] = []
        index, size = 0, len(self._pool)
        for left in range(self._r - 1, -1, -1):
            while (behind := math.comb(size - index - 1, left)) <= place:
                place -= behind
                index += 1
            indices.append(index)
            index += 1
        return indices

    def _first(self) -> list[int] | None:
        return list(range(self._r)) if self._r <= len(self._pool) else None

    def _following(self, indices: list[int]) -> bool:
        size, r = len(self._pool), self._r
        for place in reversed(range(r)):
            if indices[place] != place + size - r:
                start = indices[place] + 1
                indices[place:] = range(start, start + r - place)
                return True
        return False


class CombinationsWithReplacement(_OfOnePool):
    """Subsequences of length r in which items may repeat."""

    __slots__ = ()
    script_type_name = 'combinations_with_replacement'

    def _of_cpython(self) -> Iterator[tuple[Any, ...]]:
        return itertools.combinations_with_replacement(self._pool, self._r)

    def _at(self, place: int) -> list[int]:
        indices: list[int] = []
        index, size = 0, len(self._pool)
        for left in range(self._r - 1, -1, -1):
            while (behind := math.comb(size - index + left - 1, left)) <= place:
                place -= behind
                index += 1
            indices.append(index)
        return indices

    def _first(self) -> list[int] | None:
        return [0] * self._r if self._pool or not self._r else None

    def _following(self, indices: list[int]) -> bool:
        size, r = len(self._pool), self._r
        for place in reversed(range(r)):
            if indices[place] != size - 1:
                indices[place:] = [indices[place] + 1] * (r - place)
                return True
        return False


class Permutations(_OfOnePool):
    """Orderings of length r: the first r of `_indices`, the others in ascending order behind them."""

    __slots__ = ()
    script_type_name = 'permutations'

    def _of_cpython(self) -> Iterator[tuple[Any, ...]]:
        return itertools.permutations(self._pool, self._r)

    def _at(self, place: int) -> list[int]:
        rest = list(range(len(self._pool)))
        indices: list[int] = []
        for left in range(self._r - 1, -1, -1):
            number, place = divmod(place, math.perm(len(rest) - 1, left))
            indices.append(rest.pop(number))
        return indices + rest

    def _first(self) -> list[int] | None:
        return list(range(len(self._pool))) if self._r <= len(self._pool) else None

    def _following(self, indices: list[int]) -> bool:
        r = self._r
        for place in reversed(range(r)):
            bigger = [other for other in range(place + 1, len(indices)) if indices[other] > indices[place]]
            self._run.charge(len(indices) - place)
            if not bigger:
                # What was taken here goes back, in its place among the rest.
                indices[place:] = sorted(indices[place:])
                continue
            smallest = min(bigger, key=indices.__getitem__)
            indices[place], indices[smallest] = indices[smallest], indices[place]
            indices[place + 1 :] = sorted(indices[place + 1 :])
            return True
        return False
