"""`copy`: shallow and deep copies of the values that a script can hold.

A deep copy does not recurse. What is mutable is made empty and filled later, from a queue; what is immutable
(tuples, frozensets) is built from its parts at once. Cycles always run through something mutable, so this ends.
"""

from __future__ import annotations

import copy
import datetime
import random
from collections.abc import Callable
from types import GeneratorType
from typing import Any, Final

from monty_flow.interpreter.builtins.functions import Builtins
from monty_flow.interpreter.modules.copy_instances import (
    empty_like,
    from_reduced,
    hook,
    put_items,
    reduced,
    set_state,
    state_of,
)
from monty_flow.interpreter.modules.counter import Counter
from monty_flow.interpreter.modules.deque import deque, make_deque
from monty_flow.interpreter.modules.dicts import OrderedDict, defaultdict
from monty_flow.interpreter.modules.library import LibraryFunctions, Stepper
from monty_flow.interpreter.modules.module import Definition
from monty_flow.interpreter.modules.types import SimpleNamespace, make_namespace, set_attributes
from monty_flow.interpreter.runtime.buffers import ViewIterator
from monty_flow.interpreter.runtime.cancellation import OWN_EXCEPTIONS
from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES
from monty_flow.interpreter.runtime.immutable import FrozenType
from monty_flow.interpreter.runtime.metering import FREE
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.universe import COMPOSITES, EXCEPTIONS, ITERATORS, SCALARS, VIEWS

_MAPPINGS: Final = frozenset({dict, Counter, OrderedDict, defaultdict})
_MUTABLE: Final = frozenset({*_MAPPINGS, list, set, bytearray, deque, SimpleNamespace})
_NOT_COPIED: Final = frozenset({GeneratorType, memoryview, ViewIterator, *VIEWS, *ITERATORS, *COMPOSITES})
_EXCEPTIONS: Final = frozenset({*EXCEPTIONS.values(), *OWN_EXCEPTIONS.values()})
_SCALARS: Final = frozenset(SCALARS)


class Error(copy.Error, metaclass=FrozenType):
    """Raised for what cannot be copied."""

    __module__ = 'copy'


class DeepCopy:
    """Copy one value and all that it holds; each shared part once."""

    __slots__ = ('_charge', '_copies', '_ids', '_kept', '_queue', '_run', 'memo')

    def __init__(self, run: Run, memo: dict[Any, Any] | None = None) -> None:
        self._run = run
        self._charge = run.charge
        #: What scripts get as the memo, by the numbers that id() gives.
        self.memo: dict[Any, Any] = {} if memo is None else memo
        #: The `id` of the script, whose numbers a memo is by; None until one is looked into.
        self._ids: Callable[[Any], Any] | None = None
        #: Copies by id of the original, and the originals, whose ids must stay theirs.
        self._copies: dict[int, Any] = {}
        self._kept: list[Any] = []
        self._queue: list[tuple[Any, Any]] = []

    def of(self, value: Any) -> Any:
        """Return the copy."""
        return self.whole(value)

    def _drain(self, size: int) -> None:
        """Fill what is queued, down to a size of the queue."""
        while len(self._queue) > size:
            original, made = self._queue.pop()
            self._fill(original, made)

    def _fill(self, original: Any, made: Any) -> None:
        kind = type(original)
        if type(kind) in SCRIPT_TYPES:
            state = state_of(original)
            if state is not None:
                # Methods of the script (`__setstate__`, `__setitem__`, `append`) see what CPython would show them.
                is_seen = isinstance(original, list | dict | set | deque) or hook(made, '__setstate__') is not None
                set_state(made, self.whole(state) if is_seen else self.one_level(state))
            put_items(original, made, self._built)
            return
        if kind is SimpleNamespace:
            self._charge(1 + len(original.__dict__))
            set_attributes(made, {name: self._built(value) for name, value in original.__dict__.items()})
            return
        self._charge(1 + len(original))
        built, scalars = self._built, _SCALARS
        if kind in _MAPPINGS:
            if kind is defaultdict:
                made.default_factory = original.default_factory
            for key, item in original.items():
                # The value first, as CPython does: a `__deepcopy__` may see it.
                copied = item if type(item) in scalars else built(item)
                made[key if type(key) in scalars else built(key)] = copied
        elif kind is not bytearray:
            items = [item if type(item) in scalars else built(item) for item in original]
            if kind is set:
                made.update(items)
            else:
                made.extend(items)

    def whole(self, value: Any) -> Any:
        """Return the copy of a part with all that it holds, for a method of the script that looks into it."""
        before = len(self._queue)
        made = self._built(value)
        self._drain(before)
        return made

    def one_level(self, value: Any) -> Any:
        """Return the copy of a part that is itself filled, and what is in it maybe not yet."""
        if type(value) is tuple:
            # Attributes and slots.
            return tuple([self.one_level(part) for part in value])
        made = self._built(value)
        if self._queue and self._queue[-1][1] is made:
            self._fill(*self._queue.pop())
        return made

    def _built(self, value: Any) -> Any:
        """Return the copy of a value, with what is mutable in it still empty."""
        kind = type(value)
        if kind is not tuple and kind is not frozenset:
            return self._single(value, kind)
        stack = [value]
        while stack:
            top = stack[-1]
            missing = [item for item in top if type(item) in (tuple, frozenset) and id(item) not in self._copies]
            if missing:
                stack.extend(missing)
                continue
            stack.pop()
            if id(top) not in self._copies:
                self._charge(1 + len(top))
                items = [self._single(item, type(item)) for item in top]
                same = all(item is copied for item, copied in zip(top, items, strict=True))
                self._remember(top, top if same else type(top)(items))
        return self._copies[id(value)]

    def _single(self, value: Any, kind: Any) -> Any:
        if kind in _SCALARS:
            return value
        known = self._copies.get(id(value), self)
        if known is not self:
            return known
        if self.memo:
            # A script may put into the memo what it has made.
            if self._ids is None:
                self._ids = Builtins(self._run).b_id
            number = self._ids(value)
            if number in self.memo:
                return self.memo[number]
        if kind not in _MUTABLE:
            if type(kind) in SCRIPT_TYPES and kind not in SCRIPT_TYPES:
                return self._instance(value)
            if kind in _EXCEPTIONS:
                return self._exception(value)
            return _unchanged(value)
        made = _empty_like(value)
        self._remember(value, made)
        self._queue.append((value, made))
        return made

    def _instance(self, value: Any) -> Any:
        """Return the copy of an instance of a script's class; its attributes are put in later."""
        self._charge(1)
        method = hook(value, '__deepcopy__')
        if method is not None:
            made = method(self.memo)
            self._remember(value, made)
            return made
        parts = reduced(value)
        if isinstance(parts, str):
            return value
        if parts is not None:
            made = from_reduced(self._run, parts, self.whole)
            self._remember(value, made)
            return made
        made = empty_like(value, self._built)
        self._remember(value, made)
        self._queue.append((value, made))
        return made

    def _exception(self, value: Any) -> Any:
        kind: Any = type(value)
        if issubclass(kind, BaseExceptionGroup):
            made = kind.__new__(kind, value.message, [self.whole(error) for error in value.exceptions])
        else:
            made = kind.__new__(kind)
        self._remember(value, made)
        made.args = tuple(self._built(part) for part in value.args)
        made.__dict__.update({name: self._built(part) for name, part in value.__dict__.items() if name[:1] != '$'})
        return made

    def _remember(self, value: Any, made: Any) -> None:
        self._copies[id(value)] = made
        self._kept.append(value)


