"""`copy`: shallow and deep copies of the values that a script can hold.

A deep copy does not recurse. What is mutable is made empty and filled later, from a queue; what is immutable
(tuples, frozensets) is built from its parts at once. Cycles always run through something mutable, so this ends.
"""

from __future__ import annotations

import copy
from types import GeneratorType
from typing import Any, Final

from monty_flow.interpreter.modules.counter import Counter
from monty_flow.interpreter.modules.deque import deque, make_deque
from monty_flow.interpreter.modules.dicts import OrderedDict, defaultdict
from monty_flow.interpreter.modules.library import LibraryFunctions, Stepper
from monty_flow.interpreter.modules.module import Definition, FrozenType
from monty_flow.interpreter.modules.types import SimpleNamespace, make_namespace, set_attributes
from monty_flow.interpreter.runtime.cancellation import CancelledError
from monty_flow.interpreter.runtime.metering import FREE
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.universe import COMPOSITES, EXCEPTIONS, ITERATORS, VIEWS

_MAPPINGS: Final = frozenset({dict, Counter, OrderedDict, defaultdict})
_MUTABLE: Final = frozenset({*_MAPPINGS, list, set, bytearray, deque, SimpleNamespace})
_NOT_COPIED: Final = frozenset({GeneratorType, *VIEWS, *ITERATORS, *COMPOSITES})
_EXCEPTIONS: Final = frozenset({*EXCEPTIONS.values(), CancelledError})


class Error(copy.Error, metaclass=FrozenType):
    """Raised for what cannot be copied."""

    __module__ = 'copy'


class DeepCopy:
    """Copy one value and all that it holds; each shared part once."""

    __slots__ = ('_charge', '_copies', '_kept', '_queue')

    def __init__(self, run: Run) -> None:
        self._charge = run.charge
        #: Copies by id of the original, and the originals, whose ids must stay theirs.
        self._copies: dict[int, Any] = {}
        self._kept: list[Any] = []
        self._queue: list[tuple[Any, Any]] = []

    def of(self, value: Any) -> Any:
        """Return the copy."""
        result = self._built(value)
        while self._queue:
            original, made = self._queue.pop()
            self._fill(original, made)
        return result

    def _fill(self, original: Any, made: Any) -> None:
        kind = type(original)
        if kind is SimpleNamespace:
            self._charge(1 + len(original.__dict__))
            set_attributes(made, {name: self._built(value) for name, value in original.__dict__.items()})
            return
        self._charge(1 + len(original))
        if kind in _MAPPINGS:
            if kind is defaultdict:
                made.default_factory = original.default_factory
            for key, item in original.items():
                made[self._built(key)] = self._built(item)
        elif kind is set:
            made.update([self._built(item) for item in original])
        elif kind is not bytearray:
            made.extend([self._built(item) for item in original])

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
        known = self._copies.get(id(value), self)
        if known is not self:
            return known
        if kind not in _MUTABLE:
            return _unchanged(value)
        made = _empty_like(value)
        self._remember(value, made)
        self._queue.append((value, made))
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

    __slots__ = ()
    module = 'copy'

    def copy(self, x: Any) -> Any:
        kind = type(x)
        if kind is SimpleNamespace:
            return make_namespace(self._run, x.__dict__)
        if kind in _MUTABLE:
            if len(x) > FREE:
                self._run.charge(len(x))
            return x.copy()
        if kind in _EXCEPTIONS:
            made = kind(*x.args)
            made.__cause__, made.__context__ = x.__cause__, x.__context__
            return made
        method = getattr(kind, '__copy__', None)
        return _unchanged(x) if method is None else method(x)

    def deepcopy(self, x: Any, memo: Any = None) -> Any:
        return DeepCopy(self._run).of(x)


MODULE = Definition(
    'copy',
    static={'Error': Error, 'error': Error},
    functions=CopyFunctions,
    left_out={
        'it is for classes': 'replace',
        'it is not meant for users of the module': 'dispatch_table PyStringMap',
    },
)
