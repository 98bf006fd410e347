"""The kinds of script classes and of what they are made of: classes, instances, bound methods, properties.

A class is built from its name and bases and filled with what its body bound; an instance is built empty from
its class and filled with its attributes. A subclass of a built-in type is built with the value of
that type, or filled with the items of a container.
"""

from __future__ import annotations

from types import BuiltinMethodType, FunctionType, GetSetDescriptorType, MemberDescriptorType, MethodType
from typing import Any

from monty_flow.interpreter.modules.named_tuples import NativeMethod
from monty_flow.interpreter.runtime.abstract import REGISTERED_WITH, AbstractType
from monty_flow.interpreter.runtime.classes import (
    HIDDEN_PREFIX,
    MATCH_ARGS,
    META_HIDDEN,
    SCRIPT_TYPES,
    SHARED,
    STRUCTURE,
    MetaclassType,
    ScriptRoot,
    ScriptType,
    build_class,
    check_member,
    checked_bases,
    class_parts,
    is_script_class,
    slots_of,
    stored_name,
)
from monty_flow.interpreter.runtime.reflection import Traceback
from monty_flow.interpreter.runtime.universe import NATIVE
from monty_flow.interpreter.snapshot.exceptions import exception_state, fill_exception
from monty_flow.interpreter.snapshot.native_bases import native_base
from monty_flow.interpreter.snapshot.registry import Kind
from monty_flow.interpreter.snapshot.typing_kinds import METACLASSES

#: Immutable built-in bases: their value is made with the instance.
_VALUES: tuple[type, ...] = (int, float, complex, str, bytes, tuple, frozenset)
#: What gives and sets the class of an object, whatever a class of it says.
_METACLASS: Any = object.__dict__['__class__']
#: Mutable built-in bases: their items are put in later.
_CONTAINERS: tuple[type, ...] = (list, dict, set, bytearray)


def _reduce_class(cls: type, context: Any) -> Any:
    if cls in SHARED or '__slots__' in cls.__dict__ or type(type(cls)) is MetaclassType:
        return None
    name, qualname, bases, entries = class_parts(cls)
    return (name, qualname, *bases), (tuple(entries), *entries.values())


def _build_class(context: Any, name: Any, qualname: Any, *bases: Any) -> type:
    if type(name) is not str or type(qualname) is not str:
        raise TypeError('a class has no name')
    return _concrete(build_class(name, qualname, checked_bases(bases), {}))


def _concrete(cls: type) -> type:
    """Let instances of a class be built before what it binds is filled in, which makes it no abstract one any more."""
    if getattr(cls, '__abstractmethods__', None):
        type.__setattr__(cls, '__abstractmethods__', frozenset())
    return cls


def _reduce_slotted(cls: type, context: Any) -> Any:
    if cls in SHARED or '__slots__' not in cls.__dict__ or type(type(cls)) is MetaclassType:
        return None
    name, qualname, bases, entries = class_parts(cls)
    return (name, qualname, *_slots_in(entries), *bases), (tuple(entries), *entries.values())


def _slots_in(entries: dict[str, Any]) -> tuple[Any, Any]:
    """Take `__slots__` out of the entries of a class, and return the names and the texts about them."""
    slots = entries.pop('__slots__')
    docs = tuple(slots.values()) if type(slots) is dict else None
    return slots if type(slots) is str else tuple(slots), docs


def _build_slotted(context: Any, name: Any, qualname: Any, slots: Any, docs: Any, *bases: Any) -> type:
    if type(name) is not str or type(qualname) is not str or type(slots) not in (str, tuple):
        raise TypeError('a class has no name')
    return _concrete(build_class(name, qualname, checked_bases(bases), {'__slots__': _with_docs(slots, docs)}))


def _with_docs(slots: Any, docs: Any) -> Any:
    return slots if docs is None else dict(zip(slots, docs, strict=True))


def _reduce_made(cls: Any, context: Any) -> Any:
    """Take apart a class that has a metaclass of the script."""
    if type(type(cls)) is not MetaclassType:
        return None
    name, qualname, bases, entries = class_parts(cls)
    slots = _slots_in(entries) if '__slots__' in entries else (None, None)
    return (type(cls), name, qualname, *slots, *bases), (tuple(entries), *entries.values())


def _build_made(context: Any, metaclass: Any, name: Any, qualname: Any, slots: Any, docs: Any, *bases: Any) -> type:
    if (
        type(metaclass) is not MetaclassType
        or metaclass in SHARED
        or type(name) is not str
        or type(qualname) is not str
    ):
        raise TypeError('a class has no metaclass')
    body = {} if slots is None else {'__slots__': _with_docs(slots, docs)}
    return _concrete(build_class(name, qualname, checked_bases(bases), body, metaclass=metaclass))


def _bind(cls: type, name: str, value: Any) -> None:
    """Put a value into the namespace of a class; a property of its metaclass, whose setter would run, is not asked."""
    metaclass = type(cls)
    if type(metaclass) is not MetaclassType:
        type.__setattr__(cls, name, value)
        return
    _METACLASS.__set__(cls, ScriptType)
    try:
        type.__setattr__(cls, name, value)
    finally:
        _METACLASS.__set__(cls, metaclass)


