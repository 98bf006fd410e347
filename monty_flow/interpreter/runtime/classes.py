"""Script classes: ordinary Python classes of a metaclass of ours, made from what the class body bound.

`ScriptType` marks them, so that every other part can tell a script's class and instances from anything else by an
exact type. Nothing of the class machinery of the host is handed out: no metaclass, no `__mro__`, no
`__subclasses__`, no hook that runs at class creation.
"""

from __future__ import annotations

import datetime
import importlib
import sys
import types
from collections.abc import Callable
from typing import Any, Final, NoReturn

from monty_flow.interpreter.runtime.run import FUEL

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
    ' __irshift__ __and__ __rand__ __iand__ __or__ __ror__ __ior__ __xor__ __rxor__ __ixor__ __doc__'
    ' __copy__ __deepcopy__ __fspath__ __class_getitem__ __instancecheck__ __subclasscheck__ __subclasshook__'.split()
)
#: Dunder names that a class body may not define -> why.
UNDEFINABLE: Final[dict[str, str]] = {
    '__getattribute__': 'use __getattr__, which is asked for what is missing',
    '__mro__': 'a class says itself what its bases are',
    '__weakref__': 'there are no weak references to instances',
}
#: Names that a metaclass may not define besides -> why.
META_UNDEFINABLE: Final[dict[str, str]] = {
    **dict.fromkeys(('__hash__', '__eq__', '__ne__'), 'classes are told apart by what they are'),
    'mro': 'a class says itself what its bases are',
    '__match_args__': 'each class has its own',
}
#: Methods of a metaclass that CPython must not find -> where it keeps them; `MetaRoot` asks them.
META_HIDDEN: Final = {name: '$' + name for name in ('__getattr__', '__instancecheck__')}
#: Bases of a class: CPython takes the cube of their number to find an order of them.
MAX_BASES: Final = 64
#: Under this prefix a class holds the dunder names that CPython must not see: hooks that it would call while it makes a
#: class, where nothing can pause, and names that mean nothing to it.
HIDDEN_PREFIX: Final = '$'
#: Dunder names that CPython itself keeps in the namespace of a class.
_PLAIN: Final = frozenset({'__doc__', '__module__', '__annotations__', '__slots__', '__orig_bases__'})
_SET_NAME: Final = HIDDEN_PREFIX + '__set_name__'
_INIT_SUBCLASS: Final = HIDDEN_PREFIX + '__init_subclass__'
_MRO_ENTRIES: Final = HIDDEN_PREFIX + '__mro_entries__'
#: Names of the facades of those that a metaclass may derive from.
_BASES_OF_METACLASSES: Final = frozenset({'type', 'ABCMeta'})
#: Where a class keeps its `__match_args__`; `match_args` gives the names to CPython.
MATCH_ARGS: Final = HIDDEN_PREFIX + '__match_args__'
#: Where it keeps which of them were looked at, and for which bases.
JUDGED: Final = HIDDEN_PREFIX + 'judged'
#: Slots that CPython gives a meaning of its own.
_SPECIAL_SLOTS: Final = frozenset({'__dict__', '__weakref__'})
#: Built-in types that a script may subclass, apart from exceptions.
SUBCLASSABLE: Final = frozenset(
    {
        object, int, float, complex, str, bytes, list, tuple, dict, set, frozenset, datetime.date, datetime.time,
        datetime.datetime, datetime.timedelta, datetime.tzinfo, bytearray, enumerate, property, BaseException,
        KeyboardInterrupt, SystemExit, GeneratorExit, BaseExceptionGroup,
    }
)  # fmt: skip
#: Built-in types -> what a class derives from natively when it names one; `paying_bases` fills it.
PAYING_BASES: Final[dict[Any, type]] = {}
#: Entries of a class's namespace that Python makes itself.
_OWN_ENTRIES = frozenset(
    {'_abc_impl', '__dict__', '__weakref__', '__qualname__', '__firstlineno__', '__static_attributes__', JUDGED}
)
#: Entries that the runtime makes itself, past the guard of script classes -> the type that they must have in a snapshot.
STRUCTURE: Final[dict[str, type]] = {'__annotations__': dict}
#: Prefix under which the function of a class body holds what the body binds.
BODY_PREFIX = '@'


class ScriptType(type):
    """The type of all script classes."""

    def __repr__(cls) -> str:
        return f"<class '{cls.__module__}.{cls.__qualname__}'>"


