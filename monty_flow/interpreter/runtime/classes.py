"""Script classes: ordinary Python classes of a metaclass of ours, made from what the class body bound.

`ScriptType` marks them, so that every other part can tell a script's class and instances from anything else by an
exact type. Nothing of the class machinery of the host is handed out: no metaclass, no `__mro__`, no
`__subclasses__`, no hook that runs at class creation.
"""

from __future__ import annotations

import datetime
from typing import Any, Final

#: Dunder names that a class body may bind.
DEFINABLE: Final = frozenset(
    '__init__ __new__ __post_init__ __repr__ __str__ __bytes__ __format__ __eq__ __ne__ __lt__ __le__ __gt__ __ge__'
    ' __hash__ __bool__ __len__ __length_hint__ __iter__ __next__ __reversed__ __contains__ __getitem__ __setitem__'
    ' __delitem__ __missing__ __call__ __getattr__ __setattr__ __delattr__ __get__ __set__ __delete__'
    ' __enter__ __exit__ __aenter__ __aexit__ __aiter__ __anext__ __await__'
    ' __int__ __float__ __complex__ __index__ __round__ __trunc__ __floor__ __ceil__ __abs__ __neg__ __pos__ __invert__'
    ' __add__ __radd__ __iadd__ __sub__ __rsub__ __isub__ __mul__ __rmul__ __imul__ __matmul__ __rmatmul__ __imatmul__'
    ' __truediv__ __rtruediv__ __itruediv__ __floordiv__ __rfloordiv__ __ifloordiv__ __mod__ __rmod__ __imod__'
    ' __divmod__ __rdivmod__ __pow__ __rpow__ __ipow__ __lshift__ __rlshift__ __ilshift__ __rshift__ __rrshift__'
    ' __irshift__ __and__ __rand__ __iand__ __or__ __ror__ __ior__ __xor__ __rxor__ __ixor__ __match_args__ __doc__'
    ' __copy__ __deepcopy__ __fspath__'.split()
)
#: Built-in types that a script may subclass, apart from exceptions.
SUBCLASSABLE: Final = frozenset(
    {
        object, int, float, complex, str, bytes, list, tuple, dict, set, frozenset, datetime.date, datetime.time,
        datetime.datetime, datetime.timedelta, datetime.tzinfo,
    }
)  # fmt: skip
#: Entries of a class's namespace that Python makes itself.
_OWN_ENTRIES = frozenset(
    {'__dict__', '__weakref__', '__module__', '__doc__', '__qualname__', '__firstlineno__', '__static_attributes__'}
)
#: Entries that the runtime makes itself, past the guard of script classes -> the type that they must have in a snapshot.
STRUCTURE: Final[dict[str, type]] = {'__annotations__': dict}
#: Prefix under which the function of a class body holds what the body binds.
BODY_PREFIX = '@'


class ScriptType(type):
    """The type of all script classes."""

    def __repr__(cls) -> str:
        return f"<class '__main__.{cls.__qualname__}'>"

    def __setattr__(cls, name: str, value: object) -> None:
        if name.startswith('__') and name not in DEFINABLE:
            raise AttributeError(f"'{name}' of a class cannot be set")
        super().__setattr__(name, value)


class ScriptRoot(metaclass=ScriptType):
    """The hidden base of script classes that have no other: shows no address."""

    def __repr__(self) -> str:
        return f'<__main__.{type(self).__qualname__} object>'


#: Metaclasses of script classes: each is ours, and marks what a script made by its exact type.
SCRIPT_TYPES: Final[set[type]] = {ScriptType}


def is_script_class(value: object) -> bool:
    return type(value) in SCRIPT_TYPES


def is_script_instance(value: object) -> bool:
    return type(type(value)) in SCRIPT_TYPES


def make_class(
    name: str, qualname: str, bases: tuple[Any, ...], keywords: dict[str, Any], names: dict[str, Any]
) -> type:
    """Return the class of a `class` statement; `names` are the locals of its body's function."""
    if keywords:
        raise TypeError(f'{name}.__init_subclass__() takes no keyword arguments')
    namespace = {key[1:]: value for key, value in names.items() if key.startswith(BODY_PREFIX)}
    return build_class(name, qualname, checked_bases(bases), namespace, names.get('$annotations'))


def build_class(
    name: str,
    qualname: str,
    bases: tuple[type, ...],
    namespace: dict[str, Any],
    annotations: dict[str, Any] | None = None,
) -> type:
    """Return a new class; also what a snapshot makes classes with."""
    for key in namespace:
        if key.startswith('__') and key not in DEFINABLE:
            raise TypeError(f"a class cannot define '{key}' in a script")
    if '__match_args__' in namespace:
        check_match_args(bases, namespace['__match_args__'])
    if not any(type(base) in SCRIPT_TYPES for base in bases):
        kept = tuple(base for base in bases if base is not object)
        # An exception shows no address by itself, and a built-in base brings its own way of showing.
        bases = kept or (ScriptRoot,)
    body = {**namespace, '__module__': '__main__', '__qualname__': qualname}
    if annotations:
        body['__annotations__'] = annotations
    return ScriptType(name, bases, body)


