"""Dunder attributes, as a script may see, set and delete them: one table, closed by construction.

A name with two underscores on both sides is never read natively. It is one of

* a *fact* (`READERS`): `__dict__`, `__mro__`, `__func__`, ...: a function here says for which kinds of object it is
  given, and makes what is given of the universe: a copy, a filtered tuple, an opaque object;
* an *operator* (`universe.OPERATORS`): a method of a built-in type comes back guarded;
* anything else: what a script's own class or instance holds under the name. Of these, the names that CPython acts
  upon itself are stored natively (`classes.DEFINABLE`), the others hidden under `$name`, where no code of CPython looks.

Stores and deletions go the same way (`WRITERS`). Everything else is an AttributeError, in CPython's words.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from types import FunctionType, MappingProxyType, MethodType, TracebackType
from typing import Any, Final

from monty_flow.interpreter.runtime.classes import (
    DEFINABLE,
    HIDDEN_BASES,
    META_HIDDEN,
    OF_RUN,
    SCRIPT_TYPES,
    SHARED,
    STAND_IN,
    MetaclassType,
    bound_member,
    is_script_class,
    is_script_function,
    is_script_instance,
    stored_name,
    visible_entries,
)
from monty_flow.interpreter.runtime.universe import (
    HELD_TYPES,
    TYPES,
    TypeFacade,
    facade_name,
    growing,
    is_error,
    type_of,
)

_UNIVERSE: Final = growing(TYPES, of_values=False)
#: What decorates a function of a class: `__func__`, `__wrapped__` and `__get__` of them give functions of scripts.
_WRAPPERS: Final = (staticmethod, classmethod)
#: Types of what CPython gives for a method or a slot of a type.
_DESCRIPTORS: Final = frozenset(
    {
        types.MethodDescriptorType, types.WrapperDescriptorType, types.ClassMethodDescriptorType,
        types.MemberDescriptorType, types.GetSetDescriptorType,
    }
)  # fmt: skip
_ALIASES: Final = (types.GenericAlias, types.UnionType)
#: Types of ours that are like aliases: `__origin__`, `__args__`, `__parameters__` of one, None where it has not got it.
ALIAS_PARTS: Final[dict[type, Callable[[Any, str], Any]]] = {}
#: Metaclasses whose classes, and the instances of those, list their attributes themselves.
DIRECTORIES: Final[dict[type, Callable[[Any], list[str]]]] = {}
#: Types of ours that stand for methods: how to find the name and the owner of one.
NAMED: Final[dict[type, Callable[[Any], str]]] = {}
OWNED: Final[dict[type, Callable[[Any], Any]]] = {}
#: Find (module, export) of what a module exports to all runs alike; the registry of modules adds itself.
EXPORTERS: Final[list[Callable[[Any], tuple[str, str] | None]]] = []
#: What scripts know types of ours by whose values stand for classes; those say their module in `__qualname__`.
_TYPES_OF_CLASSES: Final = frozenset({'type', 'ABCMeta'})
#: Types of ours whose namespace is what the script put there.
SHOWS_DICT: Final[set[type]] = set()
#: Classes of modules -> the dunder names that they export, such as `sys.__stdout__`.
EXPORTED: Final[dict[type, frozenset[str]]] = {}


class Traceback:
    """Stand for the traceback of an exception: it may be compared and handed back, and shows nothing."""

    __slots__ = ('_native',)
    script_type_name: Final = 'traceback'

    def __init__(self, native: TracebackType | None) -> None:
        self._native = native

    def __eq__(self, other: object) -> bool:
        return type(other) is Traceback and self._native is other._native

    def __hash__(self) -> int:
        return hash(id(self._native))

    def __repr__(self) -> str:
        return '<traceback object>'


def native_traceback(traceback: Traceback) -> TracebackType | None:
    """Return what a stand-in stands for."""
    return traceback._native


def exit_arguments(error: BaseException | None) -> tuple[Any, Any, Any]:
    """Return what an exception on its way out of a context is told by."""
    return (None, None, None) if error is None else (type(error), error, Traceback(error.__traceback__))


def missing(obj: Any, name: str) -> AttributeError:
    """Return the error of an attribute that an object has not, in CPython's words."""
    if isinstance(obj, type):
        return AttributeError(f"type object '{obj.__name__}' has no attribute '{name}'", name=name, obj=obj)
    kind = type_of(obj)
    shown = facade_name(kind) if type(kind) is TypeFacade else kind.__name__
    return AttributeError(f"'{shown}' object has no attribute '{name}'", name=name, obj=obj)


