"""Abstract classes, generic classes and protocols: the metaclasses behind them, and the bases that scripts name.

CPython itself refuses to make an instance of a class whose `__abstractmethods__` is not empty; what is here finds those
names, and answers isinstance() for classes that were registered, for `__subclasshook__`, and for protocols.
The bases are shared by all runs and cannot be changed.
"""

from __future__ import annotations

import importlib
import types
from typing import Any, Final

from monty_flow.interpreter.runtime.classes import (
    HIDDEN_BASES,
    MAKERS,
    METACLASSES,
    NATIVE_METACLASSES,
    SCRIPT_TYPES,
    SHARED,
    STRUCTURE,
    GuardedType,
    ScriptRoot,
    begin_class,
    finish_class,
)
from monty_flow.interpreter.runtime.match_args import check_claim
from monty_flow.interpreter.runtime.universe import SHOWN_NAMES, TYPE, facade_named

#: Where an abstract class keeps the classes that were registered with it; no script can write this name.
REGISTERED: Final = '$registered'
#: Where a class keeps the abstract classes of library modules with which it was registered.
REGISTERED_WITH: Final = '$registered_with'
_set: Final = type.__setattr__
#: CPython's own half of `abc`, in C: it finds abstract methods and caches the answers to isinstance().
_abc: Final[Any] = importlib.import_module('_abc')
_init_abstract, _register = _abc._abc_init, _abc._abc_register
_is_instance, _is_subclass = _abc._abc_instancecheck, _abc._abc_subclasscheck


class AbstractType(GuardedType):
    """The metaclass of abstract classes."""

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> Any:
        made = super().__new__(cls, name, bases, namespace)
        _init_abstract(made)
        return made

    def register(cls, subclass: Any) -> Any:
        """Make a class count as a subclass."""
        if not isinstance(subclass, type):
            raise TypeError('Can only register classes')
        if any(cls is known for known in SHARED):
            raise TypeError(f'classes cannot be registered with {cls.__name__}, which all runs share')
        _register(cls, subclass)
        # For snapshots, and for the checks after one: what C notes cannot be read back.
        known = vars(cls).get(REGISTERED, ())
        if not any(subclass is one for one in known):
            _set(cls, REGISTERED, (*known, subclass))
        if type(subclass) in SCRIPT_TYPES and subclass not in SHARED and vars(cls).get('__module__') != '__main__':
            # A class of a library module is not stored, so the other one says it too.
            _set(subclass, REGISTERED_WITH, (*vars(subclass).get(REGISTERED_WITH, ()), cls))
        return subclass

    def __instancecheck__(cls, instance: Any) -> bool:
        if _is_instance(cls, instance) or (REGISTERED in cls.__dict__ and cls.__subclasscheck__(type(instance))):
            check_claim(cls, instance)
            return True
        return False

    def __subclasscheck__(cls, subclass: Any) -> bool:
        if _is_subclass(cls, subclass):
            return True
        return any(issubclass(subclass, registered) for registered in cls.__dict__.get(REGISTERED, ()))


def set_abstract_names(cls: Any) -> None:
    """Find the names of a class that are abstract still, in its own namespace and in those of its bases."""
    names = {name for name, value in list(vars(cls).items()) if _is_abstract(value)}
    for base in cls.__bases__:
        for name in getattr(base, '__abstractmethods__', ()):
            if _is_abstract(getattr(cls, name, None)):
                names.add(name)
    _set(cls, '__abstractmethods__', frozenset(names))


def _is_abstract(value: Any) -> bool:
    return getattr(value, '__isabstractmethod__', False) is True