class GuardedType(ScriptType):
    """The type of the classes that derive from those of ours which scripts can name, and of these: they cannot be changed."""

    def __setattr__(cls, name: str, value: object) -> None:
        if cls in SHARED:
            raise TypeError(f"cannot set '{name}' attribute of immutable type '{cls.__name__}'")
        type.__setattr__(cls, name, value)

    def __delattr__(cls, name: str) -> None:
        if cls in SHARED:
            raise TypeError(f"cannot delete '{name}' attribute of immutable type '{cls.__name__}'")
        type.__delattr__(cls, name)


class MetaclassType(GuardedType):
    """The type of the metaclasses that scripts write.

    These are found wherever the type of a script's classes is looked for, in sets and tables too: so their classes are script classes.
    """

    def __hash__(cls) -> int:
        return _HASH

    def __eq__(cls, other: object) -> bool:
        return cls is other or other is ScriptType

    def __setattr__(cls, name: str, value: object) -> None:
        if name in META_UNDEFINABLE:
            raise TypeError(f"a metaclass cannot define '{name}' in a script: {META_UNDEFINABLE[name]}")
        super().__setattr__(name, value)


# The name that errors of CPython say.
_HASH: Final = hash(ScriptType)
MetaclassType.__name__ = 'type'
ScriptType.__name__ = GuardedType.__name__ = 'type'


class ScriptRoot(metaclass=ScriptType):
    """The hidden base of script classes that have no other: shows no address."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f'<{type(self).__module__}.{type(self).__qualname__} object>'


class ScriptBaseException(BaseException):
    """The hidden base of script exceptions that derive from BaseException: so handlers of scripts know them."""

    __stand_in__ = BaseException


#: Metaclasses of script classes: each is ours, and marks what a script made by its exact type.
SCRIPT_TYPES: Final[set[type]] = {ScriptType, GuardedType, MetaclassType}
#: Classes of ours that scripts derive from: all runs share them, so that no script may change them or see what they hold.
SHARED: Final[set[type]] = {ScriptRoot}
#: Of these, the ones that scripts do not see among the bases of a class.
HIDDEN_BASES: Final[set[type]] = {ScriptRoot}
#: The metaclasses that a script may name, each with the base that it stands for.
METACLASSES: Final[list[tuple[Any, Any]]] = []
#: What a script names as the base of a metaclass -> the native base; `metaclasses`, which few scripts need, adds these when it is loaded.
META_BASES: Final[list[tuple[Any, type]]] = []
#: Facades of metaclasses, but for `type` -> the native ones.
NATIVE_METACLASSES: Final[dict[Any, type]] = {}
#: What makes the classes whose bases have a metaclass with ways of its own.
MAKERS: Final[dict[type, Callable[..., Any]]] = {}


def is_script_function(value: object) -> bool:
    """Tell whether a function was compiled by us for a run: its globals are those of a run."""
    return type(value) is types.FunctionType and FUEL in value.__globals__


def annotate(function: Any, annotations: dict[str, Any]) -> None:
    """Give a function that was just made its annotations."""
    function.__annotations__ = annotations


def is_own_method(value: object) -> bool:
    """Tell whether a value is a bound method of a script."""
    return type(value) is types.MethodType and is_script_function(value.__func__)


def is_script_class(value: object) -> bool:
    return type(value) in SCRIPT_TYPES


def is_script_instance(value: object) -> bool:
    return type(type(value)) in SCRIPT_TYPES


def stored_name(name: str) -> str:
    """Return the key under which a class holds a name of a script."""
    if name in STRUCTURE:
        return name
    if not (name.startswith('__') and name.endswith('__') and len(name) > 4) or name in DEFINABLE or name in _PLAIN:
        return name
    return HIDDEN_PREFIX + name


def visible_entries(cls: type) -> dict[str, Any]:
    """Return a copy of what a class holds, under the names that the script knows."""
    if cls in SHARED:
        return {'__module__': cls.__module__}
    return {name.removeprefix(HIDDEN_PREFIX): value for name, value in vars(cls).items() if not _is_ours(name)}


def _is_ours(name: str) -> bool:
    return name == '_abc_impl' or (name.startswith(HIDDEN_PREFIX) and not name.startswith(HIDDEN_PREFIX + '__'))


def make_class(
    name: str, qualname: str, bases: tuple[Any, ...], keywords: dict[str, Any], names: dict[str, Any]
) -> type:
    """Return the class of a `class` statement; `names` are the locals of its body's function."""
    if has_own_maker(bases, keywords):
        from monty_flow.interpreter.runtime.metaclasses import make_by_metaclass  # few scripts have some

        return make_by_metaclass(name, qualname, bases, keywords, names)  # type: ignore[no-any-return]
    for base in bases:
        maker = MAKERS.get(type(base))
        if maker is not None:
            return maker(name, qualname, bases, keywords, names)  # type: ignore[no-any-return]
    cls, namespace = begin_class(name, qualname, bases, keywords, names)
    finish_class(cls, namespace, keywords)
    return cls


