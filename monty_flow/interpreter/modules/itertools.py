"""`itertools`, as iterators of our own.

CPython's iterators run in C without a tick (`list(count())` would never end), and from 3.14 on they can no longer be
taken apart for a snapshot. Ours are small slotted classes with the same results: each step is a tick of the run, and
the state is made of plain values. Arguments are checked when the iterator is made, as CPython does.
"""

from __future__ import annotations

import operator
from typing import Any, ClassVar, Final

from monty_flow.interpreter.modules.combinatorics import (
    Combinations,
    CombinationsWithReplacement,
    Permutations,
    Product,
)
from monty_flow.interpreter.modules.grouping import Group, GroupBy, Tee, ZipLongest
from monty_flow.interpreter.modules.iterators import (
    Accumulate,
    Batched,
    Chain,
    Compress,
    Count,
    Cycle,
    DropWhile,
    FilterFalse,
    Pairwise,
    Repeat,
    Sliced,
    StarMap,
    TakeWhile,
)
from monty_flow.interpreter.modules.library import LibraryFunctions, Stepper
from monty_flow.interpreter.modules.module import Definition
from monty_flow.interpreter.modules.scripted import Scripted

_MAX_PLACE: Final = (1 << 63) - 1


class ChainOfRun(LibraryFunctions):
    """`chain`, with its `from_iterable`."""

    __slots__ = ()
    module = 'itertools'

    def __call__(self, *iterables: Any) -> Chain:
        return Chain(self._run, iterables)

    def from_iterable(self, iterable: Any, /) -> Chain:
        return Chain(self._run, iter(iterable))

    def __repr__(self) -> str:
        return "<class 'itertools.chain'>"


class ItertoolsFunctions(LibraryFunctions):
    """What makes the iterators."""

    __slots__ = ()
    module = 'itertools'
    consuming: ClassVar[frozenset[str]] = frozenset(
        {'product', 'permutations', 'combinations', 'combinations_with_replacement'}
    )

    def count(self, start: Any = 0, step: Any = 1) -> Count:
        for value in (start, step):
            if not hasattr(type(value), '__add__') or hasattr(type(value), '__len__'):
                raise TypeError('a number is required')
        return Count(self._run, start, step)

    def cycle(self, iterable: Any, /) -> Cycle:
        return Cycle(self._run, iterable)

    def repeat(self, object: Any, times: Any = None) -> Repeat:
        return Repeat(self._run, object, None if times is None else max(0, operator.index(times)))

    def accumulate(self, iterable: Any, func: Any = None, *, initial: Any = None) -> Accumulate:
        return Accumulate(self._run, iterable, func, initial)

    def islice(self, iterable: Any, /, *bounds: Any) -> Sliced:
        if not 1 <= len(bounds) <= 3:
            few = 'at least 2 arguments' if not bounds else 'at most 4 arguments'
            raise TypeError(f'islice expected {few}, got {1 + len(bounds)}')
        given = slice(*bounds)
        start, stop, step = given.start, given.stop, given.step
        # CPython reads a stop of -1 as its own sign of an error.
        if stop is not None and (not hasattr(type(stop), '__index__') or stop == -1 or stop > _MAX_PLACE):
            raise ValueError('Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.')
        if not all(value is None or _is_place(value) for value in (start, stop)):
            raise ValueError('Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.')
        if step is not None and not (_is_place(step) and operator.index(step) > 0):
            raise ValueError('Step for islice() must be a positive integer or None.')
        first = 0 if start is None else operator.index(start)
        last = None if stop is None else operator.index(stop)
        return Sliced(self._run, iterable, first, last, 1 if step is None else operator.index(step))

    def takewhile(self, predicate: Any, iterable: Any, /) -> TakeWhile:
        return TakeWhile(self._run, predicate, iterable)

    def dropwhile(self, predicate: Any, iterable: Any, /) -> DropWhile:
        return DropWhile(self._run, predicate, iterable)

    def filterfalse(self, function: Any, iterable: Any, /) -> FilterFalse:
        return FilterFalse(self._run, function, iterable)

    def starmap(self, function: Any, iterable: Any, /) -> StarMap:
        return StarMap(self._run, function, iterable)

    def compress(self, data: Any, selectors: Any) -> Compress:
        return Compress(self._run, data, selectors)

    def pairwise(self, iterable: Any, /) -> Pairwise:
        return Pairwise(self._run, iterable)

    def batched(self, iterable: Any, n: Any, *, strict: Any = False) -> Batched:
        size = operator.index(n)
        if size < 1:
            raise ValueError('n must be at least one')
        return Batched(self._run, iterable, size, bool(strict))

    def zip_longest(self, *iterables: Any, fillvalue: Any = None) -> ZipLongest:
        return ZipLongest(self._run, iterables, fillvalue)

    def tee(self, iterable: Any, n: Any = 2, /) -> tuple[Tee, ...]:
        count = operator.index(n)
        if count < 0:
            raise ValueError('n must be >= 0')
        self._room(count)
        source = iter(iterable)
        if type(source) is Tee:
            return tuple(source.__copy__() for _ in range(count))
        link: list[Any] = []
        return tuple(Tee(self._run, source, link) for _ in range(count))

    def groupby(self, iterable: Any, key: Any = None) -> GroupBy:
        return GroupBy(self._run, iterable, key)

    def product(self, *iterables: Any, repeat: Any = 1) -> Product:
        times = operator.index(repeat)
        if times < 0:
            raise ValueError('repeat argument cannot be negative')
        self._room(times * len(iterables))
        return Product(self._run, tuple(self._pool(iterable) for iterable in iterables) * times)

    def permutations(self, iterable: Any, r: Any = None) -> Permutations:
        if r is not None and type(r) not in (int, bool):
            raise TypeError('Expected int as r')
        items = self._pool(iterable)
        return Permutations(self._run, items, self._length(len(items) if r is None else r))

    def combinations(self, iterable: Any, r: Any) -> Combinations:
        return Combinations(self._run, self._pool(iterable), self._length(operator.index(r)))

    def combinations_with_replacement(self, iterable: Any, r: Any) -> CombinationsWithReplacement:
        return CombinationsWithReplacement(self._run, self._pool(iterable), self._length(operator.index(r)))

    def _length(self, r: int) -> int:
        if r < 0:
            raise ValueError('r must be non-negative')
        self._room(r)
        return int(r)


def _is_place(value: Any) -> bool:
    return hasattr(type(value), '__index__') and 0 <= operator.index(value) <= _MAX_PLACE


#: Every iterator of this module, for the snapshot's table.
STEPPERS: Final[tuple[type[Stepper], ...]] = (
    Accumulate, Batched, Chain, Combinations, CombinationsWithReplacement, Compress, Count, Cycle, DropWhile,
    FilterFalse, Group, GroupBy, Pairwise, Permutations, Product, Repeat, Sliced, StarMap, TakeWhile, Tee, ZipLongest,
)  # fmt: skip

#: What calls functions of the script later, or steps its generators.
STOPPABLE: Final = frozenset(
    'accumulate chain compress cycle dropwhile filterfalse groupby islice pairwise starmap takewhile zip_longest'.split()
)

MODULE = Definition(
    'itertools',
    functions=ItertoolsFunctions,
    objects={'chain': ChainOfRun},
    scripted=Scripted('itertools'),
    stoppable=STOPPABLE,
)