def is_script_value(value: object) -> bool:
    """Tell whether a value is a class, an instance or a function of a script."""
    return is_script_class(value) or is_script_instance(value) or is_script_function(value)


def _function_of(obj: Any) -> Any:
    """Return the script's function behind a function or bound method, None where there is none."""
    function = obj.__func__ if type(obj) is MethodType else obj
    return function if is_script_function(function) else None


# Facts


def _class_of(obj: Any) -> Any:
    if is_script_instance(obj) and (found := _in_classes(type(obj), '$__class__')) is not _NONE:
        return bound_member(found, obj, type(obj))
    return type_of(obj)


def _name_of(obj: Any, name: str) -> Any:
    kind = type(obj)
    if kind is TypeFacade:
        return facade_name(obj)
    if name == '__qualname__' and getattr(kind, 'script_type_name', '') in _TYPES_OF_CLASSES:
        return getattr(obj, name).rpartition('.')[2]
    if is_script_class(obj):
        return getattr(obj, name)
    if kind in NAMED:
        text = NAMED[kind](obj)
        if name != '__qualname__' or kind not in OWNED:
            return text
        owner = OWNED[kind](obj)
        return f'{(owner if isinstance(owner, type) else type(owner)).__qualname__}.{text}'
    if type(kind) in SCRIPT_TYPES:
        return own_attribute(obj, name)
    if kind is MethodType and not is_script_function(obj.__func__) and type(obj.__func__) is FunctionType:
        return obj.__name__.removeprefix('b_')
    return getattr(obj, name)


def _module_of(obj: Any) -> Any:
    kind = type(obj)
    if is_script_class(obj) or _function_of(obj) is not None:
        return obj.__module__
    if is_script_instance(obj):
        return vars(obj).get('__module__', kind.__module__) if hasattr(obj, '__dict__') else kind.__module__
    if kind is type and obj in HELD_TYPES:
        return obj.__module__
    if kind in _WRAPPERS:
        return _module_of(obj.__func__)
    if kind in OWNED or (kind is types.BuiltinFunctionType and type(obj.__self__) is not types.ModuleType):
        # A method of a value, which CPython gives no module.
        return None
    return _home_of(obj)


def _home_of(obj: Any) -> str:
    """Return the module of a class, function or form of the library; raise AttributeError for other values."""
    shown = (
        getattr(obj, '__qualname__', None) if getattr(type(obj), 'script_type_name', '') in _TYPES_OF_CLASSES else None
    )
    if type(shown) is str and '.' in shown:
        return shown.rpartition('.')[0]
    for exporter in EXPORTERS:
        # What only `types` has a name for is of the language itself.
        if (found := exporter(obj)) is not None and (found[0] != 'types' or found[1] == 'SimpleNamespace'):
            return found[0].lstrip('_')
    if type(obj) is TypeFacade or isinstance(obj, type) or _is_function(obj):
        return 'builtins'
    raise missing(obj, '__module__')


def _is_function(obj: Any) -> bool:
    """Tell whether a script takes a value for a function, as `type()` shows it."""
    shown = type_of(obj)
    return type(shown) is TypeFacade and facade_name(shown) in ('function', 'builtin_function_or_method', 'type')


def _doc_of(obj: Any) -> Any:
    kind = type(obj)
    if kind in _UNIVERSE or kind is property or kind in _WRAPPERS or kind in _DESCRIPTORS:
        return obj.__doc__
    if is_script_class(obj) or is_script_instance(obj):
        return obj.__doc__
    return None


