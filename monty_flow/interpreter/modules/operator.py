"""`operator`: CPython's functions, with the guards of the operators that make big results.

`itemgetter`, `attrgetter` and `methodcaller` are objects of ours: an attribute goes through the guard of
`getattr`, and so can reach nothing that `x.name` in the script could not.
"""

from __future__ import annotations

import operator
from typing import Any, ClassVar, Final

from monty_flow.interpreter.builtins.functions import Builtins
from monty_flow.interpreter.modules.library import LibraryFunctions, typed
from monty_flow.interpreter.modules.module import Definition, Frozen, Module
from monty_flow.interpreter.runtime.asking import GETTERS
from monty_flow.interpreter.runtime.dunders import EXPORTED_DUNDERS
from monty_flow.interpreter.runtime.guards import Guards
from monty_flow.interpreter.runtime.metering import FREE
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.text import repr_of


class Getter(Frozen):
    """Base of the callables that read something from their argument."""

    __slots__ = ('_parts', '_run')
    script_type_name: ClassVar[str] = ''
    _parts: tuple[Any, ...]
    _run: Run

    def __init__(self, run: Run, parts: tuple[Any, ...]) -> None:
        self._set(_run=run, _parts=parts)

    def __repr__(self) -> str:
        shown = ', '.join(repr_of(part, self._run) for part in self._parts)
        return f'operator.{self.script_type_name}({shown})'


class ItemGetter(Getter):
    """Return the items of the argument at the given keys."""

    __slots__ = ()
    script_type_name = 'itemgetter'

    def __call__(self, obj: Any, /) -> Any:
        parts = self._parts
        return self._item(obj, parts[0]) if len(parts) == 1 else tuple([self._item(obj, part) for part in parts])

    def _item(self, obj: Any, part: Any) -> Any:
        if type(part) is slice:
            return Guards(self._run, None).cut(obj, part.start, part.stop, part.step)
        return obj[part]


class AttributeGetter(Getter):
    """Return the attributes of the argument with the given dotted names."""

    __slots__ = ()
    script_type_name = 'attrgetter'

    def __call__(self, obj: Any, /) -> Any:
        read = Builtins(self._run).b_getattr
        found = []
        for path in self._parts:
            value = obj
            for name in path.split('.'):
                value = read(value, name)
            found.append(value)
        return found[0] if len(found) == 1 else tuple(found)


