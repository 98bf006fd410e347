"""`OrderedDict` and `defaultdict`: CPython's C types, shown with the run's meter.

Their own `repr` recurses in C and takes as long as the tree that shared parts spell out. A slot for the run is all
that is added; reading and writing keys stay native.
"""

from __future__ import annotations

import collections
import sys
from collections.abc import Iterable, Mapping
from reprlib import recursive_repr
from typing import Any, Final

from monty_flow.interpreter.modules.library import derivable
from monty_flow.interpreter.runtime.metering import FREE, hashed
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.text import repr_of

_MISSING: Final = object()
_SHOWS_PAIRS: Final = sys.version_info < (3, 12)


@derivable
class OrderedDict(collections.OrderedDict[Any, Any]):
    """An OrderedDict of one run."""

    __slots__ = ('__run__',)
    __run__: Run

    def __init__(self, /, *args: Any, **items: Any) -> None:
        super().__init__(*[paid(self.__run__, source) for source in args], **items)

    def update(self, /, *args: Any, **items: Any) -> None:
        super().update(*[paid(self.__run__, source) for source in args], **items)

    def copy(self) -> OrderedDict:
        if type(self) is not OrderedDict:
            made: OrderedDict = type(self)(self)
            return made
        return make_ordered_dict(self.__run__, self)

    __copy__ = copy

    def pop(self, key: Any, /, *default: Any, **named: Any) -> Any:  # type: ignore[override]
        # C has no value to give where the key is found once and then no more, and gives none.
        value = super().pop(key, *(default or (named.pop('default', _MISSING),)), **named)
        if value is _MISSING:
            raise KeyError(key)
        return value

    def __eq__(self, other: object) -> Any:
        return _equal(self, other)

    def __ne__(self, other: object) -> Any:
        is_equal = _equal(self, other)
        return is_equal if is_equal is NotImplemented else not is_equal

    __hash__ = None  # type: ignore[assignment]

    def __or__(self, other: Any) -> Any:
        return _merged(self, self, other)

    def __ror__(self, other: Any) -> Any:
        return _merged(self, other, self)

    def __reduce__(self) -> Any:
        raise TypeError('an OrderedDict of a script cannot be pickled')

    @recursive_repr('...')
    def __repr__(self) -> str:
        name = type(self).__name__
        if not self:
            return f'{name}()'
        shown: Any = list(self.items()) if _SHOWS_PAIRS else dict(self.items())
        return f'{name}({repr_of(shown, self.__run__)})'


@derivable
class defaultdict(collections.defaultdict[Any, Any]):
    """A defaultdict of one run."""

    __slots__ = ('__run__',)
    __run__: Run

    def __init__(self, default_factory: Any = None, /, *args: Any, **items: Any) -> None:
        if default_factory is not None and not callable(default_factory):
            raise TypeError('first argument must be callable or None')
        super().__init__(default_factory, *[paid(self.__run__, source) for source in args], **items)

    def update(self, /, *args: Any, **items: Any) -> None:
        super().update(*[paid(self.__run__, source) for source in args], **items)

    def copy(self) -> defaultdict:
        if type(self) is not defaultdict:
            made: defaultdict = type(self)(self.default_factory, self)
            return made
        return make_defaultdict(self.__run__, self.default_factory, self)

    __copy__ = copy

    def __or__(self, other: Any) -> Any:
        return _merged_default(self, self, other)

    def __ror__(self, other: Any) -> Any:
        return _merged_default(self, other, self)

    def __reduce__(self) -> Any:
        raise TypeError('a defaultdict of a script cannot be pickled')

    @recursive_repr('defaultdict(...)')
    def __repr__(self) -> str:
        name = type(self).__name__
        return f'{name}({repr_of(self.default_factory, self.__run__)}, {repr_of(dict(self), self.__run__)})'


def _equal(self: OrderedDict, other: Any) -> Any:
    """Return whether two are equal, in the order of their keys too where both have one.

    C goes from key to key of both at once, in memory that is gone when the `__eq__` of a key empties one.
    """
    is_equal: Any = dict.__eq__(self, other)
    if is_equal is not True or not isinstance(other, collections.OrderedDict):
        return is_equal
    if len(self) > FREE:
        self.__run__.charge(len(self))
        self.__run__.reserve(16 * len(self))
    mine, theirs = ([*collections.OrderedDict.__iter__(one)] for one in (self, other))
    return mine == theirs


def _merged(self: OrderedDict, first: Any, second: Any) -> Any:
    if not isinstance(first, dict) or not isinstance(second, dict):
        return NotImplemented
    if type(self) is OrderedDict:
        return make_ordered_dict(self.__run__, first, second)
    made = type(self)(first)
    made.update(second)
    return made


def _merged_default(self: defaultdict, first: Any, second: Any) -> Any:
    if not isinstance(first, dict) or not isinstance(second, dict):
        return NotImplemented
    if type(self) is defaultdict:
        return make_defaultdict(self.__run__, self.default_factory, first, second)
    made = type(self)(self.default_factory, first)
    made.update(second)
    return made


def paid(run: Run, source: Any) -> Any:
    """Pay for a mapping or an iterable of pairs that is about to be put into a dict."""
    if hasattr(type(source), 'keys'):
        if len(source) > FREE:
            run.charge(len(source))
        return source
    return hashed(run, source)


def make_ordered_dict(run: Run, *sources: Mapping[Any, Any] | Iterable[Any], **items: Any) -> OrderedDict:
    """Return an OrderedDict of the run with the items of all sources, which are paid for already."""
    made: OrderedDict = OrderedDict.__new__(OrderedDict)
    made.__run__ = run
    _fill(run, made, sources, items)
    return made


def make_defaultdict(run: Run, factory: Any, *sources: Mapping[Any, Any] | Iterable[Any], **items: Any) -> defaultdict:
    """Return a defaultdict of the run with the items of all sources, which are paid for already."""
    made: defaultdict = defaultdict.__new__(defaultdict)
    collections.defaultdict.__init__(made, factory)
    made.__run__ = run
    _fill(run, made, sources, items)
    return made


def _fill(run: Run, target: dict[Any, Any], sources: tuple[Any, ...], items: dict[str, Any]) -> None:
    for source in sources:
        if isinstance(source, dict) and len(source) > FREE:
            run.charge(len(source))
        target.update(source)
    target.update(items)