def _dict_of(obj: Any) -> Any:
    if is_script_class(obj):
        return MappingProxyType(visible_entries(obj))
    kind = type(obj)
    if is_script_instance(obj) or is_error(kind) or is_script_function(obj):
        return obj.__dict__
    if kind in SHOWS_DICT:
        return obj.__dict__
    if kind is type and obj in HELD_TYPES:
        # The names, for `name in B.__dict__`; what stands under them is CPython's own, and is not handed out.
        return MappingProxyType(dict.fromkeys(vars(obj)))
    raise missing(obj, '__dict__')


def _bases_of(obj: Any, name: str) -> Any:
    if not is_class(obj):
        return own_attribute(obj, name)
    classes = obj.__mro__
    if name == '__bases__':
        classes = tuple([each for base in obj.__bases__ for each in _seen_bases(base)])
    # Without the hidden bases, and what one of them stands for once.
    return tuple(dict.fromkeys([cls for cls in map(_shown_class, classes) if cls is not None]))


def _seen_bases(base: type) -> tuple[type, ...]:
    """Return a base, or in the place of a hidden one what that derives from."""
    while base in HIDDEN_BASES:
        base = base.__bases__[0]
    return (base,)


def _base_of(obj: Any) -> Any:
    return _shown_class(obj.__base__) or object if is_class(obj) and obj is not object else None


def _shown_class(cls: type) -> Any:
    """Return a class of a script's bases as the script knows it, None for what it does not know."""
    if cls in HIDDEN_BASES:
        return None
    if STAND_IN in cls.__dict__:
        return cls.__dict__[STAND_IN]
    return cls if is_script_class(cls) or cls in HELD_TYPES else None


def is_class(obj: Any) -> bool:
    """Tell whether a value is a class that a script may hold natively."""
    return is_script_class(obj) or (type(obj) is type and obj in HELD_TYPES)


def _defaults_of(obj: Any, name: str) -> Any:
    function = _function_of(obj)
    return own_attribute(obj, name) if function is None else getattr(function, name)


def _func_of(obj: Any) -> Any:
    kind = type(obj)
    if kind in _WRAPPERS or (kind is MethodType and (is_script_function(obj.__func__) or _is_held(obj.__func__))):
        return obj.__func__
    raise missing(obj, '__func__')


def _is_held(function: Any) -> bool:
    """Tell whether `types.MethodType` bound a callable of the script that is no function of it."""
    return type(function) is not FunctionType


def _self_of(obj: Any) -> Any:
    kind = type(obj)
    if kind is MethodType and (is_script_function(obj.__func__) or _is_held(obj.__func__)):
        return obj.__self__
    if kind is types.BuiltinFunctionType and (type(obj.__self__) in _UNIVERSE or is_script_instance(obj.__self__)):
        return obj.__self__
    if kind in OWNED:
        return OWNED[kind](obj)
    raise missing(obj, '__self__')


def _wrapped_of(obj: Any) -> Any:
    return obj.__func__ if type(obj) in _WRAPPERS else own_attribute(obj, '__wrapped__')


def _objclass_of(obj: Any) -> Any:
    kind = type(obj)
    owner = obj.__objclass__ if kind in _DESCRIPTORS else OWNED[kind](obj) if kind in OWNED else None
    if isinstance(owner, type) and is_class(owner):
        return owner
    raise missing(obj, '__objclass__')


def _alias_part(obj: Any, name: str) -> Any:
    if type(obj) in ALIAS_PARTS:
        found = ALIAS_PARTS[type(obj)](obj, name)
        if found is None:
            raise missing(obj, name)
        return found
    if type(obj) not in _ALIASES:
        return own_attribute(obj, name)
    part = getattr(obj, name)
    if isinstance(part, type) and not is_class(part):
        raise missing(obj, name)
    return part


def _link_of(obj: Any, name: str) -> Any:
    if not isinstance(obj, BaseException):
        return own_attribute(obj, name)
    value = getattr(obj, name)
    return value if is_error(type(value)) or is_script_instance(value) else None


def _traceback_of(obj: Any) -> Any:
    if not isinstance(obj, BaseException):
        return own_attribute(obj, '__traceback__')
    return None if obj.__traceback__ is None else Traceback(obj.__traceback__)


