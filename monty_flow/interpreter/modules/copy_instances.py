"""Copies of instances of a script's classes, by the protocol of `copy`: `__copy__`, `__deepcopy__`, `__reduce_ex__`,
`__reduce__`, `__getnewargs_ex__`, `__getnewargs__`, `__getstate__` and `__setstate__`, all optional.

A class holds those of these names that CPython would act upon under hidden keys (`classes.stored_name`). Without any, the
copy is an instance of the class with the same native value and the same attributes.
"""

from __future__ import annotations

import collections
import datetime
import random
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from monty_flow.interpreter.modules.library import callee
from monty_flow.interpreter.modules.old_callables import Partial
from monty_flow.interpreter.runtime.classes import is_script_instance, new_instance, stored_name
from monty_flow.interpreter.runtime.run import Run

#: Built-in types whose instances are made with their value.
_VALUES: Final = (int, float, complex, str, bytes, tuple, frozenset)
#: Types that reduce to their value alone, in CPython too.
_WITHOUT_STATE: Final = (datetime.date, datetime.time, datetime.timedelta)
#: The protocol of Python for `__reduce_ex__`.
_PROTOCOL: Final = 4

#: The stored names of the hooks, which are asked for again and again.
_key = lru_cache(64)(stored_name)

Copier = Callable[[Any], Any]


def hook(value: Any, name: str) -> Any:
    """Return a method that a script's class defines, bound; None where it defines none."""
    key = _key(name)
    for cls in type(value).__mro__:
        if key in vars(cls):
            return getattr(value, key)
    return None


def reduced(value: Any) -> Any:
    """Return what `__reduce_ex__` or `__reduce__` of a script gives, None where there is neither."""
    method = hook(value, '__reduce_ex__')
    if method is not None:
        return method(_PROTOCOL)
    method = hook(value, '__reduce__')
    return None if method is None else method()


def from_reduced(run: Run, parts: Any, copied: Copier) -> Any:
    """Make a value of what reducing gave; `copied` copies a part, or gives it as it is."""
    if not isinstance(parts, tuple) or not 2 <= len(parts) <= 6:
        raise TypeError('__reduce__ must return a tuple of two to six parts, or a str')
    function, args, state, items, pairs = (*parts, None, None, None)[:5]
    made = callee(run, function)(*[copied(part) for part in args])
    if state is not None:
        set_state(made, copied(state))
    for item in items or ():
        made.append(copied(item))
    for key, item in pairs or ():
        made[copied(key)] = copied(item)
    return made


def state_of(value: Any) -> Any:
    """Return what is to be copied of an instance beside its native value: a dict, or what `__getstate__` gives."""
    method = hook(value, '__getstate__')
    if method is not None:
        return method()
    if isinstance(value, _WITHOUT_STATE):
        return None
    attributes = dict(getattr(value, '__dict__', ()))
    slots = {name: getattr(value, name) for name in _slots(type(value)) if hasattr(value, name)}
    return (attributes or None, slots) if slots else attributes or None


def _slots(cls: type) -> list[str]:
    found: list[str] = []
    for base in cls.__mro__:
        names = vars(base).get('__slots__', ())
        for name in [names] if isinstance(names, str) else names:
            if name.startswith('__') and not name.endswith('__'):
                name = f'_{base.__name__.lstrip("_")}{name}'
            if not name.startswith(('__', '$')) and type(base) is not type:
                found.append(name)
    return found


def set_state(made: Any, state: Any) -> None:
    """Give a copy its state."""
    if not is_script_instance(made):
        raise TypeError(f"the state of a '{type(made).__name__}' object cannot be set in a script")
    method = hook(made, '__setstate__')
    if method is not None:
        method(state)
        return
    attributes, slots = state if isinstance(state, tuple) and len(state) == 2 else (state, None)
    for values in (attributes, slots):
        for name, value in (values or {}).items():
            # A str of the script's own class would answer for itself.
            if type(name) is not str or name.startswith(('__', '$')):
                raise TypeError('an attribute has a name that scripts cannot set')
            if values is slots or not hasattr(made, '__dict__'):
                setattr(made, name, value)
            else:
                made.__dict__[name] = value


def empty_like(value: Any, copied: Copier) -> Any:
    """Return an instance of the same class with the native value alone; items of containers are put in by `put_items`."""
    cls: Any = type(value)
    method = hook(value, '__getnewargs_ex__')
    if method is not None:
        args, keywords = method()
        return new_instance(cls, tuple(copied(part) for part in args), {n: copied(v) for n, v in keywords.items()})
    method = hook(value, '__getnewargs__')
    if method is not None:
        return new_instance(cls, tuple(copied(part) for part in method()), {})
    for base in _VALUES:
        if issubclass(cls, base):
            return base.__new__(cls, _value(base, value, copied))
    if issubclass(cls, BaseExceptionGroup):
        return BaseExceptionGroup.__new__(cls, value.message, [copied(error) for error in value.exceptions])
    if issubclass(cls, BaseException):
        made = cls.__new__(cls)
        made.args = tuple(copied(part) for part in value.args)
        return made
    if issubclass(cls, Partial):
        return cls.__new__(cls, value.func, *map(copied, value.args), **copied(value.keywords))
    return _native(cls, value)


def _native(cls: Any, value: Any) -> Any:
    """Make the native part of a type of the library, which keeps no references; others are made empty."""
    for base in cls.__mro__:
        reduce = vars(base).get('__reduce_ex__') or vars(base).get('__reduce__')
        if base.__module__ in ('datetime', 'decimal') and type(base) is type and reduce is not None:
            return base.__new__(cls, *reduce.__get__(value)(*(_PROTOCOL,) if '__reduce_ex__' in vars(base) else ())[1])
    made = cls.__new__(cls)
    if isinstance(value, collections.deque):
        collections.deque.__init__(made, (), value.maxlen)
    elif isinstance(value, collections.defaultdict):
        made.default_factory = value.default_factory
    elif isinstance(value, random.Random):
        random.Random.setstate(made, random.Random.getstate(value))
    return made


def _value(base: Any, value: Any, copied: Copier) -> Any:
    if base in (tuple, frozenset):
        return [copied(item) for item in base.__iter__(value)]
    if base is str:
        return str.__str__(value)
    if base is bytes:
        return bytes.join(b'', [value])
    return base(base.real.__get__(value) if base is not complex else complex(value.real, value.imag))


def put_items(value: Any, made: Any, copied: Copier) -> None:
    """Put copies of the items of a container into the copy of it."""
    if isinstance(value, dict):
        for key, item in list(dict.items(value)):
            made[copied(key)] = copied(item)
    elif isinstance(value, list | collections.deque):
        for item in list(iter(value)):
            made.append(copied(item))
    elif isinstance(value, bytearray):
        bytearray.extend(made, bytes(memoryview(value)))
    elif isinstance(value, set):
        set.update(made, [copied(item) for item in set.__iter__(value)])
