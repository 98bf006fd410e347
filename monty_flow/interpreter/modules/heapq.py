"""`heapq`: CPython's own functions on lists, with what goes over whole iterables metered."""

from __future__ import annotations

import heapq
import operator
from typing import Any, Final

from monty_flow.interpreter.modules.library import LibraryFunctions, Stepper, callee, typed
from monty_flow.interpreter.modules.module import Definition
from monty_flow.interpreter.modules.scripted import Scripted
from monty_flow.interpreter.runtime.metering import FREE
from monty_flow.interpreter.runtime.run import Run


class Merge(Stepper):
    """The items of sorted sources in order. An entry is [key, order, item, source]."""

    __slots__ = ('_call', '_entries', '_function', '_reverse', '_sources')
    script_type_name = 'generator'

    def __init__(self, run: Run, sources: tuple[Any, ...], function: Any, reverse: bool) -> None:
        super().__init__(run, *sources)
        self._function, self._reverse = function, reverse
        self._call = callee(run, function)
        #: Sources that were not read yet; None when their first items are in the entries.
        self._sources: list[Any] | None = [iter(source) for source in sources]
        self._entries: list[list[Any]] = []

    def __next__(self) -> Any:
        entries = self._entries
        if self._sources is not None:
            for order, source in enumerate(self._sources):
                self._run.tick()
                entry = [None, -order if self._reverse else order, None, source]
                if self._read(entry):
                    entries.append(entry)
            self._sources = None
            heapq.heapify(entries)
        elif entries:
            self._run.charge(1 + (len(entries) if self._reverse else 0))
            self._replace(self._head())
        if not entries:
            raise StopIteration
        return self._head()[2]

    def _replace(self, entry: list[Any]) -> None:
        found = self._read(entry)
        if self._reverse:
            if not found:
                self._entries.remove(entry)
        elif found:
            heapq.heapreplace(self._entries, entry)
        else:
            heapq.heappop(self._entries)

    def _head(self) -> list[Any]:
        return max(self._entries) if self._reverse else self._entries[0]

    def _read(self, entry: list[Any]) -> bool:
        for item in entry[3]:
            # Of the last source that has items left CPython asks for no keys.
            is_last = self._sources is None and len(self._entries) == 1
            entry[0] = item if self._function is None or is_last else self._call(item)
            entry[2] = item
            return True
        return False

    def _state(self) -> tuple[Any, ...]:
        return self._function, self._reverse, self._sources, self._entries

    def _go_on(self, function: Any, reverse: Any, sources: Any, entries: Any) -> None:
        self._function, self._call = function, callee(self._run, function)
        self._reverse = typed(reverse, bool)
        self._sources, self._entries = typed(sources, list, type(None)), typed(entries, list)


class HeapqFunctions(LibraryFunctions):
    """The functions of `heapq` that work on more than one path of the heap."""

    __slots__ = ()
    module = 'heapq'

    def heapify(self, x: Any, /) -> None:
        if type(x) is list and len(x) > FREE:
            self._run.charge(len(x))
        heapq.heapify(x)

    def merge(self, *iterables: Any, key: Any = None, reverse: Any = False) -> Merge:
        return Merge(self._run, iterables, key, bool(reverse))

    def nlargest(self, n: Any, iterable: Any, key: Any = None) -> list[Any]:
        count = self._count(n)
        return heapq.nlargest(count, self._sized(iterable), key=self._callee(key))

    def nsmallest(self, n: Any, iterable: Any, key: Any = None) -> list[Any]:
        count = self._count(n)
        return heapq.nsmallest(count, self._sized(iterable), key=self._callee(key))

    def _count(self, n: Any) -> int:
        count = operator.index(n)
        # More than this cannot be held, whatever the iterable gives.
        return min(count, 1 << 40)


_ON_ONE_PATH = ('heappush', 'heappop', 'heapreplace', 'heappushpop')
#: New with 3.14.
_OF_MAX_HEAPS = ('heappush_max', 'heappop_max', 'heapreplace_max', 'heappushpop_max')

MODULE = Definition(
    'heapq',
    static={name: getattr(heapq, name) for name in _ON_ONE_PATH},
    functions=HeapqFunctions,
    left_out={'it is not part of this release; negate the numbers': ' '.join(('heapify_max', *_OF_MAX_HEAPS))},
)
#: `merge` without the methods of iterators that CPython's own keeps, which no snapshot holds. Of the last source that has
#: items left the keys are not asked for.
_MERGE: Final = """
def merge(*iterables, key=None, reverse=False):
    entries = []
    for order, iterable in enumerate(iterables):
        entry = [None, -order if reverse else order, None, iter(iterable)]
        if _advance(entry, key):
            entries.append(entry)
    if reverse:
        _heapify_max(entries)
    else:
        heapify(entries)
    while entries:
        entry = entries[0]
        yield entry[2]
        if not _advance(entry, key if len(entries) > 1 else None):
            if reverse:
                _heappop_max(entries)
            else:
                heappop(entries)
        elif len(entries) > 1:
            if reverse:
                _heapreplace_max(entries, entry)
            else:
                heapreplace(entries, entry)

def _advance(entry, key):
    for item in entry[3]:
        entry[0] = item if key is None else key(item)
        entry[2] = item
        return True
    return False
"""
#: CPython's own in Python, for comparisons, keys and sources of the script that may stop.
BY_STEPS = Definition('_heapq_by_steps', scripted=Scripted('heapq', installed=True, without='merge', before=_MERGE))