def _empty_like(value: Any) -> Any:
    kind: Any = type(value)
    if kind is bytearray:
        return bytearray(value)
    if kind is deque:
        return make_deque(value.__run__, value.maxlen)
    if kind is SimpleNamespace:
        return make_namespace(value._run, {})
    if kind in (Counter, OrderedDict, defaultdict):
        made = kind.__new__(kind)
        object.__setattr__(made, '__run__', value.__run__)
        return made
    return kind()


def _unchanged(value: Any) -> Any:
    """Return what stands for itself in a copy; refuse what is on its way through something."""
    if type(value) in _NOT_COPIED or isinstance(value, Stepper):
        raise TypeError(f"cannot pickle '{type(value).__name__}' object")
    return value


class CopyFunctions(LibraryFunctions):
    """The functions of `copy`."""

    __slots__ = ('_at_work',)
    module = 'copy'
    #: Deep copies that have not ended, the innermost last.
    _at_work: list[DeepCopy]

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._set(_at_work=[])

    def copy(self, x: Any) -> Any:
        kind = type(x)
        if kind is SimpleNamespace:
            return make_namespace(self._run, x.__dict__)
        if kind in _MUTABLE:
            if len(x) > FREE:
                self._run.charge(len(x))
            return x.copy()
        if kind in _EXCEPTIONS:
            # As CPython does by `__reduce__`: arguments and attributes, and no links to other errors.
            made = kind(*x.args)
            made.__dict__.update({name: part for name, part in x.__dict__.items() if name[:1] != '$'})
            return made
        if type(kind) in SCRIPT_TYPES and kind not in SCRIPT_TYPES:
            return self._instance(x)
        method = getattr(kind, '__copy__', None)
        return _unchanged(x) if method is None else method(x)

    def _instance(self, x: Any) -> Any:
        method = hook(x, '__copy__')
        if method is not None and not isinstance(x, random.Random):
            return method()
        parts = reduced(x)
        if parts is not None:
            return x if isinstance(parts, str) else from_reduced(self._run, parts, _same)
        made = empty_like(x, _same)
        state = state_of(x)
        if state is not None:
            set_state(made, state)
        put_items(x, made, _same)
        return made

    def deepcopy(self, x: Any, memo: Any = None) -> Any:
        if memo is None:
            memo = {}
        at_work = self._at_work
        for copier in at_work:
            if copier.memo is memo:
                # From a `__deepcopy__` of the script.
                return copier.of(x)
        copier = DeepCopy(self._run, memo)
        at_work.append(copier)
        try:
            return copier.of(x)
        finally:
            at_work.pop()

    def replace(self, obj: Any, /, **changes: Any) -> Any:
        method = hook(obj, '__replace__') if type(type(obj)) in SCRIPT_TYPES else None
        if method is not None:
            return method(**changes)
        if type(obj) in (datetime.date, datetime.time, datetime.datetime):
            return obj.replace(**changes)
        raise TypeError(f'replace() does not support {type(obj).__name__} objects')


def _same(value: Any) -> Any:
    return value


MODULE = Definition(
    'copy',
    static={'Error': Error, 'error': Error},
    functions=CopyFunctions,
    left_out={
        'it is not meant for users of the module': 'dispatch_table PyStringMap',
    },
)
