"""Guarded attributes: what loading one gives, and what calling an operator by its method name does.

Part of `Methods`. `x.__add__(y)` runs as `x + y` would, with the same look at sizes; `object.__setattr__(x, name, value)`
and its kin set attributes without the script's own `__setattr__`, by the rules for computed names;
`int.__new__(cls, ...)` makes the value by the built-in's guard first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from monty_flow.interpreter.runtime import guards as _guards
from monty_flow.interpreter.runtime.classes import (
    META_HIDDEN,
    NATIVE_METACLASSES,
    OF_RUN,
    SCRIPT_TYPES,
    SHARED,
    MetaclassType,
    TypeStandIn,
    bound_member,
    native_type,
    stored_name,
)
from monty_flow.interpreter.runtime.formatting import Formatter
from monty_flow.interpreter.runtime.inherited import Inherited, as_index, base_of_method, call_inherited, exact
from monty_flow.interpreter.runtime.loads import GuardedMethod, is_guarded_method, is_made_once, load, method_of_class
from monty_flow.interpreter.runtime.reflection import READERS, missing, no_keywords
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.text import ADDRESS, placed, repr_as
from monty_flow.interpreter.runtime.universe import (
    GUARDED_METHODS,
    HELD_TYPES,
    OPERATORS,
    TYPE,
    TypeFacade,
    type_in_run,
)

#: Types of modules that export functions under the names of methods -> how to find one of these.
EXPORTED_DUNDERS: Final[dict[type, Callable[[Any, str], Any]]] = {}
#: Attributes of an object that its class serves, without the script's own methods for it.
PLAIN_ACCESS: Final = frozenset({'__setattr__', '__delattr__', '__getattribute__'})
#: Types whose `__new__` makes the value: it is made by the built-in's guard.
_VALUES: Final = frozenset({int, float, complex, str, bytes, tuple, frozenset, bool, memoryview})
_FILLED: Final = (list, dict, set, bytearray)
_NUMBERS: Final = (int, float, bool, complex)
#: Methods that give text, which may show an address.
_TEXTS: Final = frozenset({'__repr__', '__str__', '__format__', '__mod__', '__rmod__'})


class Scrubbed:
    """`super().__repr__` and its kin of a built-in type: CPython's own text, without addresses."""

    __slots__ = ('_method', '_name', '_run', '_target')
    script_type_name: Final = 'method-wrapper'

    def __init__(self, method: Any, name: str, target: Any, run: Run) -> None:
        self._method = method
        self._name = name
        self._target = target
        self._run = run

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._name == '__repr__' and not args and not kwargs:
            shown = repr_as(getattr(self._method, '__objclass__', None), self._target, self._run)
            if shown is not None:
                return shown
        placed(self._target)
        text = self._method(*args, **kwargs)
        return ADDRESS.sub('', text) if type(text) is str else text

    def __eq__(self, other: object) -> bool:
        return type(other) is Scrubbed and self._target is other._target and self._method == other._method

    def __hash__(self) -> int:
        return hash((id(self._target), self._name))


def scrubbed_parts(method: Scrubbed) -> tuple[Any, str]:
    """Return the instance and the name that a method was read by; a snapshot stores them."""
    return method._target, method._name


