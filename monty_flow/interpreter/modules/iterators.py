"""The iterators of `itertools` that take one item after the other: what each stands on, and its step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from monty_flow.interpreter.modules.library import Stepper, callee, depth_of, int_checked, iterator_checked, pool, typed
from monty_flow.interpreter.runtime.guards import Guards
from monty_flow.interpreter.runtime.run import Run

_NOTHING: Final = ()
_TUPLE_ITERATOR: Final = type(iter(()))
#: Levels of an iterator that was not seen when its `chain` was made: each such level is a Python frame with these below.
_HIDDEN_DEPTH: Final = 100


class Count(Stepper):
    """start, start + step, ..."""

    __slots__ = ('_step', '_value')
    script_type_name = 'count'

    def __init__(self, run: Run, start: Any, step: Any) -> None:
        super().__init__(run)
        self._value, self._step = start, step

    def __next__(self) -> Any:
        self._run.tick()
        value = self._value
        self._value = value + self._step
        return value

    def __repr__(self) -> str:
        return (
            f'count({self._value!r})'
            if type(self._step) is int and self._step == 1
            else f'count({self._value!r}, {self._step!r})'
        )

    def _state(self) -> tuple[Any, ...]:
        return self._value, self._step

    def _go_on(self, value: Any, step: Any) -> None:
        self._value, self._step = value, step


class Repeat(Stepper):
    """One value, again and again."""

    __slots__ = ('_left', '_value')
    script_type_name = 'repeat'

    def __init__(self, run: Run, value: Any, left: int | None) -> None:
        super().__init__(run)
        self._value, self._left = value, left

    def __next__(self) -> Any:
        self._run.tick()
        if self._left is not None:
            if self._left <= 0:
                raise StopIteration
            self._left -= 1
        return self._value

    def __length_hint__(self) -> int:
        if self._left is None:
            raise TypeError('len() of unsized object')
        return self._left

    def _state(self) -> tuple[Any, ...]:
        return self._value, self._left

    def _go_on(self, value: Any, left: Any) -> None:
        self._value, self._left = value, typed(left, int, type(None))


class Cycle(Stepper):
    """All items of a source, then all of them again, without end."""

    __slots__ = ('_place', '_saved', '_source')
    script_type_name = 'cycle'

    def __init__(self, run: Run, iterable: Any) -> None:
        super().__init__(run, iterable)
        self._source: Any = iter(iterable)
        self._saved: list[Any] = []
        self._place = 0

    def __next__(self) -> Any:
        self._run.tick()
        if self._source is not None:
            for item in self._source:
                self._saved.append(item)
                return item
            self._source = None
        if not self._saved:
            raise StopIteration
        item = self._saved[self._place]
        self._place = (self._place + 1) % len(self._saved)
        return item

    def _state(self) -> tuple[Any, ...]:
        return self._source, self._saved, self._place

    def _go_on(self, source: Any, saved: Any, place: Any) -> None:
        self._source = source if source is None else iterator_checked(source)
        self._saved, self._place = typed(saved, list), int_checked(place)


class Chain(Stepper):
    """The items of one iterable after the other."""

    __slots__ = ('_current', '_rest')
    script_type_name = 'chain'

    def __init__(self, run: Run, iterables: Any) -> None:
        parts = iterables if type(iterables) is tuple else ()
        super().__init__(run, iterables, *parts)
        self._rest: Any = iter(iterables)
        self._current: Any = iter(_NOTHING)

    def __next__(self) -> Any:
        while True:
            self._run.tick()
            for item in self._current:
                return item
            if self._rest is None:
                raise StopIteration
            for iterable in self._rest:
                if depth_of(iterable) > _HIDDEN_DEPTH and type(self._rest) is not _TUPLE_ITERATOR:
                    raise RecursionError('iterators are nested too deeply')
                self._current = iter(iterable)
                break
            else:
                self._rest = None

    def _state(self) -> tuple[Any, ...]:
        return self._rest, self._current

    def _go_on(self, rest: Any, current: Any) -> None:
        self._rest = rest if rest is None else iterator_checked(rest)
        self._current = iterator_checked(current)


class Accumulate(Stepper):
    """Running totals, or the running results of a function of two arguments."""

    __slots__ = ('_call', '_function', '_source', '_started', '_total')
    script_type_name = 'accumulate'

    def __init__(self, run: Run, iterable: Any, function: Any, initial: Any) -> None:
        super().__init__(run, iterable)
        self._source = iter(iterable)
        self._use(function)
        self._total = initial
        #: None before an initial value was given, False before the first item, True after it.
        self._started: bool | None = False if initial is None else None

    def __next__(self) -> Any:
        self._run.tick()
        if self._started is None:
            self._started = True
            return self._total
        item = next(self._source)
        self._total = self._call(self._total, item) if self._started else item
        self._started = True
        return self._total

    def _use(self, function: Any) -> None:
        self._function = function
        self._call: Callable[[Any, Any], Any] = (
            Guards(self._run, None).add if function is None else callee(self._run, function)
        )

    def _state(self) -> tuple[Any, ...]:
        return self._source, self._function, self._total, self._started

    def _go_on(self, source: Any, function: Any, total: Any, started: Any) -> None:
        self._source, self._total = iterator_checked(source), total
        self._use(function)
        self._started = typed(started, bool, type(None))


class Sliced(Stepper):
    """Items start, start + step, ... of a source, up to stop."""

    __slots__ = ('_next', '_place', '_source', '_step', '_stop')
    script_type_name = 'islice'

    def __init__(self, run: Run, iterable: Any, start: int, stop: int | None, step: int) -> None:
        super().__init__(run, iterable)
        self._source: Any = iter(iterable)
        self._next, self._stop, self._step = start, stop, step
        #: Items taken from the source.
        self._place = 0

    def __next__(self) -> Any:
        if self._source is None:
            raise StopIteration
        stop = self._stop
        while self._place < self._next and (stop is None or self._place < stop):
            self._take()
        if stop is not None and self._place >= stop:
            self._source = None
            raise StopIteration
        item = self._take()
        self._next += self._step
        if stop is not None and self._next > stop:
            self._next = stop
        return item

    def _take(self) -> Any:
        self._run.tick()
        for item in self._source:
            self._place += 1
            return item
        self._source = None
        raise StopIteration

    def _state(self) -> tuple[Any, ...]:
        return self._source, self._next, self._stop, self._step, self._place

    def _go_on(self, source: Any, following: Any, stop: Any, step: Any, place: Any) -> None:
        self._source = source if source is None else iterator_checked(source)
        self._next, self._step, self._place = int_checked(following), int_checked(step), int_checked(place)
        self._stop = typed(stop, int, type(None))


class _OfFunction(Stepper):
    """An iterator over one source with a function."""

    __slots__ = ('_call', '_function', '_source')

    def __init__(self, run: Run, function: Any, iterable: Any) -> None:
        super().__init__(run, iterable)
        self._function = function
        self._call = callee(run, function)
        self._source: Any = iter(iterable)

    def _state(self) -> tuple[Any, ...]:
        return self._function, self._source

    def _go_on(self, function: Any, source: Any) -> None:
        self._function = function
        self._call = callee(self._run, function)
        self._source = source if source is None else iterator_checked(source)


class TakeWhile(_OfFunction):
    """Items up to the first that fails a test."""

    __slots__ = ()
    script_type_name = 'takewhile'

    def __next__(self) -> Any:
        self._run.tick()
        if self._source is None:
            raise StopIteration
        item = next(self._source)
        if self._call(item):
            return item
        self._source = None
        raise StopIteration


class DropWhile(_OfFunction):
    """Items from the first that fails a test."""

    __slots__ = ()
    script_type_name = 'dropwhile'

    def __next__(self) -> Any:
        while True:
            self._run.tick()
            item = next(self._source)
            if self._function is None:
                return item
            if not self._call(item):
                self._function = None
                return item


class FilterFalse(_OfFunction):
    """Items that fail a test."""

    __slots__ = ()
    script_type_name = 'filterfalse'

    def __next__(self) -> Any:
        while True:
            self._run.tick()
            item = next(self._source)
            if not (item if self._function is None or self._function is bool else self._call(item)):
                return item


class StarMap(_OfFunction):
    """Results of a function for argument tuples."""

    __slots__ = ()
    script_type_name = 'starmap'

    def __next__(self) -> Any:
        self._run.tick()
        return self._call(*pool(self._run, next(self._source)))


class Compress(Stepper):
    """Items whose selector is true."""

    __slots__ = ('_selectors', '_source')
    script_type_name = 'compress'

    def __init__(self, run: Run, data: Any, selectors: Any) -> None:
        super().__init__(run, data, selectors)
        self._source, self._selectors = iter(data), iter(selectors)

    def __next__(self) -> Any:
        while True:
            self._run.tick()
            item = next(self._source)
            if next(self._selectors):
                return item

    def _state(self) -> tuple[Any, ...]:
        return self._source, self._selectors

    def _go_on(self, source: Any, selectors: Any) -> None:
        self._source, self._selectors = iterator_checked(source), iterator_checked(selectors)


class Pairwise(Stepper):
    """Overlapping pairs."""

    __slots__ = ('_before', '_source')
    script_type_name = 'pairwise'

    def __init__(self, run: Run, iterable: Any) -> None:
        super().__init__(run, iterable)
        self._source = iter(iterable)
        #: The item before, in a tuple; empty at the start.
        self._before: tuple[Any, ...] = ()

    def __next__(self) -> tuple[Any, Any]:
        self._run.tick()
        if not self._before:
            self._before = (next(self._source),)
        item = next(self._source)
        pair = (self._before[0], item)
        self._before = (item,)
        return pair

    def _state(self) -> tuple[Any, ...]:
        return self._source, self._before

    def _go_on(self, source: Any, before: Any) -> None:
        self._source, self._before = iterator_checked(source), typed(before, tuple)


class Batched(Stepper):
    """Tuples of n items; the last one may be shorter."""

    __slots__ = ('_size', '_source', '_strict')
    script_type_name = 'batched'

    def __init__(self, run: Run, iterable: Any, size: int, strict: bool) -> None:
        super().__init__(run, iterable)
        self._source, self._size, self._strict = iter(iterable), size, strict

    def __next__(self) -> tuple[Any, ...]:
        items: list[Any] = []
        for item in self._source:
            self._run.tick()
            items.append(item)
            if len(items) == self._size:
                return tuple(items)
        if not items:
            raise StopIteration
        if self._strict:
            raise ValueError('batched(): incomplete batch')
        return tuple(items)

    def _state(self) -> tuple[Any, ...]:
        return self._source, self._size, self._strict

    def _go_on(self, source: Any, size: Any, strict: Any) -> None:
        self._source, self._size, self._strict = iterator_checked(source), int_checked(size), typed(strict, bool)
