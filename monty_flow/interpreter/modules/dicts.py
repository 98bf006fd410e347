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

from monty_flow.interpreter.modules.module import FrozenType
from monty_flow.interpreter.runtime.metering import FREE
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.text import repr_of

_SHOWS_PAIRS: Final = sys.version_info < (3, 12)


class OrderedDict(collections.OrderedDict[Any, Any], metaclass=FrozenType):
    """An OrderedDict of one run."""

    __slots__ = ('_run',)
    _run: Run

    def copy(self) -> OrderedDict:
        return make_ordered_dict(self._run, self)

    __copy__ = copy

    def __or__(self, other: Any) -> Any:
        return make_ordered_dict(self._run, self, other) if isinstance(other, dict) else NotImplemented

    def __ror__(self, other: Any) -> Any:
        return make_ordered_dict(self._run, other, self) if isinstance(other, dict) else NotImplemented

    def __reduce__(self) -> Any:
        raise TypeError('an OrderedDict of a script cannot be pickled')

    @recursive_repr('...')
    def __repr__(self) -> str:
        if not self:
            return 'OrderedDict()'
        shown: Any = list(self.items()) if _SHOWS_PAIRS else dict(self)
        return f'OrderedDict({repr_of(shown, self._run)})'


class defaultdict(collections.defaultdict[Any, Any], metaclass=FrozenType):
    """A defaultdict of one run."""

    __slots__ = ('_run',)
    _run: Run

    def copy(self) -> defaultdict:
        return make_defaultdict(self._run, self.default_factory, self)

    __copy__ = copy

    def __or__(self, other: Any) -> Any:
        return (
            make_defaultdict(self._run, self.default_factory, self, other)
            if isinstance(other, dict)
            else NotImplemented
        )

    def __ror__(self, other: Any) -> Any:
        return (
            make_defaultdict(self._run, self.default_factory, other, self)
            if isinstance(other, dict)
            else NotImplemented
        )

    def __reduce__(self) -> Any:
        raise TypeError('a defaultdict of a script cannot be pickled')

    @recursive_repr('defaultdict(...)')
    def __repr__(self) -> str:
        return f'defaultdict({repr_of(self.default_factory, self._run)}, {repr_of(dict(self), self._run)})'


def make_ordered_dict(run: Run, *sources: Mapping[Any, Any] | Iterable[Any], **items: Any) -> OrderedDict:
    """Return an OrderedDict of the run with the items of all sources, which are paid for already."""
    made: OrderedDict = OrderedDict.__new__(OrderedDict)
    made._run = run
    _fill(run, made, sources, items)
    return made


def make_defaultdict(run: Run, factory: Any, *sources: Mapping[Any, Any] | Iterable[Any], **items: Any) -> defaultdict:
    """Return a defaultdict of the run with the items of all sources, which are paid for already."""
    made: defaultdict = defaultdict.__new__(defaultdict)
    collections.defaultdict.__init__(made, factory)
    made._run = run
    _fill(run, made, sources, items)
    return made


def _fill(run: Run, target: dict[Any, Any], sources: tuple[Any, ...], items: dict[str, Any]) -> None:
    for source in sources:
        if isinstance(source, dict) and len(source) > FREE:
            run.charge(len(source))
        target.update(source)
    target.update(items)