class DunderMethods:
    """The part of `Methods` about attributes with two underscores."""

    __slots__ = ()
    run: Run
    callee: Callable[[Any], Any]
    formatter: Formatter
    plain: Any

    def attribute(self, obj: Any, name: str) -> Any:
        """Return what loading the guarded attribute `name` of obj gives."""
        if type(obj) is type and self.run.type_methods is not None:
            known = self.run.type_methods.get((obj, name))
            if known is not None:
                return known
        if name == '__class__' and type(obj) in OF_RUN:
            return type_in_run(self.run, obj)
        if type(obj) is TypeFacade and (obj is TYPE or obj in NATIVE_METACLASSES):
            from monty_flow.interpreter.runtime.metaclasses import (
                METHODS_OF_TYPE,  # few scripts ask `type` for its methods
            )

            if name in METHODS_OF_TYPE:
                return METHODS_OF_TYPE[name]
        if name not in OPERATORS and name not in GUARDED_METHODS:
            return load(obj, name)
        if name in PLAIN_ACCESS:
            kind = obj if type(obj) in SCRIPT_TYPES else type(obj)
            return getattr(obj, name) if _is_of_script(kind, name) else GuardedMethod(self, obj, name)
        if name == '__class_getitem__':
            found = self._parametrised(obj)
            if found is not None:
                return found
        target = native_type(obj) if isinstance(obj, TypeStandIn) else obj
        if name == '__init__' and is_made_once(target):
            return GuardedMethod(self, target, name)
        value = getattr(target, name)
        if not is_guarded_method(obj, value):
            return value
        if type(obj) in EXPORTED_DUNDERS:
            return EXPORTED_DUNDERS[type(obj)](obj, name)
        owner = getattr(value, '__objclass__', None) if isinstance(obj, type) else None
        return GuardedMethod(self, obj, name) if owner not in HELD_TYPES else method_of_class(self, owner, name)

    def _parametrised(self, obj: Any) -> Any:
        """Return what makes `C[item]` of a class, where CPython's own would show the class behind what scripts hold; None elsewhere."""
        kind: Any = type_in_run(self.run, obj) if type(obj) in OF_RUN else obj
        if issubclass(type(kind), TypeStandIn):
            return kind.__getitem__
        kind = kind if isinstance(kind, type) else type(kind)
        if type(kind) in SCRIPT_TYPES or kind in HELD_TYPES:
            return None
        raise missing(obj, '__class_getitem__')

    def call(self, obj: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call the guarded method `name` that was loaded as a value."""
        if name == '__new__' and obj is object and len(args) == 1 and not kwargs and type(args[0]) in SCRIPT_TYPES:
            return object.__new__(args[0])
        if name in GUARDED_METHODS:
            return getattr(self, f'm_{name}')(obj, *args, **kwargs)
        return self._operate(obj, name, args, kwargs)

    def super_attribute(self, cls: Any, target: Any, name: str) -> Any:
        """Return what `super(cls, target).name` gives; the native super object itself is never handed out."""
        if type(cls) not in SCRIPT_TYPES:
            raise TypeError('super() needs a class of the script')
        if name in ('format', 'format_map') and isinstance(target, str):
            # CPython's own would read any attribute; the guarded one is found on the instance and on str.
            raise AttributeError(f'super().{name} is refused for a str: use str.{name}(self, ...)')
        found: Any = super(cls, target)
        if name == '__init_subclass__':
            return getattr(found, stored_name(name), None) or no_keywords(target)
        if type(cls) is MetaclassType and isinstance(target, type):
            return self._of_metaclass(cls, target, name)
        if name in PLAIN_ACCESS:
            value = getattr(found, name)
            return GuardedMethod(self, target, name) if is_guarded_method(target, value) else value
        if name in _TEXTS:
            value = getattr(found, name)
            return Scrubbed(value, name, target, self.run) if is_guarded_method(target, value) else value
        if name == '__new__':
            value = found.__new__
            owner = getattr(value, '__self__', None)
            if isinstance(owner, type) and owner in HELD_TYPES:
                return method_of_class(self, owner, name)
            return value
        if name in READERS and name not in ('__call__', '__get__', '__set__', '__delete__'):
            raise AttributeError(f"'super' object has no attribute '{name}'")
        value = getattr(found, stored_name(name))
        if name in GUARDED_METHODS or name in OPERATORS:
            base = base_of_method(value)
            if base is not None:
                return Inherited(self, base, value, name, target)
        return value

    def _of_metaclass(self, cls: Any, target: Any, name: str) -> Any:
        """Return what `super(cls, target).name` gives in a metaclass, where `target` is a class of it or a metaclass itself."""
        is_bound = isinstance(target, cls)
        bases = (type(target) if is_bound else target).__mro__
        place = next(index for index, base in enumerate(bases) if base is cls)
        key = META_HIDDEN.get(name) or stored_name(name)
        for base in bases[place + 1 :]:
            if key in base.__dict__ and type(base) in SCRIPT_TYPES and base not in SHARED:
                found = base.__dict__[key]
                return bound_member(found, target if is_bound else None, type(target) if is_bound else target)
        if name in PLAIN_ACCESS or name == 'mro':
            return GuardedMethod(self, target, name)
        from monty_flow.interpreter.runtime.metaclasses import method_of_type  # few scripts have some

        return method_of_type(target if is_bound else None, name)

    def _operate(self, obj: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if isinstance(obj, TypeStandIn):
            base = obj._native_base() if name == '__new__' else None
            if base is not None:
                return base.__new__(*args, **kwargs)
            obj = native_type(obj)
        if name == '__init__' and is_made_once(obj):
            return _init_plainly(obj, *args, **kwargs)
        if name in PLAIN_ACCESS:
            return self._access(obj, name, args, kwargs)
        if name == '__new__':
            return self._new(obj, args, kwargs)
        if isinstance(obj, type):
            if not args or not isinstance(args[0], obj):
                return getattr(obj, name)(*args, **kwargs)
            if type(args[0]) is not obj:
                base = base_of_method(getattr(obj, name))
                if base is not None and name not in _TEXTS and name != '__hash__':
                    bound = getattr(obj, name).__get__(args[0])
                    return call_inherited(self, base, bound, name, args[0], args[1:], kwargs)
                # The method of that very class, which the instance may have of its own.
                if name == '__hash__' and obj is object:
                    return hash(self.plain.b_id(args[0]))
                if name == '__repr__' and not kwargs and len(args) == 1:
                    text = repr_as(getattr(obj.__repr__, '__objclass__', None), args[0], self.run)
                    if text is not None:
                        return text
                result = getattr(obj, name)(args[0], *self._paid(name, args[0], args[1:]), **kwargs)
                return ADDRESS.sub('', result) if type(result) is str and name in _TEXTS else result
            obj, args = args[0], args[1:]
        if not kwargs:
            if args and type(obj) in _EXACT_OPERANDS:
                # What is judged is what is used: an operand of a script's class may say another size each time.
                args = tuple([as_index(value) if name in _COUNTED else exact(value) for value in args])
            if not args and name in _SHOWN:
                return self.callee(_SHOWN[name])(obj)
            if args and name in _BY_FUNCTION and type(obj) in _NUMBERS:
                return self.callee(_BY_FUNCTION[name])(obj, *args)
            if len(args) == 1:
                if name == '__format__' and type(args[0]) is str:
                    return self.formatter.format_value(obj, '', args[0])
                operation = _OPERATIONS.get(name)
                formats = name == '__mod__' and isinstance(obj, str | bytes | bytearray)
                if operation is not None and (formats or type(args[0]) in (type(obj), int, bool)):
                    return operation(_guards.Guards(self.run, None), obj, args[0])
                if name == '__contains__':
                    return _guards.Guards(self.run, None).contains(obj, args[0])
        return getattr(obj, name)(*self._paid(name, obj, args), **kwargs)

    def _paid(self, name: str, obj: Any, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """Pay for what `list.__init__` and its kin go through."""
        if name == '__init__' and len(args) == 1 and isinstance(obj, _FILLED):
            return (self.filling(next(base for base in _FILLED if isinstance(obj, base)), args[0]),)
        if name == '__setitem__' and len(args) == 2 and type(args[0]) is slice:
            return args[0], _guards.Guards(self.run, None).sliced(args[1], args[0])
        return args

    def filling(self, base: Any, value: Any) -> Any:
        """Pay for what a built-in container is filled with."""
        raise NotImplementedError

    def _access(self, obj: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if obj is TYPE and args:
            obj, args = args[0], args[1:]
        elif isinstance(obj, type) and not (type(obj) in SCRIPT_TYPES and len(args) < _ARGUMENTS[name]):
            if not args:
                raise TypeError(f'unbound method {obj.__name__}.{name}() needs an argument')
            if not isinstance(args[0], obj):
                shown = type(args[0]).__name__
                raise TypeError(f"descriptor '{name}' requires a '{obj.__name__}' object but received a '{shown}'")
            obj, args = args[0], args[1:]
        if kwargs or len(args) != _ARGUMENTS[name] - 1:
            raise TypeError(f'expected {_ARGUMENTS[name] - 1} argument{"s" * (name == "__setattr__")}, got {len(args)}')
        if not isinstance(args[0], str):
            raise TypeError(f"attribute name must be string, not '{type(args[0]).__name__}'")
        if name == '__setattr__':
            return self.plain.set_plain(obj, *args)
        return self.plain.delete_plain(obj, *args) if name == '__delattr__' else self.plain.get_plain(obj, *args)

    def _new(self, owner: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Do `owner.__new__(cls, ...)`."""
        if not isinstance(owner, type) or owner not in HELD_TYPES:
            return owner.__new__(*args, **kwargs)
        if not args or not (type(args[0]) in SCRIPT_TYPES or args[0] in HELD_TYPES):
            plain: Any = owner.__new__
            return plain(*args[:0]) if not args else plain(None)
        cls, rest = args[0], args[1:]
        if owner in _VALUES:
            value = self.callee(owner)(*rest, **kwargs)
            make: Any = owner.__new__
            return value if cls is owner else make(cls, value)
        if owner in _FILLED:
            return owner.__new__(cls)
        if owner is object and type(cls) not in SCRIPT_TYPES and cls is not object:
            raise TypeError(f'object.__new__({cls.__name__}) is not safe, use {cls.__name__}.__new__()')
        return owner.__new__(cls, *rest, **kwargs)


def _init_plainly(obj: Any, /, *args: Any, **kwargs: Any) -> None:
    """Do `object.__init__` for what is made once."""
    if kwargs or len(args) != isinstance(obj, type):
        kind: Any = obj if isinstance(obj, type) else type(obj)
        shown = getattr(kind, 'script_type_name', kind.__name__)
        raise TypeError(f'{shown}.__init__() takes exactly one argument (the instance to initialize)')


def _is_of_script(kind: type, name: str) -> bool:
    """Tell whether a class of a script defines a method for the access to attributes."""
    return any(name in base.__dict__ for base in kind.__mro__ if type(base) in SCRIPT_TYPES)


_EXACT_OPERANDS: Final = frozenset({int, str, bytes, bytearray, list, tuple})
#: Operators whose operand is the count of a sequence.
_COUNTED: Final = frozenset({'__mul__', '__rmul__', '__imul__'})
_ARGUMENTS: Final = {'__setattr__': 3, '__delattr__': 2, '__getattribute__': 2}
_SHOWN: Final[dict[str, Any]] = {'__str__': str, '__repr__': repr, '__hash__': hash}
#: Operators that are served by a built-in function of ours.
_BY_FUNCTION: Final[dict[str, Any]] = {'__round__': round, '__pow__': pow}


def _reflected(guard: Callable[[_guards.Guards, Any, Any], Any]) -> Callable[[_guards.Guards, Any, Any], Any]:
    return lambda guards, a, b: guard(guards, b, a)


_OPERATIONS: Final[dict[str, Callable[[_guards.Guards, Any, Any], Any]]] = {
    '__add__': _guards.Guards.add,
    '__divmod__': _guards.Guards.divmod,
    '__floordiv__': _guards.Guards.floordiv,
    '__iadd__': _guards.Guards.iadd,
    '__imul__': _guards.Guards.imul,
    '__lshift__': _guards.Guards.lshift,
    '__mod__': _guards.Guards.mod,
    '__mul__': _guards.Guards.mul,
    '__radd__': _reflected(_guards.Guards.add),
    '__rdivmod__': _reflected(_guards.Guards.divmod),
    '__rfloordiv__': _reflected(_guards.Guards.floordiv),
    '__rlshift__': _reflected(_guards.Guards.lshift),
    '__rmod__': _reflected(_guards.Guards.mod),
    '__rmul__': _guards.Guards.mul,
    '__rpow__': _reflected(_guards.Guards.pow),
}