class ProtocolType(AbstractType):
    """The metaclass of protocols and of the classes that name one as a base."""

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> Any:
        made: Any = super().__new__(cls, name, bases, namespace)
        _set(made, '_is_protocol', Protocol in bases)
        if made._is_protocol:
            _set(made, '_is_runtime_protocol', False)
            if any(type(base) is not ProtocolType or not is_protocol(base) for base in bases if base not in SHARED):
                raise TypeError(f'Protocols can only inherit from other protocols, got {bases[0]!r}')
            # CPython then refuses to make an instance.
            _set(made, '__abstractmethods__', made.__abstractmethods__ or frozenset({'__protocol__'}))
        return made

    def __instancecheck__(cls, instance: Any) -> bool:
        if cls is Protocol or not is_protocol(cls):
            return super().__instancecheck__(instance)
        _check_runtime(cls)
        if super().__instancecheck__(instance):
            return True
        own = getattr(instance, '__dict__', None) or {}
        if all(name in own or _shows(type(instance), name) for name in protocol_names(cls)):
            check_claim(cls, instance)
            return True
        return False

    def __subclasscheck__(cls, subclass: Any) -> bool:
        if cls is Protocol or not is_protocol(cls):
            return super().__subclasscheck__(subclass)
        if type.__subclasscheck__(cls, subclass):
            return True
        _check_runtime(cls)
        return isinstance(subclass, type) and all(_shows(subclass, name) for name in protocol_names(cls))


def is_protocol(cls: Any) -> bool:
    """Tell whether a class is a protocol itself, rather than one that follows it."""
    return vars(cls).get('_is_protocol') is True


def _check_runtime(cls: Any) -> None:
    if not getattr(cls, '_is_runtime_protocol', False):
        raise TypeError('Instance and class checks can only be used with @runtime_checkable protocols')


def _shows(kind: type, name: str) -> bool:
    for base in kind.__mro__:
        if name in vars(base):
            return vars(base)[name] is not None
    return False


_NOT_MEMBERS: Final = frozenset(
    {
        '__module__', '__qualname__', '__doc__', '__dict__', '__weakref__', '__annotations__', '__abstractmethods__',
        '__parameters__', '__orig_bases__', '__match_args__', '__slots__', '_is_protocol', '_is_runtime_protocol',
        '__init__', '__new__', '__class_getitem__', '__firstlineno__', '__static_attributes__', '_abc_impl', '__subclasshook__',
    }
)  # fmt: skip


def protocol_names(cls: Any) -> set[str]:
    """Return the names of the members of a protocol."""
    found: set[str] = set()
    for base in cls.__mro__:
        if type(base) is ProtocolType and base is not Protocol and is_protocol(base):
            found.update(vars(base))
            found.update(vars(base).get('__annotations__', ()))
    return {name for name in found if name not in _NOT_MEMBERS and not name.startswith('$')}


def shared(metaclass: Any, name: str, bases: tuple[type, ...], module: str, body: dict[str, Any] | None = None) -> Any:
    """Return a class that all runs share."""
    namespace = {'__module__': module, '__qualname__': name, '__slots__': (), **(body or {})}
    made: Any = type.__new__(metaclass, name, bases, namespace)
    if issubclass(metaclass, AbstractType):
        _init_abstract(made)
    SHARED.add(made)
    return made


class _GenericBody:
    @classmethod
    def __class_getitem__(cls, item: Any) -> types.GenericAlias:
        items = item if type(item) is tuple else (item,)
        if cls in GENERIC_BASES:
            name = cls.__name__
            if not items:
                raise TypeError(f'Parameter list to {name}[...] cannot be empty')
            if not all(
                hasattr(item, '__typing_subst__') or hasattr(item, '__typing_unpacked_tuple_args__') for item in items
            ):
                raise TypeError(
                    f'Parameters to {name}[...] must all be type variables or parameter specification variables.'
                )
            if len(set(map(id, items))) < len(items):
                raise TypeError(f'Parameters to {name}[...] must all be unique')
        elif not getattr(cls, '__parameters__', ()):
            raise TypeError(f'{cls!r} is not a generic class')
        else:
            _check_count(cls, items)
        return types.GenericAlias(cls, item)


