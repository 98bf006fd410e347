"""Make built-ins over instances of script classes whose methods are put in later.

`zip`, `map` and `reversed` ask at once whether they were given an iterator or a sequence, and `reversed` how long it is. A
class that is being read has no methods yet, and no method of a script should run because a snapshot is read, so the
class is lent methods of ours for that moment.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, Final

from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES
from monty_flow.interpreter.snapshot.registry import Arguments, Kind

_ABSENT: Final = object()


def _refuse(*args: Any) -> Any:
    raise IndexError


def _length(instance: Any) -> int:
    return sys.maxsize


@contextmanager
def lent(instance: Any, **methods: Callable[..., Any]) -> Iterator[None]:
    """Give the class of an instance these methods for a while, where it is a script's."""
    cls: Any = type(instance)
    if type(cls) not in SCRIPT_TYPES:
        yield
        return
    own = {name: cls.__dict__.get(name, _ABSENT) for name in methods}
    for name, method in methods.items():
        type.__setattr__(cls, name, method)
    try:
        yield
    finally:
        for name, method in own.items():
            if method is _ABSENT:
                type.__delattr__(cls, name)
            else:
                type.__setattr__(cls, name, method)


@contextmanager
def stepping(*iterators: Any) -> Iterator[None]:
    """Let instances pass for iterators."""
    with ExitStack() as stack:
        for iterator in iterators:
            stack.enter_context(lent(iterator, __next__=_refuse))
        yield


def _is_same(instance: Any, other: Any) -> bool:
    return instance is other


def instances_among(keys: Iterable[Any]) -> list[Any]:
    """Return an instance of each class of a script of which there are some among keys, and within these."""
    found: dict[type, Any] = {}
    pending = list(keys)
    while pending:
        key = pending.pop()
        kind = type(key)
        if kind is tuple or kind is frozenset:
            pending.extend(key)
        elif type(kind) in SCRIPT_TYPES:
            found.setdefault(kind, key)
    return list(found.values())


def told_apart(instances: Sequence[Any], function: Callable[..., Any], *args: Any) -> Any:
    """Call a function while instances of these classes are equal to nothing but themselves, and no method is asked.

    In the container that held them they were told apart.
    """
    if not instances:
        return function(*args)
    with ExitStack() as stack:
        for instance in instances:
            stack.enter_context(lent(instance, __eq__=_is_same))
        return function(*args)


def _reduce_reversed(iterator: Any, context: Any) -> tuple[Arguments, Arguments] | None:
    state = iterator.__reduce__()
    return (state[1][0], state[2]), ()


def _build_reversed(context: Any, source: Any, position: Any) -> Any:
    if type(type(source)) not in SCRIPT_TYPES or type(position) is not int:
        raise TypeError('reversed has no instance')
    with lent(source, __len__=_length, __getitem__=_refuse, __reversed__=_refuse):
        # The method of that name would be asked.
        type.__delattr__(type(source), '__reversed__')
        try:
            iterator: Any = reversed(source)
            iterator.__setstate__(position)
        finally:
            type.__setattr__(type(source), '__reversed__', _refuse)
    return iterator


#: After the row for built-in sequences, which passes instances on.
REVERSED: Final = Kind('reversed_instance', reversed, _reduce_reversed, _build_reversed)
