"""Built-ins that iterate: those that consume an iterable, and those that make an iterator over one."""

from __future__ import annotations

import types
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, Final

from monty_flow.interpreter.runtime.buffers import iterate
from monty_flow.interpreter.runtime.guards import Guards, extend
from monty_flow.interpreter.runtime.loads import GuardedMethod
from monty_flow.interpreter.runtime.metering import (
    FREE,
    MANY_KEYS,
    NESTABLE,
    SIZED,
    Metered,
    check_nesting,
    hashed,
    prepaid,
    sized,
)
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.universe import COMPOSITES
from monty_flow.interpreter.runtime.widths import SET_ENTRY_BYTES

_LISTS: Final = frozenset({list, tuple})
_LAZY: Final = frozenset(COMPOSITES)
_TABLES: Final = frozenset({set, frozenset, dict})


class Iteration:
    """The part of `Builtins` about iterables."""

    __slots__ = ()
    run: Run
    guards: Guards

    def guarded(self, value: Any) -> Any:
        raise NotImplementedError

    def _paid(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """Pay for the only argument of a built-in that consumes it; wrong calls are left to CPython."""
        if len(args) != 1 or kwargs:
            return args
        items = args[0]
        kind = type(items)
        if kind is types.GeneratorType or ((kind is list or kind is tuple) and len(items) < FREE):
            # The commonest cases: what is short is free, and a generator ticks.
            return args
        return (sized(self.run.charge, items),)

    def _keys(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """Pay for the only argument of a built-in that hashes its items."""
        if len(args) != 1 or kwargs or (type(args[0]) in _LISTS and len(args[0]) < FREE):
            return args
        if type(args[0]) in _TABLES and len(args[0]) > MANY_KEYS:
            # CPython makes the table at once; that of anything else grows with its keys.
            self.run.reserve(len(args[0]) * SET_ENTRY_BYTES)
        return (hashed(self.run, args[0]),)

    def b_list(self, /, *args: Any, **kwargs: Any) -> list[Any]:
        if len(args) == 1 and not kwargs:
            items = args[0]
            if type(items) in SIZED and len(items) <= FREE:
                return list(items)
            # What is lazy says no size: what ends among the first items is short.
            made: list[Any] = []
            if type(items) in _LAZY:
                made += islice(items, FREE)
                if len(made) < FREE:
                    return made
            extend(self.run, made, items)
            return made
        return list(*args, **kwargs)

    def b_tuple(self, /, *args: Any, **kwargs: Any) -> tuple[Any, ...]:
        return tuple(*self._paid(args, kwargs), **kwargs)

    def b_set(self, /, *args: Any, **kwargs: Any) -> set[Any]:
        return set(*self._keys(args, kwargs), **kwargs)

    def b_frozenset(self, /, *args: Any, **kwargs: Any) -> frozenset[Any]:
        return frozenset(*self._keys(args, kwargs), **kwargs)

    def b_dict(self, /, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        if len(args) == 1 and hasattr(type(args[0]), 'keys'):
            if type(args[0]) is dict and len(args[0]) > FREE:
                self.run.charge(len(args[0]))
        elif len(args) == 1:
            items = args[0]
            if type(items) in _LAZY:
                first = list(islice(items, FREE))
                items = first if len(first) < FREE else chain(first, items)
            args = (hashed(self.run, items),)
        return dict(*args, **kwargs)

    def b_all(self, /, *args: Any, **kwargs: Any) -> bool:
        return all(*self._paid(args, kwargs), **kwargs)

    def b_any(self, /, *args: Any, **kwargs: Any) -> bool:
        return any(*self._paid(args, kwargs), **kwargs)

    def b_sum(self, /, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and not kwargs:
            return sum(*self._paid(args, kwargs))
        start = args[1] if len(args) == 2 else kwargs.get('start', 0)
        if type(start) in (list, tuple) and 1 <= len(args) <= 2:
            add = self.guards.add
            for item in args[0]:
                start = add(start, item)
            return start
        if args:
            args = (sized(self.run.charge, args[0]), *args[1:])
        return sum(*args, **kwargs)

    def b_max(self, /, *args: Any, **kwargs: Any) -> Any:
        return max(*self._candidates(args, kwargs), **kwargs)

    def b_min(self, /, *args: Any, **kwargs: Any) -> Any:
        return min(*self._candidates(args, kwargs), **kwargs)

    def _candidates(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        if 'key' in kwargs:
            kwargs['key'] = self.guarded(kwargs['key'])
        if len(args) == 1:
            return self._paid(args, {})
        if len(args) > FREE:
            self.run.charge(len(args))
        return args

    def b_sorted(self, /, *args: Any, **kwargs: Any) -> list[Any]:
        if len(args) != 1:
            return sorted(*args, **kwargs)
        if 'key' in kwargs:
            kwargs['key'] = self.guarded(kwargs['key'])
        items = self.b_list(args[0])
        if len(items) > FREE:
            self.run.charge(len(items) * len(items).bit_length() >> 1)
        items.sort(**kwargs)
        return items

    def b_enumerate(self, /, *args: Any, **kwargs: Any) -> enumerate[Any]:
        if args:
            args = (self._source(args[0]), *args[1:])
        elif 'iterable' in kwargs:
            kwargs['iterable'] = self._source(kwargs['iterable'])
        return enumerate(*args, **kwargs)

    def b_zip(self, /, *args: Any, **kwargs: Any) -> zip[Any]:
        if not kwargs:
            for arg in args:
                kind = type(arg)
                if (kind is not list and kind is not tuple) or len(arg) >= FREE:
                    break
            else:
                # The commonest case: what is short is free.
                return zip(*args)  # noqa: B905 (the script says whether it is strict)
        return zip(*map(self._source, args), **kwargs)  # noqa: B905

    def b_map(self, /, *args: Any, **kwargs: Any) -> map[Any]:
        if len(args) < 2 or kwargs:
            return map(*args, **kwargs)
        function = self.guarded(args[0])
        sources = [*map(self._source, args[1:])]
        if _may_grow(function):
            sources[0] = _metered(self.run, sources[0])
        return map(function, *sources)

    def b_filter(self, /, *args: Any, **kwargs: Any) -> filter[Any]:
        if len(args) != 2 or kwargs:
            return filter(*args, **kwargs)
        function = self.guarded(args[0])
        source = self._source(args[1])
        return filter(function, _metered(self.run, source) if _may_grow(function) else source)

    def b_reversed(self, /, *args: Any, **kwargs: Any) -> Iterator[Any]:
        made: Iterator[Any] = reversed(*args, **kwargs)
        if type(made) is reversed and type(args[0]) in SIZED and len(args[0]) > FREE:
            self.run.charge(len(args[0]))
        return made

    def b_iter(self, /, *args: Any, **kwargs: Any) -> Iterator[Any]:
        if len(args) == 2 and not kwargs:
            return iter(self.guarded(args[0]), args[1])
        return iterate(*args) if not kwargs else iter(*args, **kwargs)

    def _source(self, iterable: Any) -> Any:
        if type(iterable) in _LISTS and len(iterable) < FREE:
            return iterable
        if type(iterable) in NESTABLE:
            check_nesting(iterable)
        return prepaid(self.run.charge, iterable)


def _may_grow(function: Any) -> bool:
    """Return whether a callback, run by C without a tick of a script, may feed the container that it iterates."""
    if type(function) is GuardedMethod:
        return True
    return type(function) is types.BuiltinFunctionType and type(function.__self__) in (list, dict, set, bytearray)


def _metered(run: Run, source: Any) -> Any:
    return Metered(run.charge, source) if hasattr(type(source), '__iter__') else source
