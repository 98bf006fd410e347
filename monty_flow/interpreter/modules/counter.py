"""`collections.Counter`: CPython's own class, frozen, with the run's meter on what goes over all counts."""

from __future__ import annotations

import collections
from collections.abc import Iterator
from typing import Any

from monty_flow.interpreter.modules.library import Stepper, int_checked, iterator_checked
from monty_flow.interpreter.modules.module import FrozenType
from monty_flow.interpreter.runtime.metering import FREE, sized
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.text import repr_of


class Counter(collections.Counter[Any], metaclass=FrozenType):
    """Counts of one run. Its methods are Python's; what they iterate is metered."""

    __slots__ = ('_run',)
    _run: Run

    def __init__(self, run: Run, *args: Any, **kwargs: Any) -> None:
        object.__setattr__(self, '_run', run)
        if len(args) > 1:
            raise TypeError(f'Counter.__init__() takes from 1 to 2 positional arguments but {len(args) + 1} were given')
        dict.__init__(self)
        self.update(*args, **kwargs)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"'Counter' object has no attribute '{name}' to set in the sandbox; use a key")

    def update(self, iterable: Any = None, /, **kwargs: Any) -> None:
        super().update(self._source(iterable), **kwargs)

    def subtract(self, iterable: Any = None, /, **kwargs: Any) -> None:
        super().subtract(self._source(iterable), **kwargs)

    def most_common(self, n: int | None = None) -> list[tuple[Any, int]]:
        if len(self) > FREE:
            self._run.charge(len(self) * len(self).bit_length() >> 1)
        return super().most_common(n)

    def total(self) -> int:
        self._walk(self)
        return super().total()

    def elements(self) -> Iterator[Any]:
        return Elements(self._run, iter(self.items()))

    def copy(self) -> Counter:
        self._walk(self)
        return Counter(self._run, self)

    __copy__ = copy

    def __add__(self, other: Any) -> Any:
        return self._combined(other, collections.Counter.__add__)

    def __sub__(self, other: Any) -> Any:
        return self._combined(other, collections.Counter.__sub__)

    def __or__(self, other: Any) -> Any:
        return self._combined(other, collections.Counter.__or__)

    def __and__(self, other: Any) -> Any:
        return self._combined(other, collections.Counter.__and__)

    def __pos__(self) -> Counter:
        made: Counter = self + make_counter(self._run)
        return made

    def __neg__(self) -> Counter:
        made: Counter = make_counter(self._run) - self
        return made

    def __reduce__(self) -> Any:
        raise TypeError('a Counter of a script cannot be pickled')

    def __repr__(self) -> str:
        if not self:
            return 'Counter()'
        try:
            shown = dict(self.most_common())
        except TypeError:
            shown = dict(self)
        return f'Counter({repr_of(shown, self._run)})'

    def _combined(self, other: Any, combine: Any) -> Any:
        if not isinstance(other, collections.Counter):
            return NotImplemented
        self._walk(self)
        self._walk(other)
        # CPython's method makes a Counter of its own class, which is not ours.
        plain = combine(collections.Counter(dict(self)), collections.Counter(dict(other)))
        return make_counter(self._run, plain)

    def _source(self, iterable: Any) -> Any:
        if isinstance(iterable, dict):
            self._walk(iterable)
            return iterable
        return iterable if iterable is None else sized(self._run.charge, iterable)

    def _walk(self, items: Any) -> None:
        if len(items) > FREE:
            self._run.charge(len(items))


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
    made: Counter = Counter(run)
    if counts:
        dict.update(made, counts)
    return made