def _fill_class(context: Any, cls: type, names: Any, *values: Any) -> None:
    for name, value in zip(names, values, strict=True):
        # A script may bind such a name to anything; the parts of a class that are made for it have their types.
        if name in STRUCTURE and type(value) is STRUCTURE[name]:
            if name == REGISTERED_WITH:
                _register_again(cls, value)
            else:
                _bind(cls, name, value)
            continue
        if name == '__match_args__':
            name = MATCH_ARGS
        if not _may_hold(name) and not (name in META_HIDDEN.values() and type(cls) is MetaclassType):
            raise ValueError('a class binds a name that scripts cannot bind')
        check_member(name.removeprefix(HIDDEN_PREFIX), value, (cls,))
        _bind(cls, name, value)
        if type(value) is property:
            # Its errors name it.
            value.__set_name__(cls, name)  # type: ignore[attr-defined]


def _register_again(cls: type, bases: Any) -> None:
    for base in bases:
        if not isinstance(base, AbstractType):
            raise TypeError('a class is registered with one that is not abstract')
        base.register(cls)


def _may_hold(name: str) -> bool:
    return type(name) is str and stored_name(name.removeprefix(HIDDEN_PREFIX)) == name


def _base_of(cls: type) -> Any:
    """Return the built-in type that instances of a script class extend, None for plain ones."""
    for base in (*_VALUES, *_CONTAINERS):
        if issubclass(cls, base):
            return base
    return None


def _reduce_instance(value: Any, context: Any) -> Any:
    cls = type(value)
    if type(cls) not in SCRIPT_TYPES:
        return None
    if issubclass(cls, BaseException):
        group = (value.message, *value.exceptions) if issubclass(cls, BaseExceptionGroup) else ()
        return (cls, *group), exception_state(value, context)
    base = _base_of(cls)
    attributes = attributes_of(value, context)
    row = native_base(cls)
    if row is not None:
        return (cls, *row.value(value)), (None, attributes, *row.items(value))
    if base in _VALUES:
        assert base is not None
        return (cls, _plain(base, value)), (None, attributes)
    items = None if base is None else _plain(base, value)
    return (cls,), (items, attributes)


def attributes_of(value: Any, context: Any) -> Any:
    """Return the attributes of an instance as a snapshot holds them: names and values, or its very namespace."""
    cls = type(value)
    if slots := slots_of(cls):
        state = _slotted_state(value, slots)
    else:
        state = _namespace(value, cls)
    shown = context.program.shows_namespaces or context.run.library is not None
    if shown and not slots and cls.__dictoffset__:
        # The script may hold the very dict.
        return state
    return (tuple(state), *state.values())


def _slotted_state(value: Any, slots: list[Any]) -> dict[str, Any]:
    """Return the attributes of an instance by name: those in slots that are bound, and those in its namespace."""
    state: dict[str, Any] = {}
    for slot in slots:
        try:
            state[slot.__name__] = slot.__get__(value)
        except AttributeError:
            continue
    return state | _namespace(value, type(value))


def _namespace(value: Any, cls: type) -> dict[str, Any]:
    """Return the namespace of an instance without a question to its `__getattr__`, which answers where there is none."""
    namespace: dict[str, Any] = object.__getattribute__(value, '__dict__') if cls.__dictoffset__ else {}
    return namespace


def _plain(base: Any, value: Any) -> Any:
    """Return an instance of a subclass as its built-in type, without running a method of the subclass."""
    if base in (tuple, list):
        return base(base.__iter__(value))
    if base in (set, frozenset, dict):
        # A copy knows the hashes.
        return base.copy(value)
    if base is str:
        return str.__str__(value)
    if base is bytes or base is bytearray:
        return bytes.join(b'', [value])
    if base is int:
        return int.__int__(value)
    if base is float:
        return float.__float__(value)
    return complex(value.real, value.imag)


def _build_instance(context: Any, cls: Any, *value: Any) -> Any:
    if type(cls) not in SCRIPT_TYPES:
        raise TypeError('an instance has no class')
    if issubclass(cls, BaseException):
        return _made_exception(cls, value)
    row = native_base(cls)
    if row is not None:
        return row.make(context, cls, row.kind, *value)
    base = _base_of(cls)
    if base in _VALUES:
        if len(value) != 1 or type(value[0]) is not base:
            raise TypeError('an instance has not the value of its type')
        make: Any = base.__new__
        return make(cls, value[0])
    return object.__new__(cls) if base is None else base.__new__(cls)


def _made_exception(cls: Any, group: tuple[Any, ...]) -> Any:
    """Return an instance as the built-in exception makes it that the class is laid out as."""
    base = cls
    while type(base) is not type:
        base = base.__base__
    make: Any = base.__new__
    return make(cls, group[0], group[1:]) if issubclass(cls, BaseExceptionGroup) else make(cls)


