"""`collections.deque`: CPython's own, with the run's meter on what is not one step.

The class is CPython's C type with a slot for the run, so `append`, `popleft` and indexing stay native.
"""

from __future__ import annotations

import collections
import operator
from collections.abc import Iterable
from reprlib import recursive_repr
from typing import Any, Final

from monty_flow.interpreter.modules.library import derivable
from monty_flow.interpreter.runtime.metering import FREE, size_of, sized
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.text import repr_of

_BYTES_PER_ITEM: Final = 8


@derivable
class deque(collections.deque[Any]):
    """A double-ended queue of one run."""

    __slots__ = ('__run__',)
    __run__: Run

    def __init__(self, iterable: Iterable[Any] = (), maxlen: Any = None) -> None:
        if maxlen is not None:
            if not isinstance(maxlen, int):
                raise TypeError('an integer is required')
            if maxlen < 0:
                raise ValueError('maxlen must be non-negative')
            maxlen = operator.index(maxlen)
        super().__init__((), maxlen)
        if type(iterable) is not tuple or iterable:
            # As in C, what a class of the script says of `extend` is not asked.
            deque.extend(self, iterable)

    def extend(self, iterable: Iterable[Any], /) -> None:
        super().extend(_items(self, iterable))

    def extendleft(self, iterable: Iterable[Any], /) -> None:
        super().extendleft(_items(self, iterable))

    def __iadd__(self, iterable: Iterable[Any], /) -> deque:  # type: ignore[misc]
        self.extend(iterable)
        return self

    def __add__(self, other: Any, /) -> deque:
        if not isinstance(other, collections.deque):
            raise TypeError(f'can only concatenate deque (not "{type(other).__name__}") to deque')
        _room(self, len(self) + len(other))
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
            _room(self, size if self.maxlen is None else min(size, self.maxlen))
        super().__imul__(count)
        return self

    def copy(self) -> deque:
        _room(self, len(self))
        if type(self) is not deque:
            made: deque = type(self)(self) if self.maxlen is None else type(self)(self, self.maxlen)
            return made
        return make_deque(self.__run__, self.maxlen, self)

    __copy__ = copy

    def count(self, value: Any, /) -> int:
        _walk(self)
        return super().count(value)

    def index(self, value: Any, /, *bounds: Any) -> int:
        _walk(self)
        # Before CPython 3.12.3, C holds no item while it compares it, and the comparison may empty the deque.
        held = [*collections.deque.__iter__(self)]
        place = super().index(value, *bounds)
        del held
        return place

    def remove(self, value: Any, /) -> None:
        _walk(self)
        super().remove(value)

    def insert(self, place: Any, value: Any, /) -> None:
        _walk(self)
        super().insert(place, value)

    def rotate(self, steps: Any = 1, /) -> None:
        _walk(self)
        super().rotate(steps)

    def reverse(self) -> None:
        _walk(self)
        super().reverse()

    def __contains__(self, value: object) -> bool:
        _walk(self)
        return super().__contains__(value)

    def __reduce__(self) -> Any:
        raise TypeError('a deque of a script cannot be pickled')

    @recursive_repr('[...]')
    def __repr__(self) -> str:
        items = repr_of(list(self), self.__run__)
        name = type(self).__name__
        return f'{name}({items})' if self.maxlen is None else f'{name}({items}, maxlen={self.maxlen})'


def _items(target: deque, iterable: Any) -> Any:
    if iterable is target:
        iterable = list(target)
    size = size_of(iterable)
    if size is not None and target.maxlen is None:
        target.__run__.reserve(_BYTES_PER_ITEM * (len(target) + size))
    return sized(target.__run__.charge, iterable)


def _walk(target: deque) -> None:
    if len(target) > FREE:
        target.__run__.charge(len(target))


def _room(target: deque, count: int) -> None:
    if count > FREE:
        target.__run__.reserve(_BYTES_PER_ITEM * count)
        target.__run__.charge(count)


def make_deque(run: Run, maxlen: int | None, items: Iterable[Any] = ()) -> deque:
    """Return a deque of the run; the items are paid for already."""
    made: deque = deque.__new__(deque)
    collections.deque.__init__(made, (), maxlen)
    made.__run__ = run
    collections.deque.extend(made, items)
    return made