def _check_count(cls: Any, items: tuple[Any, ...]) -> None:
    parameters = cls.__parameters__
    if all(getattr(parameter, 'script_type_name', '') == 'TypeVar' for parameter in parameters):
        expected, given = len(parameters), len(items)
        if given != expected:
            raise TypeError(
                f'Too {"many" if given > expected else "few"} arguments for {cls!r}; actual {given}, expected {expected}'
            )


AbstractType.__name__, ProtocolType.__name__ = 'ABCMeta', '_ProtocolMeta'
SCRIPT_TYPES.update((AbstractType, ProtocolType))
#: The hidden base of classes with `metaclass=ABCMeta`.
AbstractRoot: Any = shared(AbstractType, 'AbstractRoot', (ScriptRoot,), 'abc')
HIDDEN_BASES.add(AbstractRoot)
ABC: Any = shared(AbstractType, 'ABC', (AbstractRoot,), 'abc')
Generic: Any = shared(
    GuardedType, 'Generic', (ScriptRoot,), 'typing', {'__class_getitem__': vars(_GenericBody)['__class_getitem__']}
)
Protocol: Any = shared(ProtocolType, 'Protocol', (Generic,), 'typing', {'_is_protocol': True})
GENERIC_BASES: Final = frozenset({Generic, Protocol})
STRUCTURE.update(
    {
        '__orig_bases__': tuple, '__parameters__': tuple, '__abstractmethods__': frozenset, REGISTERED: tuple, REGISTERED_WITH: tuple,
    }
)  # fmt: skip
#: The shared bases by the names under which snapshots store them.
BY_NAME: Final[dict[str, Any]] = {cls.__name__: cls for cls in (AbstractRoot, ABC, Generic, Protocol)}


def make_generic(
    name: str, qualname: str, bases: tuple[Any, ...], keywords: dict[str, Any], names: dict[str, Any]
) -> Any:
    """Return the class of a `class` statement in which a base has type arguments."""
    stripped, kept = generic_bases(bases)
    for base in stripped:
        maker = MAKERS.get(type(base))
        if maker is not None:
            made: Any = maker(name, qualname, stripped, keywords, names)
            break
    else:
        made, namespace = begin_class(name, qualname, stripped, keywords, names)
        finish_class(made, namespace, keywords)
    for key, value in kept.items():
        _set(made, key, value)
    return made


MAKERS[types.GenericAlias] = make_generic
METACLASSES.extend([(TYPE, None), (facade_named('ABCMeta'), AbstractRoot)])
NATIVE_METACLASSES[facade_named('ABCMeta')] = AbstractType
SHOWN_NAMES.update({GuardedType: 'type', AbstractType: 'ABCMeta', ProtocolType: '_ProtocolMeta'})


def generic_bases(bases: tuple[Any, ...]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the bases of a class without their type arguments, and what the class keeps of those."""
    if not any(type(base) is types.GenericAlias for base in bases):
        return bases, {}
    origins: list[Any] = [base.__origin__ if type(base) is types.GenericAlias else base for base in bases]
    found: list[Any] = []
    parameters: list[Any] = []
    for base, origin in zip(bases, origins, strict=True):
        rest = [other for other in origins if other is not origin and isinstance(other, type)]
        again = type(base) is types.GenericAlias and any(other is origin for other in bases)
        if not again and (origin is not Generic or not any(issubclass_plain(other, Generic) for other in rest)):
            found.append(origin)
        if type(base) is types.GenericAlias:
            parameters += [each for each in base.__parameters__ if not any(each is known for known in parameters)]
    for base in bases:
        if type(base) is types.GenericAlias and base.__origin__ in GENERIC_BASES:
            parameters = list(base.__parameters__)
    return tuple(found), {'__orig_bases__': bases, '__parameters__': tuple(parameters)}


def issubclass_plain(cls: Any, base: Any) -> bool:
    """Tell whether a class derives from another, without asking any hook."""
    return isinstance(cls, type) and base in cls.__mro__
