"""`functools`: what only names, orders and reduces. What calls functions later is in the script language.

`reduce` calls natively; where its callback may stop, the compiler sends it to the prelude.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from types import FunctionType
from typing import Any, ClassVar, Final

from monty_flow.interpreter.modules.library import LibraryFunctions
from monty_flow.interpreter.modules.module import Definition, Frozen
from monty_flow.interpreter.modules.scripted import Scripted

#: What `wraps` copies, and the dicts that it fills, unless it is told.
ASSIGNED: Final = functools.WRAPPER_ASSIGNMENTS
UPDATED: Final = functools.WRAPPER_UPDATES


class Wrapping(Frozen):
    """The decorator that `wraps` gives."""

    __slots__ = ('_assigned', '_functions', '_updated', '_wrapped')
    _functions: FunctoolsFunctions
    _wrapped: Any
    _assigned: tuple[Any, ...]
    _updated: tuple[Any, ...]
    script_type_name: ClassVar[str] = 'partial'

    def __init__(
        self,
        functions: FunctoolsFunctions,
        wrapped: Any,
        assigned: Iterable[Any] = ASSIGNED,
        updated: Iterable[Any] = UPDATED,
    ) -> None:
        self._set(_functions=functions, _wrapped=wrapped, _assigned=tuple(assigned), _updated=tuple(updated))

    def __call__(self, wrapper: Any) -> Any:
        return self._functions.update_wrapper(wrapper, self._wrapped, self._assigned, self._updated)


def wrapping_parts(wrapping: Wrapping) -> tuple[Any, ...]:
    """Return what a snapshot stores of a decorator."""
    return wrapping._wrapped, wrapping._assigned, wrapping._updated


class Key(Frozen):
    """A value that is ordered by a comparison function."""

    __slots__ = ('_compare', 'obj')
    script_type_name: ClassVar[str] = 'KeyWrapper'
    _compare: Any
    obj: Any

    def __init__(self, compare: Any, obj: Any) -> None:
        self._set(_compare=compare, obj=obj)

    def __lt__(self, other: Any) -> bool:
        return bool(self._compare(self.obj, _key(other).obj) < 0)

    def __gt__(self, other: Any) -> bool:
        return bool(self._compare(self.obj, _key(other).obj) > 0)

    def __le__(self, other: Any) -> bool:
        return bool(self._compare(self.obj, _key(other).obj) <= 0)

    def __ge__(self, other: Any) -> bool:
        return bool(self._compare(self.obj, _key(other).obj) >= 0)

    def __eq__(self, other: object) -> bool:
        return bool(self._compare(self.obj, _key(other).obj) == 0)

    __hash__: ClassVar[None]  # type: ignore[assignment]


def _key(value: Any) -> Key:
    if type(value) is not Key:
        raise TypeError('other argument must be K instance')
    return value


class KeyMaker(Frozen):
    """What `cmp_to_key` gives."""

    __slots__ = ('_compare',)
    script_type_name: ClassVar[str] = 'KeyWrapper'
    _compare: Any

    def __init__(self, compare: Any) -> None:
        self._set(_compare=compare)

    def __call__(self, obj: Any) -> Key:
        return Key(self._compare, obj)


class FunctoolsFunctions(LibraryFunctions):
    """The functions of `functools`."""

    __slots__ = ()
    module = 'functools'

    def reduce(self, function: Any, sequence: Any, /, *initial: Any) -> Any:
        return functools.reduce(self._callee(function), self._sized(sequence), *initial)

    def cmp_to_key(self, mycmp: Any) -> KeyMaker:
        return KeyMaker(self._callee(mycmp))

    def wraps(self, wrapped: Any, assigned: Any = ASSIGNED, updated: Any = UPDATED) -> Wrapping:
        return Wrapping(self, wrapped, assigned, updated)

    def update_wrapper(self, wrapper: Any, wrapped: Any, assigned: Any = ASSIGNED, updated: Any = UPDATED) -> Any:
        read, write = self._objects.value('getattr'), self._objects.value('setattr')
        for name in assigned:
            try:
                value = read(wrapped, name)
            except AttributeError:
                continue
            write(wrapper, name, value)
        for name in updated:
            # The dict of a function is no copy here.
            whole = wrapper.__dict__ if name == '__dict__' and type(wrapper) is FunctionType else read(wrapper, name)
            whole.update(read(wrapped, name, {}))
        write(wrapper, '__wrapped__', wrapped)
        return wrapper


MODULE = Definition(
    'functools',
    static={'WRAPPER_ASSIGNMENTS': ASSIGNED, 'WRAPPER_UPDATES': UPDATED},
    functions=FunctoolsFunctions,
    scripted=Scripted('functools'),
    stoppable=frozenset({'cmp_to_key'}),
    left_out={
        'it is not part of this release': 'Placeholder',
        'it is not meant for users of the module': 'GenericAlias RLock get_cache_token namedtuple recursive_repr',
    },
)