def has_own_maker(bases: tuple[Any, ...], keywords: dict[str, Any]) -> bool:
    """Tell whether a class is made by a metaclass of the script, or by another callable that it names as one."""
    given = keywords.get('metaclass')
    if given is not None and all(given is not known for known, _ in METACLASSES):
        return True
    return any(type(type(base)) is MetaclassType for base in bases)


def script_metaclass(bases: tuple[Any, ...], given: Any) -> Any:
    """Return the most derived metaclass of a script among the one that is named and those of the bases."""
    found = given
    for kind in map(type, bases):
        if type(kind) is MetaclassType and (
            type(found) is not MetaclassType or any(each is found for each in kind.__mro__)
        ):
            found = kind
    return found


def begin_or_make(
    name: str, qualname: str, bases: tuple[Any, ...], keywords: dict[str, Any], names: dict[str, Any]
) -> tuple[type, dict[str, Any] | None]:
    """Return what `begin_class` does, or a class that is made already, without what its body bound."""
    if any(type(base) in MAKERS for base in bases) or has_own_maker(bases, keywords):
        return make_class(name, qualname, bases, keywords, names), None
    return begin_class(name, qualname, bases, keywords, names)


def begin_class(
    name: str, qualname: str, bases: tuple[Any, ...], keywords: dict[str, Any], names: dict[str, Any]
) -> tuple[type, dict[str, Any]]:
    """Return a class whose hooks have not run yet, and what its body bound."""
    if 'metaclass' in keywords:
        bases = with_metaclass(keywords.pop('metaclass'), bases)
    namespace = {key[1:]: value for key, value in names.items() if key.startswith(BODY_PREFIX)}
    resolved = resolved_bases(bases)
    cls = build_class(name, qualname, checked_bases(resolved), namespace, names.get('$annotations'))
    if len(resolved) != len(bases) or any(one is not other for one, other in zip(resolved, bases, strict=True)):
        type.__setattr__(cls, '__orig_bases__', bases)
    return cls, namespace


