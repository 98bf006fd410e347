"""`collections`: the containers, made with the run's meter.

Each is CPython's own with a slot for the run (`deque.py`, `counter.py`, `dicts.py`). A script holds them as
`TypeOfRun`, since making one consumes an iterable.
"""

from __future__ import annotations

import operator
from typing import Any

from monty_flow.interpreter.modules.collections_abc import MODULE as ABC_MODULE
from monty_flow.interpreter.modules.counter import Counter
from monty_flow.interpreter.modules.deque import deque, make_deque
from monty_flow.interpreter.modules.dicts import OrderedDict, defaultdict, make_defaultdict, make_ordered_dict
from monty_flow.interpreter.modules.library import LibraryFunctions, TypeOfRun
from monty_flow.interpreter.modules.module import Definition
from monty_flow.interpreter.runtime.run import Run


class Makers(LibraryFunctions):
    """What makes the containers of one run."""

    __slots__ = ()
    module = 'collections'

    def deque(self, iterable: Any = (), maxlen: Any = None) -> deque:
        if maxlen is not None:
            if type(maxlen) not in (int, bool):
                raise TypeError('an integer is required')
            if maxlen < 0:
                raise ValueError('maxlen must be non-negative')
        made = make_deque(self._run, None if maxlen is None else operator.index(maxlen))
        made.extend(iterable)
        return made

    def counter(self, /, *args: Any, **kwargs: Any) -> Counter:
        return Counter(self._run, *args, **kwargs)

    def ordered_dict(self, /, *args: Any, **kwargs: Any) -> OrderedDict:
        if len(args) > 1:
            raise TypeError(f'expected at most 1 argument, got {len(args)}')
        return make_ordered_dict(self._run, *map(self._source, args), **kwargs)

    def default_dict(self, /, *args: Any, **kwargs: Any) -> defaultdict:
        factory = args[0] if args else None
        if factory is not None and not callable(factory):
            raise TypeError('first argument must be callable or None')
        if len(args) > 2:
            raise TypeError(f'expected at most 1 argument, got {len(args) - 1}')
        return make_defaultdict(self._run, factory, *map(self._source, args[1:]), **kwargs)

    def ordered_from_keys(self, iterable: Any, value: Any = None) -> OrderedDict:
        return make_ordered_dict(self._run, dict.fromkeys(self._sized(iterable), value))

    def default_from_keys(self, iterable: Any, value: Any = None, /) -> defaultdict:
        return make_defaultdict(self._run, None, dict.fromkeys(self._sized(iterable), value))

    def _source(self, value: Any) -> Any:
        return self._objects.methods.source(value)


def _deque(run: Run) -> TypeOfRun:
    return TypeOfRun(deque, 'collections.deque', Makers(run).deque)


def _counter(run: Run) -> TypeOfRun:
    return TypeOfRun(Counter, 'collections.Counter', Makers(run).counter)


def _ordered_dict(run: Run) -> TypeOfRun:
    makers = Makers(run)
    return TypeOfRun(OrderedDict, 'collections.OrderedDict', makers.ordered_dict, makers.ordered_from_keys)


def _defaultdict(run: Run) -> TypeOfRun:
    makers = Makers(run)
    return TypeOfRun(defaultdict, 'collections.defaultdict', makers.default_dict, makers.default_from_keys)


MODULE = Definition(
    'collections',
    objects={
        'abc': lambda run: ABC_MODULE.bind(run, {}),
        'deque': _deque,
        'Counter': _counter,
        'OrderedDict': _ordered_dict,
        'defaultdict': _defaultdict,
    },
    left_out={
        'it is not part of this release; use a tuple or a dict': 'namedtuple',
        'it is not part of this release; merge the dicts with |': 'ChainMap',
        'it is for classes, which it is a base of; use dict, list or str': 'UserDict UserList UserString',
    },
)
