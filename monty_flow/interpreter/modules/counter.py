"""`collections.Counter`: CPython's own class with the run's meter on what goes over all counts."""

from __future__ import annotations

import collections
from collections.abc import Iterator
from typing import Any, Final

from monty_flow.interpreter.modules.collections_abc import ABSTRACT
from monty_flow.interpreter.modules.library import Stepper, derivable, int_checked, iterator_checked
from monty_flow.interpreter.runtime.metering import FREE, hashed
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.text import repr_of

#: Bytes of a pair in a list; the heap of the most common has another one for each.
_PAIR_BYTES: Final = 72
_MAPPING: Any = ABSTRACT['Mapping']


@derivable
class Counter(collections.Counter[Any]):
    """Counts of one run. Its methods are Python's; what they iterate is metered."""

    __slots__ = ('__run__',)
    __run__: Run

    def __setattr__(self, name: str, value: object) -> None:
        if type(self) is Counter:
            raise AttributeError(f"'Counter' object has no attribute '{name}' to set in the sandbox; use a key")
        object.__setattr__(self, name, value)

    def update(self, iterable: Any = None, /, **kwargs: Any) -> None:
        counted = _source(self, iterable)
        kind = type(self)
        in_c = counted is not None and not isinstance(counted, dict)
        if in_c and kind.get is dict.get and kind.__setitem__ is dict.__setitem__:
            _add(self, counted)
            counted = None
        super().update(counted, **kwargs)

    def subtract(self, iterable: Any = None, /, **kwargs: Any) -> None:
        super().subtract(_source(self, iterable), **kwargs)

    def most_common(self, n: int | None = None) -> list[tuple[Any, int]]:
        if len(self) > FREE:
            self.__run__.charge(len(self) * len(self).bit_length() >> 1)
            self.__run__.reserve(_PAIR_BYTES * len(self) if n is None else 2 * _PAIR_BYTES * max(0, min(n, len(self))))
        return super().most_common(n)

    def total(self) -> int:
        _walk(self, self)
        return super().total()

    def elements(self) -> Iterator[Any]:
        return Elements(self.__run__, iter(self.items()))

    def copy(self) -> Counter:
        _walk(self, self)
        return make_counter(self.__run__, self) if type(self) is Counter else type(self)(self)

    __copy__ = copy

    def __add__(self, other: Any) -> Any:
        return _combined(self, other, collections.Counter.__add__)

    def __sub__(self, other: Any) -> Any:
        return _combined(self, other, collections.Counter.__sub__)

    def __or__(self, other: Any) -> Any:
        return _combined(self, other, collections.Counter.__or__)

    def __and__(self, other: Any) -> Any:
        return _combined(self, other, collections.Counter.__and__)

    def __pos__(self) -> Counter:
        made: Counter = Counter.__add__(self, make_counter(self.__run__))
        return made

    def __neg__(self) -> Counter:
        made: Counter = Counter.__sub__(make_counter(self.__run__), self)
        return made

    def __reduce__(self) -> Any:
        raise TypeError('a Counter of a script cannot be pickled')

    def __repr__(self) -> str:
        name = type(self).__name__
        if not self:
            return f'{name}()'
        try:
            shown = dict(self.most_common())
        except TypeError:
            shown = dict(self)
        return f'{name}({repr_of(shown, self.__run__)})'


def _combined(self: Counter, other: Any, combine: Any) -> Any:
    if not isinstance(other, collections.Counter):
        return NotImplemented
    _walk(self, self)
    _walk(self, other)
    # CPython's method makes a Counter of its own class, which is not ours.
    plain = combine(collections.Counter(dict(self)), collections.Counter(dict(other)))
    return make_counter(self.__run__, plain)


def _add(target: Counter, counted: Any) -> None:
    """Count items in a dict of our own, and add that.

    C does not hold a count of the target while it adds one to it, whose `__add__` may empty the target.
    """
    counts: dict[Any, int] = {}
    collections._count_elements(counts, counted)  # type: ignore[attr-defined]
    if not target:
        dict.update(target, counts)
        return
    for item, count in counts.items():
        before = target.get(item, 0)
        if type(before) is int:
            target[item] = before + count
            continue
        for _ in range(count):
            target[item] = target.get(item, 0) + 1


def _source(target: Counter, iterable: Any) -> Any:
    if isinstance(iterable, dict):
        _walk(target, iterable)
        return iterable
    if isinstance(iterable, _MAPPING):
        # CPython's asks its own abstract class, which a script's mapping does not derive from.
        return dict(hashed(target.__run__, iterable.items()))
    return iterable if iterable is None else hashed(target.__run__, iterable)


def _walk(target: Counter, items: Any) -> None:
    if len(items) > FREE:
        target.__run__.charge(len(items))


class Elements(Stepper):
    """Each key of a Counter as often as it was counted."""

    __slots__ = ('_item', '_left', '_source')
    script_type_name = 'chain'

    def __init__(self, run: Run, source: Any) -> None:
        super().__init__(run)
        self._source = source
        self._item: Any = None
        self._left = 0

    def __next__(self) -> Any:
        while self._left <= 0:
            self._run.tick()
            self._item, self._left = next(self._source)
        self._run.tick()
        self._left -= 1
        return self._item

    def _state(self) -> tuple[Any, ...]:
        return self._source, self._item, self._left

    def _go_on(self, source: Any, item: Any, left: Any) -> None:
        self._source, self._item, self._left = iterator_checked(source), item, int_checked(left)


def make_counter(run: Run, counts: dict[Any, Any] | None = None) -> Counter:
    """Return a Counter of the run with these counts."""
    made: Counter = dict.__new__(Counter)
    object.__setattr__(made, '__run__', run)
    if counts:
        dict.update(made, counts)
    return made