def _is_abstract(obj: Any) -> Any:
    plain = type(obj) is property or type(obj) in _WRAPPERS
    return obj.__isabstractmethod__ if plain else own_attribute(obj, '__isabstractmethod__')


def _call_of(obj: Any) -> Any:
    """Return what calls `obj`: itself, or what its class defines."""
    if is_script_class(obj):
        return obj if _in_classes(obj, '__call__') is _NONE else own_attribute(obj, '__call__')
    if is_script_instance(obj):
        return own_attribute(obj, '__call__')
    if callable(obj):
        return obj
    raise missing(obj, '__call__')


def _getter_of(obj: Any, name: str) -> Any:
    kind = type(obj)
    if is_script_function(obj) or kind is property or kind in _WRAPPERS:
        return getattr(obj, name)
    return own_attribute(obj, name)


def _annotations_of(obj: Any) -> Any:
    if type(obj) in _WRAPPERS:
        return _annotations_of(obj.__func__)
    function = _function_of(obj)
    if function is not None:
        return function.__annotations__
    if not is_script_class(obj):
        return own_attribute(obj, '__annotations__')
    found = vars(obj).get('__annotations__')
    if found is None:
        found = {}
        if obj not in SHARED:
            type.__setattr__(obj, '__annotations__', found)
    return found


def _notes_of(obj: Any, name: str) -> Any:
    return getattr(obj, name) if isinstance(obj, BaseException) else own_attribute(obj, name)


def _hook(obj: Any) -> Any:
    """Return the hook of class creation that every class inherits."""
    if is_class(obj):
        found = _in_classes(obj, '$__init_subclass__')
        return _NoKeywords(obj) if found is _NONE else bound_member(found, None, obj)
    return own_attribute(obj, '__init_subclass__')


class _NoKeywords:
    """`object.__init_subclass__`, bound to a class."""

    __slots__ = ('_cls',)
    script_type_name: Final = 'builtin_function_or_method'

    def __init__(self, cls: type) -> None:
        self._cls = cls

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        if args:
            raise TypeError(f'object.__init_subclass__() takes no arguments ({len(args)} given)')
        if kwargs:
            raise TypeError(f'{self._cls.__name__}.__init_subclass__() takes no keyword arguments')


class _PropertyName:
    """`property.__set_name__`, bound: CPython's own keeps any object, and shows it in errors."""

    __slots__ = ('_property',)
    script_type_name: Final = 'builtin_function_or_method'

    def __init__(self, owner: property) -> None:
        self._property = owner

    def __call__(self, *args: Any) -> None:
        if len(args) != 2:
            raise TypeError(f'__set_name__() takes 2 positional arguments but {len(args)} were given')
        if isinstance(args[1], str):
            set_name: Any = property.__set_name__  # type: ignore[attr-defined]
            set_name(self._property, args[0], str.__str__(args[1]))


def no_keywords(cls: type) -> Any:
    """Return what `super().__init_subclass__` gives where no base defines one."""
    return _NoKeywords(cls)