class MethodCaller(Frozen):
    """Call a method of the argument."""

    __slots__ = ('_args', '_kwargs', '_name', '_run')
    script_type_name: ClassVar[str] = 'methodcaller'
    _args: tuple[Any, ...]
    _kwargs: dict[str, Any]
    _name: str
    _run: Run

    def __init__(self, run: Run, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._set(_run=run, _name=name, _args=args, _kwargs=kwargs)

    def __call__(self, obj: Any, /) -> Any:
        return Builtins(self._run).b_getattr(obj, self._name)(*self._args, **self._kwargs)

    def __repr__(self) -> str:
        args = [self._name, *self._args]
        shown = [repr_of(part, self._run) for part in args]
        shown += [f'{name}={repr_of(value, self._run)}' for name, value in self._kwargs.items()]
        return f'operator.methodcaller({", ".join(shown)})'


Caller = ItemGetter | AttributeGetter | MethodCaller


def caller_state(caller: Caller) -> tuple[Any, ...]:
    """Return what `restore_caller` takes."""
    if isinstance(caller, MethodCaller):
        return caller._name, caller._args, caller._kwargs
    return caller._parts


def restore_caller(run: Run, caller: Caller, *state: Any) -> None:
    """Give a callable that was made empty the state of a snapshot; refuse what is none."""
    if isinstance(caller, MethodCaller):
        name, args, kwargs = state
        MethodCaller.__init__(caller, run, typed(name, str), typed(args, tuple), typed(kwargs, dict))
        return
    if not state or (isinstance(caller, AttributeGetter) and any(type(part) is not str for part in state)):
        raise TypeError('a getter has no parts')
    Getter.__init__(caller, run, state)


class OperatorFunctions(LibraryFunctions):
    """The functions whose result or work must be bounded."""

    __slots__ = ()
    module = 'operator'

    def add(self, a: Any, b: Any, /) -> Any:
        return self._objects.guards.add(a, b)

    def iadd(self, a: Any, b: Any, /) -> Any:
        return self._objects.guards.iadd(a, b)

    def concat(self, a: Any, b: Any, /) -> Any:
        self._check_sequence(a)
        return self._objects.guards.add(a, b)

    def iconcat(self, a: Any, b: Any, /) -> Any:
        self._check_sequence(a)
        return self._objects.guards.iadd(a, b)

    def mul(self, a: Any, b: Any, /) -> Any:
        return self._objects.guards.mul(a, b)

    def imul(self, a: Any, b: Any, /) -> Any:
        return self._objects.guards.imul(a, b)

    def pow(self, a: Any, b: Any, /) -> Any:
        return self._objects.guards.pow(a, b)

    def ipow(self, a: Any, b: Any, /) -> Any:
        return self._objects.guards.ipow(a, b)

    def lshift(self, a: Any, b: Any, /) -> Any:
        return self._objects.guards.lshift(a, b)

    def ilshift(self, a: Any, b: Any, /) -> Any:
        return self._objects.guards.ilshift(a, b)

    def mod(self, a: Any, b: Any, /) -> Any:
        return self._objects.guards.mod(a, b)

    def imod(self, a: Any, b: Any, /) -> Any:
        return self._objects.guards.imod(a, b)

    def contains(self, a: Any, b: Any, /) -> bool:
        return self._objects.guards.contains(a, b)

    def countOf(self, a: Any, b: Any, /) -> int:
        return operator.countOf(self._sized(a), b)

    def indexOf(self, a: Any, b: Any, /) -> int:
        return operator.indexOf(self._sized(a), b)

    def getitem(self, a: Any, b: Any, /) -> Any:
        self._pay_slice(a, b)
        return operator.getitem(a, b)

    def setitem(self, a: Any, b: Any, c: Any, /) -> None:
        operator.setitem(a, b, self._objects.guards.sliced(c, b))

    def delitem(self, a: Any, b: Any, /) -> None:
        operator.delitem(a, b)

    def length_hint(self, obj: Any, default: Any = 0, /) -> int:
        return operator.length_hint(obj, default)

    def call(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        return self._callee(obj)(*args, **kwargs)

    def itemgetter(self, /, *items: Any) -> ItemGetter:
        if not items:
            raise TypeError('itemgetter expected 1 argument, got 0')
        return ItemGetter(self._run, items)

    def attrgetter(self, /, *attrs: Any) -> AttributeGetter:
        if not attrs:
            raise TypeError('attrgetter expected 1 argument, got 0')
        if any(not isinstance(name, str) for name in attrs):
            raise TypeError('attribute name must be a string')
        return AttributeGetter(self._run, attrs)

    def methodcaller(self, /, *args: Any, **kwargs: Any) -> MethodCaller:
        if not args:
            raise TypeError('methodcaller needs at least one argument, the method name')
        if type(args[0]) is not str:
            raise TypeError('method name must be a string')
        return MethodCaller(self._run, args[0], args[1:], kwargs)

    def _check_sequence(self, a: Any) -> None:
        if not hasattr(type(a), '__getitem__') or isinstance(a, dict):
            raise TypeError(f"'{type(a).__name__}' object can't be concatenated")

    def _pay_slice(self, a: Any, b: Any) -> None:
        if type(b) is slice and hasattr(type(a), '__len__') and type(a) is not range and len(a) > FREE:
            self._run.charge(len(a) >> 6)


_PURE: Final = (
    'abs and_ eq floordiv ge gt iand ifloordiv imatmul index inv invert ior irshift is_ is_not is_none is_not_none '
    'isub itruediv ixor le lt matmul ne neg not_ or_ pos rshift sub truediv truth xor'
)


def _dunder(module: Module, name: str) -> Any:
    """Return what `operator.__add__` is: `operator.add`."""
    plain = name.strip('_')
    found = plain if plain in MODULE.exports else f'{plain}_'
    if found not in MODULE.exports:
        raise AttributeError(MODULE.missing(name))
    return getattr(module, found)


MODULE = Definition(
    'operator',
    # `is_none` and `is_not_none` came with 3.14.
    static={name: getattr(operator, name) for name in _PURE.split() if hasattr(operator, name)},
    functions=OperatorFunctions,
    dunders=_dunder,
)

EXPORTED_DUNDERS[MODULE.module_class] = _dunder
GETTERS[ItemGetter] = lambda getter: ('got_items', caller_state(getter))
GETTERS[AttributeGetter] = lambda getter: ('got_attributes', caller_state(getter))
GETTERS[MethodCaller] = lambda caller: ('called_method', *caller_state(caller))
