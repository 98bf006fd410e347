"""Guarded attributes that are loaded and not called: methods as values, names, classes, causes."""

from __future__ import annotations

import types
from typing import Any, Final

from monty_flow.interpreter.runtime.awaiting import state_of
from monty_flow.interpreter.runtime.classes import is_script_function
from monty_flow.interpreter.runtime.immutable import Immutable
from monty_flow.interpreter.runtime.reflection import NAMED, OWNED, is_script_value, read
from monty_flow.interpreter.runtime.universe import GUARDED_LOADS, STATES, TYPES, VIEWS, growing

_UNIVERSE: Final = growing(TYPES, of_values=False)
#: Types of what CPython gives for a method of a built-in type, bound or not; a module may add the one for methods that are
#: told their class.
METHOD_TYPES: Final[set[type]] = {
    types.BuiltinFunctionType, types.MethodDescriptorType, types.MethodWrapperType, types.WrapperDescriptorType,
    types.ClassMethodDescriptorType,
}  # fmt: skip


#: Of these, the ones that an instance binds.
_UNBOUND: Final = frozenset({types.MethodDescriptorType, types.WrapperDescriptorType})


class GuardedMethod(Immutable):
    """A guarded method of a built-in type, held as a value: `f = ', '.join`."""

    __slots__ = ('_methods', '_name', '_owner')
    _methods: Any
    _name: str
    _owner: Any
    script_type_name: Final = 'builtin_function_or_method'

    def __init__(self, methods: Any, owner: Any, name: str) -> None:
        object.__setattr__(self, '_methods', methods)
        object.__setattr__(self, '_owner', owner)
        object.__setattr__(self, '_name', name)

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        return self._methods.call(self._owner, self._name, args, kwargs)

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        """Bind what a class has as a method of a built-in type: `__setattr__ = dict.__setitem__`."""
        if instance is None or not isinstance(self._owner, type):
            return self
        kind = type(getattr(self._owner, self._name, None))
        return types.MethodType(self, instance) if kind in _UNBOUND else self

    def __eq__(self, other: object) -> bool:
        return type(other) is GuardedMethod and self._owner is other._owner and self._name == other._name

    def __hash__(self) -> int:
        return hash((id(self._owner), self._name))

    def __repr__(self) -> str:
        if type(self._owner) is type:
            return f"<method '{self._name}' of '{self._owner.__name__}' objects>"
        return f'<built-in method {self._name} of {type(self._owner).__name__} object>'


def method_of_class(methods: Any, owner: type, name: str) -> GuardedMethod:
    """Return the one object that stands for a method of a built-in type in a run: `C.__repr__ is dict.__repr__` holds."""
    run = methods.run
    if run.type_methods is None:
        run.type_methods = {}
    found: GuardedMethod | None = run.type_methods.get((owner, name))
    if found is None:
        found = run.type_methods[owner, name] = GuardedMethod(methods, owner, name)
    return found


def guarded_method_parts(method: GuardedMethod) -> tuple[Any, str]:
    """Return the object and the name that `method` was loaded from; a snapshot stores them."""
    return method._owner, method._name


def is_guarded_method(obj: Any, value: Any) -> bool:
    """Return whether value, loaded from obj, is CPython's own method of a built-in type."""
    kind = type(value)
    if kind is types.FunctionType:
        # A method of a class of ours that scripts derive from.
        return not is_script_function(value)
    if issubclass(kind, types.BuiltinFunctionType):
        # Functions of C modules are exported by modules of ours, which vouch for them.
        # A function without an owner is a static method of a class.
        return isinstance(obj, type) if value.__self__ is None else type(value.__self__) is not types.ModuleType
    return kind in METHOD_TYPES


def is_made_once(obj: Any) -> bool:
    """Tell whether an object, or the instances of a class, are of a kind of ours whose `__init__` is no method for scripts.

    It takes what only we have and fills the slots of what is immutable otherwise, perhaps of what all runs share. The kinds that
    scripts derive from have a `Method` of the library in its place.
    """
    for base in obj.__mro__ if isinstance(obj, type) else type(obj).__mro__:
        found = base.__dict__.get('__init__')
        if found is not None:
            return type(found) is types.FunctionType and not is_script_function(found)
    return False


def load(obj: Any, name: str) -> Any:
    """Return a guarded attribute that is no method of a built-in type, as a script may see it."""
    if name == 'mapping' and isinstance(obj, VIEWS):
        return getattr(obj, name)
    if name in STATES:
        return state_of(obj, name)
    if name not in GUARDED_LOADS:
        return read(obj, name)
    value = getattr(obj, name)
    if isinstance(obj, BaseException) and type(value) not in _UNIVERSE and not is_script_value(value):
        # What the runtime met for itself is not for the script.
        return None
    return value


NAMED[GuardedMethod] = lambda method: method._name
OWNED[GuardedMethod] = lambda method: method._owner