#: Name -> what a script sees of it; the readers with two parameters serve several names.
READERS: Final[dict[str, Callable[[Any], Any]]] = {
    '__class__': _class_of,
    '__name__': lambda obj: _name_of(obj, '__name__'),
    '__qualname__': lambda obj: _name_of(obj, '__qualname__'),
    '__module__': _module_of,
    '__doc__': _doc_of,
    '__dict__': _dict_of,
    '__bases__': lambda obj: _bases_of(obj, '__bases__'),
    '__mro__': lambda obj: _bases_of(obj, '__mro__'),
    '__base__': _base_of,
    '__defaults__': lambda obj: _defaults_of(obj, '__defaults__'),
    '__kwdefaults__': lambda obj: _defaults_of(obj, '__kwdefaults__'),
    '__func__': _func_of,
    '__self__': _self_of,
    '__wrapped__': _wrapped_of,
    '__objclass__': _objclass_of,
    '__origin__': lambda obj: _alias_part(obj, '__origin__'),
    '__args__': lambda obj: _alias_part(obj, '__args__'),
    '__parameters__': lambda obj: _alias_part(obj, '__parameters__'),
    '__metadata__': lambda obj: _alias_part(obj, '__metadata__'),
    '__forward_arg__': lambda obj: _alias_part(obj, '__forward_arg__'),
    '__supertype__': lambda obj: _alias_part(obj, '__supertype__'),
    '__value__': lambda obj: _alias_part(obj, '__value__'),
    '__type_params__': lambda obj: _alias_part(obj, '__type_params__'),
    '__bound__': lambda obj: _alias_part(obj, '__bound__'),
    '__constraints__': lambda obj: _alias_part(obj, '__constraints__'),
    '__covariant__': lambda obj: _alias_part(obj, '__covariant__'),
    '__contravariant__': lambda obj: _alias_part(obj, '__contravariant__'),
    '__cause__': lambda obj: _link_of(obj, '__cause__'),
    '__context__': lambda obj: _link_of(obj, '__context__'),
    '__suppress_context__': lambda obj: _notes_of(obj, '__suppress_context__'),
    '__notes__': lambda obj: _notes_of(obj, '__notes__'),
    '__traceback__': _traceback_of,
    '__isabstractmethod__': _is_abstract,
    '__annotations__': _annotations_of,
    '__call__': _call_of,
    '__get__': lambda obj: _getter_of(obj, '__get__'),
    '__set__': lambda obj: _getter_of(obj, '__set__') if type(obj) is property else own_attribute(obj, '__set__'),
    '__delete__': lambda obj: (
        _getter_of(obj, '__delete__') if type(obj) is property else own_attribute(obj, '__delete__')
    ),
    '__init_subclass__': _hook,
    '__set_name__': lambda obj: _PropertyName(obj) if isinstance(obj, property) else own_attribute(obj, '__set_name__'),
}


# What a script's own class or instance holds

_NONE: Final = object()


def _in_classes(cls: type, key: str) -> Any:
    """Return what the nearest class of the MRO holds under a key, `_NONE` where none does."""
    for base in cls.__mro__:
        if key in base.__dict__:
            return base.__dict__[key]
    return _NONE


def own_attribute(obj: Any, name: str) -> Any:
    """Return a dunder attribute that has no meaning of its own: what the script put there."""
    kind = type(obj)
    key = META_HIDDEN[name] if kind is MetaclassType and name in META_HIDDEN else stored_name(name)
    if kind in SCRIPT_TYPES:
        if _in_script_classes(obj, key) is not _NONE:
            return getattr(obj, key)
        if type(kind) is MetaclassType and (found := _in_script_classes(kind, key)) is not _NONE:
            return bound_member(found, obj, kind)
        if kind is MetaclassType and name == '__prepare__':
            from monty_flow.interpreter.runtime.metaclasses import METHODS_OF_TYPE  # few scripts have some

            return METHODS_OF_TYPE[name]
        if type(kind) is MetaclassType and (asked := _in_classes(kind, META_HIDDEN['__getattr__'])) is not _NONE:
            return bound_member(asked, obj, kind)(name)
    elif type(kind) in SCRIPT_TYPES:
        own = getattr(obj, '__dict__', None)
        if own is not None and name in own:
            return own[name]
        if _in_script_classes(kind, key) is not _NONE:
            return getattr(obj, key)
        if _in_classes(kind, '__getattr__') is not _NONE:
            return kind.__getattr__(obj, name)
    elif is_script_function(obj):
        if name in obj.__dict__:
            return obj.__dict__[name]
    elif kind is MethodType and is_script_function(obj.__func__):
        return own_attribute(obj.__func__, name)
    elif name in EXPORTED.get(kind, ()) or (kind in OF_RUN and name in DEFINABLE and hasattr(kind, name)):
        return getattr(obj, name)
    raise missing(obj, name)


def _in_script_classes(cls: type, key: str) -> Any:
    for base in cls.__mro__:
        if key in base.__dict__:
            return base.__dict__[key] if type(base) in SCRIPT_TYPES and base not in SHARED else _NONE
    return _NONE


def read(obj: Any, name: str) -> Any:
    """Return the dunder attribute `name`, which is no operator, as a script may see it."""
    reader = READERS.get(name)
    return own_attribute(obj, name) if reader is None else reader(obj)