def with_metaclass(metaclass: Any, bases: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the bases of a class for which one of the metaclasses is named that a script may name."""
    for known, base in METACLASSES:
        if metaclass is known:
            if base is None or any(type(each) is not type and isinstance(each, type(base)) for each in bases):
                return bases
            return (*[each for each in bases if each is not object], base)
    raise TypeError('metaclasses are refused: use a class decorator or a base class')


def finish_class(cls: type, namespace: dict[str, Any], keywords: dict[str, Any]) -> None:
    """Run the hooks of class creation: `__set_name__` of what the body bound, `__init_subclass__` of the bases."""
    for name, hook in name_hooks(namespace):
        try:
            hook(cls, name)
        except MemoryError:
            raise
        except Exception as error:
            set_name_error(cls, name, namespace, error)
    hook = subclass_hook(cls, keywords)
    if hook is not None:
        hook(**keywords)


def set_name_error(cls: type, name: str, namespace: dict[str, Any], error: Exception) -> NoReturn:
    """Raise what CPython raises for an error of a `__set_name__`."""
    kind = type(namespace[name]).__name__
    text = f"Error calling __set_name__ on '{kind}' instance '{name}' in '{cls.__name__}'"
    if sys.version_info >= (3, 12):
        error.add_note(text)
        raise error
    raise RuntimeError(text) from error


def name_hooks(namespace: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return (name, bound hook) of each value in a class body that asks for its name."""
    return [
        (name, getattr(value, _SET_NAME))
        for name, value in namespace.items()
        if type(type(value)) in SCRIPT_TYPES and hasattr(type(value), _SET_NAME)
    ]


def bound_member(found: Any, instance: Any, owner: Any) -> Any:
    """Return what CPython makes of a member of a class: it asks the type of the member, and never the member itself.

    Until Python 3.13 bound methods are no descriptors, and `found.__get__` would be that of the function within: of one of
    ours, which a script must never get hold of.
    """
    kind = type(found)
    return kind.__get__(found, instance, owner) if hasattr(kind, '__get__') else found


def subclass_hook(cls: type, keywords: dict[str, Any]) -> Any:
    """Return the bound `__init_subclass__` that the bases of a class define, None where none does."""
    for base in cls.__mro__[1:]:
        if _INIT_SUBCLASS in base.__dict__:
            return bound_member(base.__dict__[_INIT_SUBCLASS], None, cls)
    if keywords:
        raise TypeError(f'{cls.__name__}.__init_subclass__() takes no keyword arguments')
    return None


def resolved_bases(bases: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the bases with those that are no classes replaced by what their `__mro_entries__` gives."""
    if not any(type(type(base)) in SCRIPT_TYPES or type(base) is types.GenericAlias for base in bases):
        return bases
    found: list[Any] = []
    for base in bases:
        if type(base) is types.GenericAlias:
            found.append(base.__origin__)
        elif type(type(base)) in SCRIPT_TYPES and hasattr(base, _MRO_ENTRIES):
            entries = getattr(base, _MRO_ENTRIES)(bases)
            if type(entries) is not tuple:
                raise TypeError('__mro_entries__ must return a tuple')
            found += entries
        else:
            found.append(base)
    return tuple(found)


def check_member(name: str, value: Any, bases: tuple[Any, ...]) -> None:
    """Refuse what a class may not hold under a name."""
    if name in UNDEFINABLE:
        raise TypeError(f"a class cannot define '{name}' in a script: {UNDEFINABLE[name]}")
    if name.startswith(HIDDEN_PREFIX):
        raise TypeError(f"a class cannot define '{name}' in a script")
    if name in META_UNDEFINABLE and any(type(base) is MetaclassType for base in bases):
        raise TypeError(f"a metaclass cannot define '{name}' in a script: {META_UNDEFINABLE[name]}")
    if name == '__match_args__':
        check_match_args(bases, value)


def build_class(
    name: str,
    qualname: str,
    bases: tuple[type, ...],
    namespace: dict[str, Any],
    annotations: dict[str, Any] | None = None,
    metaclass: Any = ScriptType,
) -> type:
    """Return a new class; also what a snapshot makes classes with."""
    is_meta = any(type(base) is MetaclassType for base in bases)
    if is_meta and any(type(base) is not MetaclassType for base in bases):
        # What another class gets later, CPython would ask of the metaclass.
        raise TypeError('a metaclass derives from metaclasses alone in a script')
    body: dict[str, Any] = {'__module__': '__main__', '__qualname__': qualname}
    for key, value in namespace.items():
        if key == '__qualname__':
            body[key] = value
            continue
        check_member(key, value, bases)
        if key == '__slots__':
            value = checked_slots(value, name)
        elif key == '__init_subclass__' and type(value) is types.FunctionType:
            value = classmethod(value)
        body[META_HIDDEN[key] if is_meta and key in META_HIDDEN else stored_name(key)] = value
    if not any(type(base) in SCRIPT_TYPES for base in bases):
        kept = tuple(base for base in bases if base is not object)
        # An exception shows no address by itself, and a built-in base brings its own way of showing.
        bases = kept or (ScriptRoot,)
    if annotations:
        body['__annotations__'] = annotations
    metaclass = script_metaclass(bases, metaclass)
    if type(metaclass) is not MetaclassType:
        return metaclass(name, bases, body)  # type: ignore[no-any-return]
    from monty_flow.interpreter.runtime.metaclasses import native_maker  # few scripts have some

    return native_maker(metaclass)(metaclass, name, bases, body)  # type: ignore[no-any-return]


class TypeStandIn:
    """Base of what scripts hold in the place of a native type, where making an instance takes the run."""

    __slots__ = ()

    def _native_base(self) -> type | None:
        """Return the class that a script class derives from when it names this one, None where it cannot."""
        raise NotImplementedError

    def _native_kind(self) -> Any:
        """Return the class that its methods are found on, itself where it shows none."""
        raise NotImplementedError


def native_type(stand_in: TypeStandIn) -> Any:
    """Return the class that a stand-in's methods are found on."""
    return stand_in._native_kind()


#: Native types that scripts know as a `TypeStandIn` -> the module and the name that export it.
OF_RUN: Final[dict[type, tuple[str, str]]] = {}


#: Where the class of `TypeStandIn._native_base` holds what it stands for. No script can write this name.
STAND_IN: Final = '__stand_in__'


def checked_slots(slots: Any, class_name: str) -> Any:
    """Return the value of `__slots__` with its names looked at: none that CPython itself reads of an instance."""
    names = (slots,) if isinstance(slots, str) else tuple(slots)
    for name in names:
        if not isinstance(name, str):
            raise TypeError(f"__slots__ items must be strings, not '{type(name).__name__}'")
    names = tuple([str.__str__(name) for name in names])
    for name in names:
        is_dunder = name.startswith('__') and name.endswith('__')
        if name.startswith(HIDDEN_PREFIX) or (is_dunder and name not in _SPECIAL_SLOTS):
            raise TypeError(f"__slots__ of '{class_name}' cannot name '{name}' in a script")
    if type(slots) is dict:
        return dict(zip(names, slots.values(), strict=True))
    return names[0] if isinstance(slots, str) else names


def checked_bases(bases: tuple[Any, ...]) -> tuple[type, ...]:
    """Refuse a base that a script may not derive from; return what a class derives from natively."""
    if len(bases) > MAX_BASES:
        raise TypeError(f'a class in a script has at most {MAX_BASES} bases')
    return tuple([_checked_base(base) for base in bases])


def enumeration_bases(bases: tuple[Any, ...]) -> tuple[type, ...]:
    """Return the bases of an enumeration, checked: its members are few, so a built-in among them is the built-in itself."""
    plain = {stand_in: base for base, stand_in in PAYING_BASES.items()}
    return tuple([plain.get(base, base) for base in checked_bases(bases)])


def _checked_base(base: Any) -> Any:
    if type(base) in SCRIPT_TYPES:
        return base
    if isinstance(base, TypeStandIn):
        native = base._native_base()
        if native is not None:
            return native
    elif base is BaseException:
        return ScriptBaseException
    elif type(base) is type and base in PAYING_BASES:
        return PAYING_BASES[base]
    elif type(base) is type and (base in SUBCLASSABLE or _is_exception(base)):
        return base
    if getattr(base, '_name', '') in _BASES_OF_METACLASSES and not META_BASES:
        importlib.import_module('monty_flow.interpreter.runtime.metaclasses')
    for known, root in META_BASES:
        if base is known:
            return root
    shown: Any = type(base).__name__
    if type(type(base)) not in SCRIPT_TYPES:
        # A facade has the name of the type that it stands for.
        shown = getattr(base, '__name__', None) or getattr(base, '_name', shown)
    raise TypeError(f"type '{shown}' is not an acceptable base type in a script")


def _is_exception(base: type) -> bool:
    return issubclass(base, Exception) and base.__module__ in ('builtins', 'decimal')


def check_match_args(bases: tuple[Any, ...], names: Any) -> None:
    """Refuse names that a pattern must not read, whose reads nothing guards.

    What is no tuple of names fails when it is matched, before anything is read.
    """
    if type(names) is not tuple:
        return
    for name in names:
        if type(name) is str and not may_match(bases, (name,)):
            raise TypeError(f"__match_args__ cannot name '{name}'")


def may_match(bases: tuple[Any, ...], names: tuple[str, ...]) -> bool:
    """Tell whether a pattern may read these attributes of instances of a class with these bases.

    What a class inherits of a built-in type must be native; everything else is what the script put there.
    """
    from monty_flow.interpreter.runtime.universe import Rule, attribute_rule  # the table knows script classes too

    is_plain = all(
        type(kind) in SCRIPT_TYPES or kind is object
        for base in bases
        for kind in (() if base is None else base.__mro__)
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
    entries = {
        # As it was called before it was hidden.
        '__match_args__' if name == MATCH_ARGS else name: value
        for name, value in vars(cls).items()
        if name not in _OWN_ENTRIES and type(value) is not types.MemberDescriptorType
    }
    if entries.get('__module__') == '__main__':
        del entries['__module__']
    if entries.get('__doc__', 0) is None:
        del entries['__doc__']
    return cls.__name__, cls.__qualname__, bases, entries


def slots_of(cls: type) -> list[Any]:
    """Return the descriptors of the slots that a class and its bases define."""
    return [
        value
        for base in cls.__mro__
        if type(base) in SCRIPT_TYPES
        for value in base.__dict__.values()
        if type(value) is types.MemberDescriptorType
    ]


def is_constructible(cls: Any) -> bool:
    """Tell whether calling a value makes an instance of a script class, step by step."""
    return type(cls) in SCRIPT_TYPES and type(cls).__call__ is type.__call__


def maker_of(cls: Any) -> Any:
    """Return the `__new__` that a script has written for a class, None where it has not."""
    maker = cls.__new__
    return maker if is_script_function(maker) or is_own_method(maker) else None


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
    return bound_member(init, instance, type(instance))


def has_method(kind: Any, name: str) -> bool:
    """Tell whether instances of a script's class have a method, which a metaclass of the script may have for the class alone."""
    if type(type(kind)) is MetaclassType:
        return any(name in base.__dict__ for base in kind.__mro__)
    return hasattr(kind, name)


def has_contains(value: object) -> bool:
    """Tell whether `in` asks a method of a script's class."""
    return type(type(value)) in SCRIPT_TYPES and has_method(type(value), '__contains__')
