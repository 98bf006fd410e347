"""Metaclasses of scripts: classes that derive from `type` or `ABCMeta`, and the making of the classes that have one.

A metaclass is a native class like those of every script class, so that CPython itself does what it does in CPython: it finds its
methods for its classes, binds them, and calls its operators. Only these are otherwise:

* The body of a class is run before the metaclass is asked, as a function whose names then go into what `__prepare__` gave.
* `super().__new__`, `type.__new__` and `type.__call__` are ours: they make a class or an instance with the checks of a class statement.
* `__getattr__` and `__instancecheck__` are asked by `MetaRoot`: the first never for names of the runtime or those with two underscores, which
  tables serve, and where the second counts a value, `match_args` looks at what patterns would read of it.
* Classes are keys of the runtime's own tables, so a metaclass cannot define `__hash__` and `__eq__` (`classes.META_UNDEFINABLE`), nor
  `mro`, which would give a class other bases than those that were looked at.

What the methods of a metaclass call cannot stop in the middle of making a class: CPython's own code lies between.
"""

from __future__ import annotations

import types
from typing import Any, Final

from monty_flow.interpreter.runtime.abstract import AbstractType, generic_bases
from monty_flow.interpreter.runtime.classes import (
    BODY_PREFIX,
    META_BASES,
    META_HIDDEN,
    SHARED,
    STAND_IN,
    GuardedType,
    MetaclassType,
    ScriptType,
    bound_member,
    build_class,
    checked_bases,
    finish_class,
    is_script_class,
    resolved_bases,
    script_metaclass,
)
from monty_flow.interpreter.runtime.immutable import Immutable
from monty_flow.interpreter.runtime.match_args import check_claim
from monty_flow.interpreter.runtime.pause import Barrier
from monty_flow.interpreter.runtime.universe import TYPE, checked_parts, class_of_parts, facade_named

ABC_META: Final = facade_named('ABCMeta')


def _name_of_type(value: object) -> str:
    name: str = getattr(type(value), 'script_type_name', type(value).__name__)
    return name


class ClassMaker(Immutable):
    """`type.__new__`."""

    __slots__ = ()
    script_type_name: Final = 'builtin_function_or_method'

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        if not args:
            raise TypeError('type.__new__(): not enough arguments')
        metaclass, parts = args[0], args[1:]
        if metaclass is TYPE:
            return class_of_parts(parts, kwargs)
        if metaclass is ABC_META:
            return class_of_parts(parts, {**kwargs, 'metaclass': ABC_META})
        if type(metaclass) is not MetaclassType:
            raise TypeError(f'type.__new__(X): X is not a type object ({_name_of_type(metaclass)})')
        return _made(metaclass, *checked_parts(parts, kwargs))

    def __repr__(self) -> str:
        return '<built-in method __new__ of type object>'


