"""`collections.deque`: CPython's own, with the run's meter on what is not one step.

The class is CPython's C type with a slot for the run, so `append`, `popleft` and indexing stay native.
"""

from __future__ import annotations

import collections
from collections.abc import Iterable
from reprlib import recursive_repr
from typing import Any, Final

from monty_flow.interpreter.modules.module import FrozenType
from monty_flow.interpreter.runtime.metering import FREE, size_of, sized
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.text import repr_of

_BYTES_PER_ITEM: Final = 8


class deque(collections.deque[Any], metaclass=FrozenType):
    """A double-ended queue of one run."""

    __slots__ = ('_run',)
    _run: Run

    def extend(self, iterable: Iterable[Any], /) -> None:
        super().extend(self._items(iterable))

    def extendleft(self, iterable: Iterable[Any], /) -> None:
        super().extendleft(self._items(iterable))

    def __iadd__(self, iterable: Iterable[Any], /) -> deque:  # type: ignore[misc]
        self.extend(iterable)
        return self

    def __add__(self, other: Any, /) -> deque:
        if not isinstance(other, collections.deque):
            raise TypeError(f'can only concatenate deque (not "{type(other).__name__}") to deque')
        self._room(len(self) + len(other))
        made = self.copy()
        collections.deque.extend(made, other)
        return made

    def __mul__(self, count: Any, /) -> deque:
        made = self.copy()
        made *= count
        return made

    __rmul__ = __mul__

    def __imul__(self, count: Any, /) -> deque:
        if isinstance(count, int) and count > 1:
            size = len(self) * count
            # With a maximal length CPython makes no more items than that.
            self._room(size if self.maxlen is None else min(size, self.maxlen))
        super().__imul__(count)
        return self

    def copy(self) -> deque:
        self._room(len(self))
        return make_deque(self._run, self.maxlen, self)

    __copy__ = copy

    def count(self, value: Any, /) -> int:
        self._walk()
        return super().count(value)

    def index(self, value: Any, /, *bounds: Any) -> int:
        self._walk()
        return super().index(value, *bounds)

    def remove(self, value: Any, /) -> None:
        self._walk()
        super().remove(value)

    def insert(self, place: Any, value: Any, /) -> None:
        self._walk()
        super().insert(place, value)

    def rotate(self, steps: Any = 1, /) -> None:
        self._walk()
        super().rotate(steps)

    def reverse(self) -> None:
        self._walk()
        super().reverse()

    def __contains__(self, value: object) -> bool:
        self._walk()
        return super().__contains__(value)

    def __reduce__(self) -> Any:
        raise TypeError('a deque of a script cannot be pickled')

    @recursive_repr('[...]')
    def __repr__(self) -> str:
        items = repr_of(list(self), self._run)
        return f'deque({items})' if self.maxlen is None else f'deque({items}, maxlen={self.maxlen})'

    def _items(self, iterable: Any) -> Any:
        if iterable is self:
            iterable = list(self)
        size = size_of(iterable)
        if size is not None and self.maxlen is None:
            self._run.reserve(_BYTES_PER_ITEM * (len(self) + size))
        return sized(self._run.charge, iterable)

    def _walk(self) -> None:
        if len(self) > FREE:
            self._run.charge(len(self))

    def _room(self, count: int) -> None:
        if count > FREE:
            self._run.reserve(_BYTES_PER_ITEM * count)
            self._run.charge(count)


def make_deque(run: Run, maxlen: int | None, items: Iterable[Any] = ()) -> deque:
    """Return a deque of the run; the items are paid for already."""
    made: deque = deque.__new__(deque)
    collections.deque.__init__(made, (), maxlen)
    made._run = run
    collections.deque.extend(made, items)
    return made
