"""Small native steps that the prelude and the lowered `with` statement are built on."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from monty_flow.interpreter.modules.module import Module
from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES, has_method
from monty_flow.interpreter.runtime.generators import END, PausableGenerator
from monty_flow.interpreter.runtime.operating import own_method
from monty_flow.interpreter.runtime.pause import Barrier
from monty_flow.interpreter.runtime.reflection import exit_arguments

#: The type of compiled patterns, once `re` is loaded.
PATTERNS: set[type] = set()


def is_pausable(value: Any) -> bool:
    """Tell whether stepping a value may stop the script."""
    kind = type(value)
    return kind is PausableGenerator or (
        type(kind) in SCRIPT_TYPES and (has_method(kind, '__iter__') or is_sequence(value))
    )


def is_sequence(value: Any) -> bool:
    """Tell whether an instance of a script's class is iterated by its items: it has `__getitem__` and no `__iter__`."""
    return own_method(value, '__getitem__') is not None and not has_method(type(value), '__iter__')


def has_places(value: Any) -> bool:
    """Tell whether an instance of a script's class is reversed by its items."""
    return own_method(value, '__getitem__') is not None and not has_method(type(value), '__reversed__')


def has_keys(value: Any) -> bool:
    """Tell whether a value is a mapping of a script's class, of which `dict` asks the keys and then each item."""
    return type(type(value)) in SCRIPT_TYPES and has_method(type(value), 'keys')


def apply(function: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Call a native function, which steps nothing that may stop."""
    return function(*args, **kwargs)


def entry_method(source: Any) -> Any:
    """Return the method of a script that `dict` asks for each value of a mapping, None where CPython's own copies it."""
    if isinstance(source, dict) and type(source).__iter__ is dict.__iter__:
        return None
    return own_method(source, '__getitem__')


def is_list(value: Any) -> bool:
    return type(value) is list


def is_module(value: Any) -> bool:
    return isinstance(value, Module)


def is_wrong_call(args: tuple[Any, ...], default: Any) -> bool:
    """Tell whether `min` or `max` is given nothing, or a default beside several arguments."""
    return not args or (len(args) > 1 and default is not END)


def sorts_as_list(value: Any) -> bool:
    """Tell whether the `sort` of a value is that of lists: a class of a script may have its own."""
    return isinstance(value, list) and own_method(value, 'sort') is None


def items_in(items: list[Any]) -> list[Any]:
    """Return what a list holds, whatever its class says of iterating."""
    return list.__getitem__(items, slice(None))


def is_str(value: Any) -> bool:
    return isinstance(value, str)


def order(keys: list[Any], reverse: Any) -> list[int]:
    """Return the positions of `keys` in sorted order; equal keys keep their order, as `sorted` does."""
    return sorted(range(len(keys)), key=keys.__getitem__, reverse=reverse)


def pick(items: list[Any], places: list[int]) -> list[Any]:
    return [items[place] for place in places]


def replace(items: list[Any], new: list[Any]) -> None:
    """Give a list new content in place."""
    list.__setitem__(items, slice(None), new)


def native_sort(items: list[Any], reverse: Any) -> None:
    list.sort(items, reverse=reverse)


def zip_error(what: str, place: int) -> ValueError:
    """Return the error of `zip(strict=True)`: argument `place` + 1 is shorter, or `place` is longer, than those before."""
    number, before = place + 1, place
    others = 'argument 1' if before == 1 else f'arguments 1-{before}'
    return ValueError(f'zip() argument {number} is {what} than {others}')


def enter(manager: Any) -> Any:
    """Enter a context manager, as the `with` statement does."""
    kind = type(manager)
    if not hasattr(kind, '__enter__') or not hasattr(kind, '__exit__'):
        missing = '__enter__' if not hasattr(kind, '__enter__') else '__exit__'
        detail = '' if missing == '__enter__' else ' (missed __exit__ method)'
        raise TypeError(f"'{kind.__name__}' object does not support the context manager protocol{detail}")
    return kind.__enter__(manager)


def leave(manager: Any, error: BaseException | None) -> Any:
    """Leave a context manager; of the traceback there is no more than that it is there."""
    return type(manager).__exit__(manager, *exit_arguments(error))


def matches(error: BaseException, kinds: Any) -> bool:
    """Tell whether `except kinds` would catch an exception; the same TypeError as Python's for what is no class."""
    try:
        raise error
    except kinds:
        return True
    except type(error) as other:
        if other is not error:
            raise
        return False


def substitution(target: Any, args: tuple[Any, ...], options: dict[str, Any]) -> tuple[Any, list[Any], Any] | None:
    """Return (function, matches, text) of a `re.sub` whose replacement is a function, None for any other `sub`."""
    names = ('repl', 'string', 'count') if type(target) in PATTERNS else ('pattern', 'repl', 'string', 'count', 'flags')
    given = dict(zip(names, args, strict=False)) | options
    if not (type(target) in PATTERNS or isinstance(target, Module)) or not callable(given.get('repl')):
        return None
    text = given.get('string')
    if type(target) in PATTERNS:
        found = target.finditer(text)
    else:
        found = target.finditer(given.get('pattern'), text, given.get('flags', 0))
    count = given.get('count', 0)
    matches = list(found)
    return given['repl'], matches[:count] if count else matches, text


def substitute(target: Any, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """Call the `sub` that an object has of its own."""
    return Barrier(target.sub)(*args, **options)


def substitute_counting(target: Any, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """Call the `subn` that a pattern or a module has."""
    return Barrier(target.subn)(*args, **options)


def substitutes(target: Any) -> bool:
    """Tell whether `sub` of an object is that of a pattern or of a module."""
    return type(target) in PATTERNS or isinstance(target, Module)


def join(text: Any, parts: list[Any]) -> Any:
    """Join the parts of a substituted text."""
    return text[:0].join(parts)


_IN_PLACE: dict[str, Callable[[Any, Any], Any]] = {
    'Sub': operator.isub, 'MatMult': operator.imatmul, 'Div': operator.itruediv, 'FloorDiv': operator.ifloordiv,
    'RShift': operator.irshift, 'BitAnd': operator.iand, 'BitOr': operator.ior, 'BitXor': operator.ixor,
}  # fmt: skip


def in_place(name: str, left: Any, right: Any) -> Any:
    """Return `left` after `left op= right`, for the operators that have no guard."""
    return _IN_PLACE[name](left, right)