class TypeStandIn:
    """Base of what scripts hold in the place of a native type, where making an instance takes the run."""

    __slots__ = ()

    def _native_base(self) -> type | None:
        """Return the class that a script class derives from when it names this one, None where it cannot."""
        raise NotImplementedError


def native_type(stand_in: TypeStandIn) -> Any:
    """Return the class that a stand-in's methods are found on."""
    native = stand_in._native_base()
    return stand_in if native is None else native


#: Where the class of `TypeStandIn._native_base` holds what it stands for. No script can write this name.
STAND_IN: Final = '__stand_in__'


def checked_bases(bases: tuple[Any, ...]) -> tuple[type, ...]:
    """Refuse a base that a script may not derive from; return what a class derives from natively."""
    return tuple([_checked_base(base) for base in bases])


def _checked_base(base: Any) -> Any:
    if type(base) in SCRIPT_TYPES:
        return base
    if isinstance(base, TypeStandIn):
        native = base._native_base()
        if native is not None:
            return native
    elif type(base) is type and (base in SUBCLASSABLE or _is_exception(base)):
        return base
    shown = getattr(base, '__name__', type(base).__name__)
    raise TypeError(f"type '{shown}' is not an acceptable base type in a script")


def _is_exception(base: type) -> bool:
    return issubclass(base, Exception) and base.__module__ == 'builtins'


def check_match_args(bases: tuple[Any, ...], names: Any) -> None:
    """Refuse names that a pattern must not read, whose reads nothing guards."""
    if type(names) is not tuple or not all(type(name) is str for name in names):
        raise TypeError('__match_args__ must be a tuple of strings')
    for name in names:
        if not may_match(bases, (name,)):
            raise TypeError(f"__match_args__ cannot name '{name}'")


def may_match(bases: tuple[Any, ...], names: tuple[str, ...]) -> bool:
    """Tell whether a pattern may read these attributes of instances of a class with these bases.

    What a class inherits of a built-in type must be native; everything else is what the script put there.
    """
    from monty_flow.interpreter.runtime.universe import Rule, attribute_rule  # the table knows script classes too

    is_plain = all(
        type(kind) in SCRIPT_TYPES or kind is object for base in bases for kind in (base.__mro__ if base else ())
    )
    for name in names:
        rule = attribute_rule(name).rule
        if rule is not Rule.NATIVE and (not is_plain or name.startswith('__') or not name.isidentifier()):
            return False
        if rule is Rule.REFUSED and not name.startswith('_'):
            return False
    return True


def class_parts(cls: type) -> tuple[str, str, tuple[Any, ...], dict[str, Any]]:
    """Return what `build_class` takes, for a snapshot."""
    bases = tuple(vars(base).get(STAND_IN, base) for base in cls.__bases__ if base is not ScriptRoot)
    entries = {name: value for name, value in vars(cls).items() if name not in _OWN_ENTRIES}
    return cls.__name__, cls.__qualname__, bases, entries


def super_attribute(cls: Any, target: Any, name: str) -> Any:
    """Return what `super(cls, target).name` gives; the native super object itself is never handed out."""
    if type(cls) not in SCRIPT_TYPES:
        raise TypeError('super() needs a class of the script')
    if name in ('format', 'format_map') and isinstance(target, str):
        # CPython's own would read any attribute; the guarded one is found on the instance and on str.
        raise AttributeError(f'super().{name} is refused for a str: use str.{name}(self, ...)')
    found = getattr(super(cls, target), name)
    if name in ('__setattr__', '__delattr__'):
        from monty_flow.interpreter.runtime.stores import guarded_store  # it asks what a script class is

        return guarded_store(name, found)
    return found


def is_constructible(cls: Any) -> bool:
    """Tell whether calling a value makes an instance of a script class, step by step."""
    return type(cls) in SCRIPT_TYPES and type(cls).__call__ is type.__call__


def new_instance(cls: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Do the first half of calling a class."""
    return cls.__new__(cls, *args, **kwargs) if cls.__new__ is not object.__new__ else _plain_new(cls, args, kwargs)


def _plain_new(cls: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if (args or kwargs) and cls.__init__ is object.__init__:
        raise TypeError(f'{cls.__name__}() takes no arguments')
    return object.__new__(cls)


def initialiser(cls: Any, instance: Any) -> Any:
    """Return what the second half of calling a class calls, None where there is nothing to do."""
    if type(instance) is not cls and not isinstance(instance, cls):
        return None
    init = type(instance).__init__
    if init is object.__init__:
        return None
    return init.__get__(instance)


def has_contains(value: object) -> bool:
    """Tell whether `in` asks a method of a script's class."""
    return type(type(value)) in SCRIPT_TYPES and hasattr(type(value), '__contains__')