def _fill_instance(context: Any, instance: Any, *state: Any) -> None:
    if isinstance(instance, BaseException):
        fill_exception(context, instance, *state)
        return
    items, attributes, *native = state
    row = native_base(type(instance))
    if row is not None:
        row.put(instance, *native)
    elif items is not None:
        _put_items(instance, items)
    put_attributes(instance, attributes)


def put_attributes(instance: Any, attributes: Any) -> None:
    """Give an instance what `attributes_of` gave."""
    if type(attributes) is dict:
        object.__setattr__(instance, '__dict__', attributes)
        return
    slots = {slot.__name__: slot for slot in slots_of(type(instance))}
    for name, value in zip(attributes[0], attributes[1:], strict=True):
        if type(name) is str and name.startswith('$'):
            raise ValueError('an instance has an attribute that scripts cannot set')
        if name in slots:
            slots[name].__set__(instance, value)
        else:
            vars(instance)[name] = value


def _put_items(instance: Any, items: Any) -> None:
    if isinstance(instance, list):
        list.extend(instance, items)
    elif isinstance(instance, dict):
        dict.update(instance, items)
    elif isinstance(instance, bytearray):
        bytearray.extend(instance, items)
    else:
        set.update(instance, items)


def _reduce_property(value: property, context: Any) -> Any:
    # A text that is that of the getter is found there again.
    own = () if value.__doc__ is getattr(value.fget, '__doc__', None) else (value.__doc__,)
    return (value.fget, value.fset, value.fdel, *own), ()


def _build_property(context: Any, fget: Any, fset: Any, fdel: Any, *doc: Any) -> property:
    return property(fget, fset, fdel, *doc)


#: What a method of a script's class is bound from.
_BOUND = (FunctionType, NativeMethod)


def _build_bound_function(context: Any, function: Any, owner: Any) -> MethodType:
    if type(function) not in _BOUND:
        raise TypeError('a bound method has no function')
    return MethodType(function, owner)


def _is_inherited(owner: Any, name: Any) -> bool:
    """Tell whether an instance has a method of its built-in base that may be held bound."""
    if type(type(owner)) not in SCRIPT_TYPES or type(name) is not str or name not in NATIVE:
        return False
    base = _base_of(type(owner))
    return base is not None and hasattr(base, name)


def _reduce_inherited(method: Any, context: Any) -> Any:
    owner, name = method.__self__, method.__name__
    return ((owner, name), ()) if _is_inherited(owner, name) else None


def _build_inherited(context: Any, owner: Any, name: Any) -> Any:
    if not _is_inherited(owner, name):
        raise ValueError('a method of a built-in base is not on the list')
    # From the base itself, since a method of the script may have the same name.
    method = getattr(_base_of(type(owner)), name).__get__(owner)
    if type(method) is not BuiltinMethodType:
        raise ValueError('a method of a built-in base is none')
    return method


def _reduce_member(member: Any, context: Any) -> Any:
    return (member.__objclass__, member.__name__), ()


def _build_member(context: Any, cls: Any, name: Any) -> Any:
    if not is_script_class(cls) or type(found := cls.__dict__.get(name)) is not MemberDescriptorType:
        raise ValueError('a class has no such slot')
    return found


def _reduce_getset(member: Any, context: Any) -> Any:
    owner = member.__objclass__
    return ((owner, member.__name__), ()) if is_script_class(owner) else None


def _build_getset(context: Any, cls: Any, name: Any) -> Any:
    # `__dict__` and `__weakref__`, which `vars()` of a class shows.
    if not is_script_class(cls) or type(found := cls.__dict__.get(name)) is not GetSetDescriptorType:
        raise ValueError('a class has no such descriptor')
    return found


def class_kinds() -> tuple[Kind, ...]:
    """Return the rows for script classes."""
    return (
        Kind('class', METACLASSES, _reduce_class, _build_class, _fill_class),
        Kind('slotted_class', METACLASSES, _reduce_slotted, _build_slotted, _fill_class),
        # Metaclasses of scripts are found as `ScriptType`.
        Kind('made_class', ScriptType, _reduce_made, _build_made, _fill_class),
        Kind('member', MemberDescriptorType, _reduce_member, _build_member),
        Kind('getset', GetSetDescriptorType, _reduce_getset, _build_getset),
        Kind('traceback', Traceback, lambda v, _: ((), ()), lambda _: Traceback(None)),
        Kind('script_root', ScriptType, lambda v, _: ((), ()), lambda _: ScriptRoot),
        Kind('instance', None, _reduce_instance, _build_instance, _fill_instance),
        Kind('property', property, _reduce_property, _build_property),
        Kind('staticmethod', staticmethod, lambda v, _: ((v.__func__,), ()), lambda _, f: staticmethod(f)),
        Kind('classmethod', classmethod, lambda v, _: ((v.__func__,), ()), lambda _, f: classmethod(f)),
        Kind('inherited_method', BuiltinMethodType, _reduce_inherited, _build_inherited),
        Kind(
            'method_of',
            MethodType,
            lambda v, _: ((v.__func__, v.__self__), ()) if type(v.__func__) in _BOUND else None,
            _build_bound_function,
        ),
    )
