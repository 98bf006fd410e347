"""Stores and deletions of dunder attributes: what `x.__name__ = v` and `del x.__name__` may do, by kind of object.

The counterpart of `reflection`: a name in `WRITERS` is a fact about functions, classes, instances or exceptions that
CPython lets a program change; every other dunder name is an entry that a script makes in its own class, instance or
function, stored where reading finds it. All else is refused as CPython refuses it.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MethodType
from typing import Any, Final

from monty_flow.interpreter.runtime.classes import (
    META_HIDDEN,
    SHARED,
    MetaclassType,
    ScriptRoot,
    check_member,
    checked_bases,
    is_script_class,
    is_script_function,
    is_script_instance,
    stored_name,
)
from monty_flow.interpreter.runtime.reflection import (
    SHOWS_DICT,
    Traceback,
    is_class,
    missing,
    native_traceback,
)

_NAMES: Final = ('__name__', '__qualname__')
#: Attributes of functions that may be set and deleted; CPython checks their types.
_OF_FUNCTIONS: Final = frozenset({'__doc__', '__module__', '__defaults__', '__kwdefaults__'})
#: Names of native attributes of functions: never entries of their `__dict__`.
_NATIVE_OF_FUNCTIONS: Final = frozenset(dir(lambda: 0))
_OF_EXCEPTIONS: Final = frozenset({'__cause__', '__context__', '__suppress_context__', '__notes__'})


def _read_only(obj: Any, name: str) -> Exception:
    if isinstance(obj, type):
        if is_script_class(obj):
            return AttributeError(f"attribute '{name}' of 'type' objects is not writable")
        return TypeError(f"cannot set '{name}' attribute of immutable type '{obj.__name__}'")
    return missing(obj, name)


def _refuse_shared(obj: Any, name: str) -> None:
    if isinstance(obj, type) and obj in SHARED:
        raise TypeError(f"cannot set '{name}' attribute of immutable type '{obj.__name__}'")


def _write_class(obj: Any, value: Any) -> None:
    if not is_script_instance(obj) or is_script_class(obj):
        raise TypeError('__class__ assignment only supported for mutable types or ModuleType subclasses')
    if not is_script_class(value):
        if is_class(value):
            raise TypeError('__class__ assignment only supported for mutable types or ModuleType subclasses')
        raise TypeError(f"__class__ must be set to a class, not '{type(value).__name__}' object")
    object.__setattr__(obj, '__class__', value)


def _write_dict(obj: Any, value: Any) -> None:
    if (is_script_instance(obj) and not is_script_class(obj)) or is_script_function(obj):
        if type(value) is not dict:
            raise TypeError(f"__dict__ must be set to a dictionary, not a '{type(value).__name__}'")
        if is_script_function(obj):
            obj.__dict__ = value
        else:
            object.__setattr__(obj, '__dict__', value)
        return
    raise _read_only(obj, '__dict__')


def _write_bases(obj: Any, value: Any) -> None:
    if not is_script_class(obj):
        raise _read_only(obj, '__bases__')
    if type(obj) is MetaclassType:
        raise TypeError('the bases of a metaclass cannot be changed in a script')
    if type(value) is not tuple or not value:
        raise TypeError(f'can only assign non-empty tuple to {obj.__name__}.__bases__, not {type(value).__name__}')
    bases = tuple([ScriptRoot if base is object else base for base in checked_bases(value)])
    if any(base is not ScriptRoot and is_script_class(base) for base in bases):
        bases = tuple([base for base in bases if base is not ScriptRoot])
    type.__setattr__(obj, '__bases__', bases)


def _write_traceback(obj: Any, value: Any) -> None:
    if not isinstance(obj, BaseException):
        _write_own(obj, '__traceback__', value)
        return
    if value is not None and type(value) is not Traceback:
        raise TypeError('__traceback__ must be a traceback or None')
    obj.__traceback__ = None if value is None else native_traceback(value)


def _write_annotations(obj: Any, value: Any) -> None:
    if is_script_instance(obj) and not is_script_class(obj):
        _write_own(obj, '__annotations__', value)
        return
    if type(value) is not dict:
        raise TypeError('__annotations__ must be set to a dict object')
    if is_script_function(obj):
        obj.__annotations__ = value
    elif is_script_class(obj):
        type.__setattr__(obj, '__annotations__', value)
    else:
        raise _read_only(obj, '__annotations__')


def _write_name(obj: Any, name: str, value: Any) -> None:
    if is_script_class(obj):
        # CPython's own errors, but a str of the script's own would be asked for its text by others.
        type.__setattr__(obj, name, str.__str__(value) if isinstance(value, str) else value)
    elif is_script_function(obj):
        # The host shows it.
        setattr(obj, name, str.__str__(value) if isinstance(value, str) else value)
    else:
        _write_own(obj, name, value)


#: Name -> what storing it does; for the other names see `write`.
WRITERS: Final[dict[str, Callable[[Any, Any], None]]] = {
    '__class__': _write_class,
    '__dict__': _write_dict,
    '__bases__': _write_bases,
    '__annotations__': _write_annotations,
    '__traceback__': _write_traceback,
    '__name__': lambda obj, value: _write_name(obj, '__name__', value),
    '__qualname__': lambda obj, value: _write_name(obj, '__qualname__', value),
}
_NEVER: Final = frozenset({'__mro__', '__base__', '__slots__', '__objclass__', '__self__', '__func__'})


def write(obj: Any, name: str, value: Any) -> None:
    """Store a dunder attribute."""
    _refuse_shared(obj, name)
    writer = WRITERS.get(name)
    if writer is not None:
        writer(obj, value)
    elif (name in _OF_FUNCTIONS and is_script_function(obj)) or (
        name in _OF_EXCEPTIONS and isinstance(obj, BaseException)
    ):
        setattr(obj, name, value)
    elif name == '__doc__' and type(obj) is property:
        obj.__doc__ = value
    else:
        _write_own(obj, name, value)


def _key_in(cls: Any, name: str) -> str:
    return META_HIDDEN[name] if type(cls) is MetaclassType and name in META_HIDDEN else stored_name(name)


def _write_own(obj: Any, name: str, value: Any) -> None:
    if is_script_class(obj):
        if name in _NEVER:
            raise _read_only(obj, name)
        check_member(name, value, (obj,))
        type.__setattr__(obj, _key_in(obj, name), value)
    elif is_script_instance(obj):
        check_entry(obj, name)
        setattr(obj, name, value)
    elif (is_script_function(obj) and name not in _NATIVE_OF_FUNCTIONS) or type(obj) in SHOWS_DICT:
        obj.__dict__[name] = value
    elif type(obj) is MethodType and is_script_function(obj.__func__):
        raise missing(obj, name)
    else:
        raise _read_only(obj, name)


def check_entry(obj: Any, name: str) -> None:
    """Refuse an attribute of an instance that a native base keeps for itself."""
    for base in type(obj).__mro__:
        found = base.__dict__.get(name)
        if found is not None:
            if not is_script_class(base) and hasattr(type(found), '__set__') and not isinstance(obj, BaseException):
                raise missing(obj, name)
            return


def _delete_annotations(obj: Any) -> None:
    if is_script_function(obj):
        del obj.__annotations__
    elif '__annotations__' in vars(obj):
        type.__delattr__(obj, '__annotations__')
    else:
        raise AttributeError('__annotations__')


def delete(obj: Any, name: str) -> None:
    """Delete a dunder attribute."""
    _refuse_shared(obj, name)
    if name == '__annotations__' and (is_script_function(obj) or is_script_class(obj)):
        _delete_annotations(obj)
        return
    if name in _NAMES and is_script_function(obj):
        raise TypeError(f'{name} must be set to a string object')
    if name in _NAMES and isinstance(obj, type):
        raise TypeError(f"cannot delete '{name}' attribute of immutable type '{obj.__name__}'")
    if name in WRITERS and name not in ('__dict__', *_NAMES):
        raise TypeError(f"can't delete {name} attribute")
    if is_script_class(obj):
        key = _key_in(obj, name)
        if name in _NEVER or key not in obj.__dict__:
            raise missing(obj, name)
        type.__delattr__(obj, key)
    elif is_script_function(obj):
        if name == '__dict__':
            raise TypeError('cannot delete __dict__')
        if name in _OF_FUNCTIONS:
            delattr(obj, name)
        elif obj.__dict__.pop(name, missing) is missing:
            raise missing(obj, name)
    elif is_script_instance(obj) or (isinstance(obj, BaseException) and name in _OF_EXCEPTIONS):
        check_entry(obj, name)
        delattr(obj, name)
    else:
        raise _read_only(obj, name)
