"""Pay for iteration that runs in C, where no tick of the script is met.

Every iterator that a script can hold is paid for in one of three ways:

* it has a size, and whoever consumes it pays the size first (containers, ranges, their iterators);
* it ticks by itself, because it runs script code (generators);
* it was paid for when it was made (`map`, `filter`, `zip`, `enumerate`, `reversed`, by `Builtins`).

A charge is only a look at the clock, so it bounds nothing that comes after it: what is bigger than
`BIG` is consumed in chunks with a charge before each.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from operator import length_hint
from typing import TYPE_CHECKING, Any, Final

from monty_flow.interpreter.runtime.buffers import ViewIterator
from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES
from monty_flow.interpreter.runtime.memory import resident_bytes
from monty_flow.interpreter.runtime.universe import COMPOSITES, ITERATORS, VIEWS, SequenceIterator

if TYPE_CHECKING:
    from monty_flow.interpreter.runtime.run import Run

#: Sizes below this are part of the tick of the call; from it on they are charged.
FREE: Final = 64
#: Sizes up to this are charged at once when the items are hashed: keys of one hash make that quadratic.
MANY_KEYS: Final = 5_000
#: Sizes up to this are charged at once, bigger ones in chunks.
BIG: Final = 100_000
CHUNK: Final = 1_000

SIZED: Final = frozenset({list, tuple, dict, set, frozenset, str, bytes, bytearray, range, *VIEWS})
_ORDERED: Final = frozenset({list, tuple})
#: Iterators that say how much is left. What calls a function until it gives a certain value does not, and an iterator over indices asks a script's class.
_HINTED: Final = frozenset(ITERATORS) - {type(iter(int, 0)), SequenceIterator}
#: `map`, `filter`, `zip`, ... are paid for when they are made; generators tick.
PAID: Final = frozenset({*COMPOSITES, types.GeneratorType})

#: Keys from which the next table is reserved: a set makes it when three of five places are taken, a dict soon after. And bytes of it for each
#: key that there is then, at most: a set's places are all written to, a dict's only so far as they are taken.
_FIRST_ROOM: Final = 0.6 * (1 << 15)
_TABLE_BYTES: Final = 54
#: Bytes for each key by which the process has grown at least, if all of them are kept.
_LEAST_TABLE_BYTES: Final = 12

#: Levels of iterators over iterators; CPython calls them recursively in C, without a check of its own, and so takes them away.
MAX_ITERATOR_DEPTH: Final = 1_000

Charge = Callable[[int], None]


class Metered:
    """Iterate `source` with a charge before each chunk; a snapshot stores the source and makes a new one."""

    __slots__ = ('_charge', '_left', '_source')

    def __init__(self, charge: Charge, source: Iterable[Any]) -> None:
        self._charge = charge
        self._source = iter(source)
        self._left = 0

    def __iter__(self) -> Metered:
        return self

    def __next__(self) -> Any:
        if self._left <= 0:
            self._charge(CHUNK)
            self._left = CHUNK
        self._left -= 1
        return next(self._source)


#: Iterators that hold others.
#: Slices that a bound of a slice may be made of.
MAX_SLICES: Final = 100
NESTABLE: Final = frozenset({map, filter, zip, enumerate, reversed, Metered, types.GeneratorType})


def check_nesting(iterator: Any) -> None:
    """Refuse an iterator over an iterator over ... that is too deep for the stack of C."""
    pending = [iterator]
    for _ in range(MAX_ITERATOR_DEPTH):
        if not pending:
            return
        top: Any = pending.pop()
        kind = type(top)
        parts: Any
        if kind is Metered:
            parts = (top._source,)
        elif kind is types.GeneratorType:
            parts = () if top.gi_frame is None else top.gi_frame.f_locals.values()
        else:
            parts = top.__reduce__()[1]
        pending.extend(part for part in parts if type(part) in NESTABLE)
    raise RecursionError('iterators are nested too deeply')


def bound(value: Any) -> Any:
    """Return a bound of a slice; refuse slices in one another that are too many for the stack of C, which takes them apart."""
    pending = [value] if type(value) is slice else []
    found = 0
    while pending:
        found += 1
        if found > MAX_SLICES:
            raise RecursionError('slices are nested too deeply')
        top = pending.pop()
        pending += [part for part in (top.start, top.stop, top.step) if type(part) is slice]
    return value


def metered_source(iterator: Metered) -> Iterator[Any]:
    """Return the iterator that `iterator` meters."""
    return iterator._source


def metered(charge: Charge, source: Iterable[Any]) -> Iterator[Any]:
    """Iterate `source` at the speed of C with a charge before each chunk, never reading ahead.

    It cannot be put in a snapshot: use it for consumers that end before the next pause point. The source is asked no more once
    it has ended, as by its consumer itself: a `zip` would take another item of its first source. Its `__iter__` is called once.
    """
    return chain.from_iterable(_chunks(charge, chain(source)))


def _chunks(charge: Charge, source: Iterator[Any]) -> Iterator[Iterator[Any]]:
    for first in source:
        charge(CHUNK)
        yield chain((first,), islice(source, CHUNK - 1))


def size_of(iterable: object) -> int | None:
    """Return the number of items, None where it is unknown; ranges of any length have a size."""
    kind = type(iterable)
    if kind in SIZED:
        if kind is range:
            return range_size(iterable)  # type: ignore[arg-type]
        return len(iterable)  # type: ignore[arg-type]
    if kind in _HINTED:
        try:
            return length_hint(iterable)
        except OverflowError:
            return 1 << 63
    return None


def range_size(value: range) -> int:
    """Return the length of a range, which may be more than `len` can say."""
    try:
        return len(value)
    except OverflowError:
        return (value[-1] - value[0]) // value.step + 1


def paid_chunks(charge: Charge, numbers: range) -> Iterator[int]:
    """Iterate a long range with a charge before each chunk of it."""
    return chain.from_iterable(_ranges(charge, numbers))


def _ranges(charge: Charge, numbers: range) -> Iterator[range]:
    start, stop, step = numbers.start, numbers.stop, numbers.step
    width = CHUNK * step
    while (start < stop) if step > 0 else (start > stop):
        end = min(start + width, stop) if step > 0 else max(start + width, stop)
        part = range(start, end, step)
        charge(len(part))
        yield part
        start += width


def sized(charge: Charge, iterable: Any) -> Any:
    """Pay for consuming `iterable` in C: return it, or an iterator over it that pays as it goes.

    What cannot be iterated is returned as it is, so that the consumer raises Python's own error.
    """
    kind = type(iterable)
    if kind in PAID or type(kind) in SCRIPT_TYPES:
        return iterable
    size = size_of(iterable)
    if size is None:
        return metered(charge, iterable) if hasattr(kind, '__iter__') else iterable
    if size < FREE:
        return iterable
    if size <= BIG:
        charge(size)
        return iterable
    return metered(charge, iterable)


def hashed(run: Run, iterable: Any) -> Any:
    """Pay, as `sized`, for consuming `iterable` as keys of a dict or members of a set, and for their table as it grows."""
    kind = type(iterable)
    if kind in COMPOSITES or (kind in _ORDERED and len(iterable) > MANY_KEYS):
        return chain.from_iterable(_keyed_chunks(run, chain(iterable)))
    if kind not in PAID and hasattr(kind, '__iter__') and type(kind) not in SCRIPT_TYPES and size_of(iterable) is None:
        return chain.from_iterable(_keyed_chunks(run, chain(iterable)))
    if kind in SIZED and size_of(iterable) > BIG:  # type: ignore[operator]
        return chain.from_iterable(_keyed_chunks(run, iter(iterable)))
    return sized(run.charge, iterable)


def _keyed_chunks(run: Run, source: Iterator[Any]) -> Iterator[Iterator[Any]]:
    """Give chunks as `_chunks` does; C makes a table anew each time that there are twice as many keys, which is reserved before."""
    count, room, before = 0, _FIRST_ROOM, resident_bytes()
    for chunk in _chunks(run.charge, source):
        count += CHUNK
        if count > room:
            room *= 2
            # Keys that were there already, as those of a count of letters, make no table grow.
            if resident_bytes() - before > _LEAST_TABLE_BYTES * count:
                run.reserve(_TABLE_BYTES * count)
        yield chunk


def prepaid(charge: Charge, iterable: Any) -> Any:
    """Pay for a source of a lazy iterator that outlives the call; like `sized`, but fit for snapshots."""
    kind = type(iterable)
    if kind in PAID or type(kind) in SCRIPT_TYPES:
        return iterable
    size = size_of(iterable)
    if size is None:
        if kind is memoryview:
            iterable = ViewIterator(iterable)
        return Metered(charge, iterable) if hasattr(kind, '__iter__') else iterable
    if size < FREE:
        return iterable
    if size <= BIG:
        charge(size)
        return iterable
    return Metered(charge, iterable)
