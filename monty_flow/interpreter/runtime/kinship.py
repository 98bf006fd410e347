"""`isinstance` and `issubclass` as a script asks: of real classes, of facades, and of what only claims to be a class.

CPython's protocol for the last: an object with a `__bases__` counts as a class, and one with a `__class__` of its own as
an instance of that too. Scripts' own `__class__` and `__bases__` are hidden from CPython, so the protocol is here.
"""

from __future__ import annotations

import types
from typing import Any, Final

from monty_flow.interpreter.runtime.classes import (
    NATIVE_METACLASSES,
    SCRIPT_TYPES,
    MetaclassType,
    is_script_class,
    is_script_instance,
)
from monty_flow.interpreter.runtime.reflection import is_class, read
from monty_flow.interpreter.runtime.universe import TYPE, TypeFacade, facade_name, type_of

#: Levels of claimed bases that are followed.
_MAX_DEPTH: Final = 1_000
#: What facades stand for, where an abstract class may be asked about it.
_NATIVE: Final[tuple[Any, ...]] = (
    types.FunctionType, types.MethodType, types.BuiltinFunctionType, types.GeneratorType, types.CoroutineType,
    types.AsyncGeneratorType, types.MappingProxyType, type, type({}.keys()), type({}.values()), type({}.items()),
)  # fmt: skip
NATIVE_TYPES: Final[dict[str, type]] = {kind.__name__: kind for kind in _NATIVE}
#: Under which a script's class holds what its instances say that they are.
CLAIMED: Final = '$__class__'


def is_instance(value: Any, item: Any) -> bool:
    """Return isinstance(value, item) for one class."""
    if type(item) is TypeFacade:
        native = NATIVE_METACLASSES.get(item)
        return (
            item.has_instance(value)
            or (item is TYPE and is_class(value))
            or (native is not None and isinstance(value, native))
        )
    if not is_script_instance(item) or _defines(item, '__instancecheck__'):
        if isinstance(value, item):
            return True
        if not (type(type(value)) in SCRIPT_TYPES and hasattr(type(value), CLAIMED)):
            return False
        claimed = _claimed_class(value)
        return is_class(claimed) and is_class(item) and issubclass(claimed, item)
    if _claimed_bases(item) is None:
        raise TypeError('isinstance() arg 2 must be a type, a tuple of types, or a union')
    claimed = _claimed_class(value)
    return claimed is not None and _derives(claimed, item, 0)


def is_subclass(cls: Any, item: Any) -> bool:
    """Return issubclass(cls, item) for one class."""
    if type(cls) is TypeFacade and type(item) is TypeFacade:
        return item is cls or (item is TYPE and cls in NATIVE_METACLASSES)
    if type(cls) is TypeFacade:
        native = NATIVE_TYPES.get(facade_name(cls))
        if native is not None and hasattr(type(item), '__subclasscheck__') and type(item) is not type:
            return issubclass(native, item)
        return item is cls or item is object
    if type(item) is TypeFacade:
        native = type if item is TYPE else NATIVE_METACLASSES.get(item)
        return native is not None and type(cls) is MetaclassType and native in cls.__mro__
    if not (is_script_instance(item) or is_script_instance(cls)) or _defines(item, '__subclasscheck__'):
        return issubclass(cls, item)
    if _claimed_bases(cls) is None:
        raise TypeError('issubclass() arg 1 must be a class')
    if _claimed_bases(item) is None:
        raise TypeError('issubclass() arg 2 must be a class, a tuple of classes, or a union')
    return _derives(cls, item, 0)


def _defines(obj: Any, name: str) -> bool:
    """Tell whether the class of an object has a method; metaclasses have these for their classes."""
    return any(name in vars(base) for base in type(obj).__mro__)


def _claimed_class(value: Any) -> Any:
    if type(type(value)) in SCRIPT_TYPES and hasattr(type(value), CLAIMED):
        try:
            return read(value, '__class__')
        except AttributeError:
            return None
    return type_of(value)


def _claimed_bases(cls: Any) -> tuple[Any, ...] | None:
    """Return the bases of a class, or of what claims to be one; None where it does not."""
    if is_class(cls) or is_script_class(cls):
        bases = read(cls, '__bases__')
    elif is_script_instance(cls):
        try:
            bases = read(cls, '__bases__')
        except AttributeError:
            return None
    else:
        return None
    return bases if type(bases) is tuple else None


def _derives(derived: Any, cls: Any, depth: int) -> bool:
    if derived is cls:
        return True
    if depth > _MAX_DEPTH:
        raise RecursionError('maximum recursion depth exceeded in __subclasscheck__')
    return any(_derives(base, cls, depth + 1) for base in _claimed_bases(derived) or ())