class TypeMethod(Immutable):
    """Another method of `type`, bound to a class or not."""

    __slots__ = ('_bound', '_name')
    _bound: tuple[Any, ...]
    _name: str
    script_type_name: Final = 'method-wrapper'

    def __init__(self, name: str, *bound: Any) -> None:
        object.__setattr__(self, '_name', name)
        object.__setattr__(self, '_bound', bound)

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        if self._name == '__prepare__':
            return {}
        args = self._bound + args
        if not args or not is_script_class(args[0]):
            raise TypeError(f"descriptor '{self._name}' of 'type' objects needs a class of the script")
        return Barrier(METHODS[self._name])(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<method '{self._name}' of 'type' objects>"


MAKER: Final = ClassMaker()


class MetaRoot(GuardedType, metaclass=MetaclassType):
    """The hidden base of metaclasses: what a script names as `type`."""

    __new__ = MAKER

    def __getattr__(cls, name: str) -> Any:
        asked = None if name.startswith(('$', '__')) else _method_in(cls, '__getattr__')
        if asked is not None:
            return asked(name)
        raise AttributeError(f"type object '{cls.__name__}' has no attribute '{name}'", name=name, obj=cls)

    def __instancecheck__(cls, value: Any) -> bool:
        asked = _method_in(cls, '__instancecheck__')
        counts = bool(super().__instancecheck__(value) if asked is None else Barrier(asked)(value))
        if counts:
            check_claim(cls, value)
        return counts


def _method_in(cls: Any, name: str) -> Any:
    """Return a hidden method of the metaclass of a class, bound; None where there is none."""
    key = META_HIDDEN[name]
    for base in type(cls).__mro__:
        if key in base.__dict__:
            return bound_member(base.__dict__[key], cls, type(cls))
    return None


class AbstractMetaRoot(MetaRoot, AbstractType):
    """The same of those that derive from `ABCMeta`."""

    __new__ = MAKER


for _root, _stand_in in ((MetaRoot, TYPE), (AbstractMetaRoot, ABC_META)):
    type.__setattr__(_root, STAND_IN, _stand_in)
    _root.__name__ = _root.__qualname__ = _stand_in._name
    META_BASES.append((_stand_in, _root))
    SHARED.add(_root)
#: What methods of `type` do, but for `__new__`.
METHODS: Final[dict[str, Any]] = {
    '__call__': type.__call__,
    '__init__': type.__init__,
    '__instancecheck__': lambda cls, value: native_of(cls).__instancecheck__(cls, value),
    '__subclasscheck__': lambda cls, value: native_of(cls).__subclasscheck__(cls, value),
    '__repr__': ScriptType.__repr__,
    '__str__': ScriptType.__repr__,
    '__hash__': object.__hash__,
    '__eq__': object.__eq__,
    '__or__': lambda cls, other: type.__or__(cls, other),
    '__prepare__': None,
}
#: What scripts get as methods of `type`; all others are refused.
METHODS_OF_TYPE: Final[dict[str, Any]] = {'__new__': MAKER, **{name: TypeMethod(name) for name in METHODS}}


def method_of_type(cls: Any, name: str) -> Any:
    """Return a method of `type` as `super()` in a metaclass finds it, bound to a class where there is one."""
    if name == 'register' and isinstance(cls, AbstractType):
        return cls.register
    if name not in METHODS_OF_TYPE:
        raise AttributeError(f"'super' object has no attribute '{name}'")
    return METHODS_OF_TYPE[name] if cls is None or name == '__new__' else TypeMethod(name, cls)


def native_of(cls: Any) -> Any:
    """Return the native metaclass behind that of a class."""
    return AbstractType if isinstance(cls, AbstractType) else type


def native_maker(metaclass: Any) -> Any:
    """Return the native `__new__` behind a metaclass of a script."""
    return AbstractType.__new__ if issubclass(metaclass, AbstractType) else type.__new__


def _maker_of(metaclass: Any) -> Any:
    return metaclass.__new__


def _winner(metaclass: Any, bases: tuple[Any, ...]) -> Any:
    """Return the most derived metaclass of these, as CPython finds it; errors are left to CPython."""
    for base in bases:
        kind: Any = type(base)
        if any(each is metaclass for each in kind.__mro__):
            metaclass = kind
    return metaclass


def _made(
    metaclass: Any, name: str, qualname: str, bases: tuple[Any, ...], keywords: dict[str, Any], names: dict[str, Any]
) -> Any:
    """Do `type.__new__(metaclass, name, bases, namespace)`."""
    namespace = {key[1:]: value for key, value in names.items() if key.startswith(BODY_PREFIX)}
    stripped, kept = generic_bases(bases)
    checked = checked_bases(stripped)
    winner = _winner(metaclass, checked)
    if winner is not metaclass and type(winner) is MetaclassType and _maker_of(winner) is not _maker_of(metaclass):
        return _maker_of(winner)(winner, name, bases, namespace, **keywords)
    namespace.pop('__classcell__', None)
    annotations = namespace.pop('__annotations__', None)
    if annotations is not None and type(annotations) is not dict:
        raise TypeError('__annotations__ of a class in a script is a dict')
    made = build_class(name, qualname, checked, namespace, annotations, metaclass=winner)
    for key, value in kept.items():
        type.__setattr__(made, key, value)
    finish_class(made, namespace, keywords)
    return made


def make_by_metaclass(
    name: str, qualname: str, bases: tuple[Any, ...], keywords: dict[str, Any], names: dict[str, Any]
) -> Any:
    """Return what the metaclass of a `class` statement makes."""
    keywords = dict(keywords)
    maker = keywords.pop('metaclass', TYPE)
    resolved = resolved_bases(tuple([base for base in bases if type(base) is not types.GenericAlias]))
    if maker is TYPE or maker is ABC_META or type(maker) is MetaclassType:
        maker = script_metaclass(resolved, maker)
    body = {key[1:]: value for key, value in names.items() if key.startswith(BODY_PREFIX)}
    namespace = _prepared(maker, name, bases, keywords)
    for key, value in {'__module__': '__main__', '__qualname__': qualname, **body}.items():
        namespace[key] = value
    if names.get('$annotations'):
        namespace['__annotations__'] = names['$annotations']
    made_bases = bases if any(type(base) is types.GenericAlias for base in bases) else resolved
    if made_bases is not bases and made_bases != bases:
        namespace['__orig_bases__'] = bases
    return Barrier(maker)(name, made_bases, namespace, **keywords)


def _prepared(maker: Any, name: str, bases: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    """Return the namespace that `__prepare__` gives."""
    hook = getattr(maker, '$__prepare__', None) if type(maker) is MetaclassType else None
    if hook is None:
        return {}
    namespace = Barrier(hook)(name, bases, **keywords)
    if not isinstance(namespace, dict):
        raise TypeError(f'{maker.__name__}.__prepare__() must return a mapping, not {_name_of_type(namespace)}')
    return namespace
