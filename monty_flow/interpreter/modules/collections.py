"""`collections`: the containers, made with the run's meter.

Each is CPython's own with a slot for the run (`deque.py`, `counter.py`, `dicts.py`). A script holds them as
`TypeOfRun`, since making one consumes an iterable.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final

from monty_flow.interpreter.modules.collections_abc import MODULE as ABC_MODULE
from monty_flow.interpreter.modules.counter import Counter
from monty_flow.interpreter.modules.deque import deque
from monty_flow.interpreter.modules.dicts import OrderedDict, defaultdict, make_defaultdict, make_ordered_dict
from monty_flow.interpreter.modules.library import LibraryFunctions, TypeOfRun
from monty_flow.interpreter.modules.module import Definition
from monty_flow.interpreter.modules.named_tuples import checked_fields, checked_type_name, make_named_tuple
from monty_flow.interpreter.modules.scripted import Scripted
from monty_flow.interpreter.runtime.run import Run


class CollectionsFunctions(LibraryFunctions):
    """The functions of `collections`."""

    __slots__ = ()
    module = 'collections'

    def namedtuple(
        self, typename: Any, field_names: Any, *, rename: Any = False, defaults: Any = None, module: Any = None
    ) -> Any:
        if isinstance(field_names, str):
            field_names = field_names.replace(',', ' ').split()
        listed = [name if isinstance(name, str) else str(name) for name in self._pool(field_names)]
        name = checked_type_name(typename)
        names = checked_fields(listed, bool(rename))
        given = () if defaults is None else self._pool(defaults)
        if len(given) > len(names):
            raise TypeError('Got more default values than field names')
        by_name = dict(zip(names[len(names) - len(given) :], given, strict=True))
        return make_named_tuple(self._run, name, names, by_name)


class Makers(LibraryFunctions):
    """What makes the containers of one run."""

    __slots__ = ()
    module = 'collections'
    consuming: ClassVar[frozenset[str]] = frozenset({'deque', 'counter', 'ordered_dict', 'default_dict'})

    def deque(self, *args: Any, **kwargs: Any) -> Any:
        return self._made(deque, args, kwargs)

    def counter(self, /, *args: Any, **kwargs: Any) -> Any:
        return self._made(Counter, args, kwargs)

    def ordered_dict(self, /, *args: Any, **kwargs: Any) -> Any:
        return self._made(OrderedDict, args, kwargs)

    def default_dict(self, /, *args: Any, **kwargs: Any) -> Any:
        return self._made(defaultdict, args, kwargs)

    def _made(self, kind: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        made = kind.__new__(kind)
        object.__setattr__(made, '__run__', self._run)
        made.__init__(*args, **kwargs)
        return made

    def empty(self, cls: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Return an instance of a script's class, which `__init__` fills."""
        kind = next(base for base in cls.__mro__ if base in _KINDS)
        made = kind.__new__(cls)
        object.__setattr__(made, '__run__', self._run)
        return made

    def ordered_from_keys(self, iterable: Any, value: Any = None) -> OrderedDict:
        return make_ordered_dict(self._run, dict.fromkeys(self._sized(iterable), value))

    def default_from_keys(self, iterable: Any, value: Any = None, /) -> defaultdict:
        return make_defaultdict(self._run, None, dict.fromkeys(self._sized(iterable), value))


_KINDS: Final = frozenset({deque, Counter, OrderedDict, defaultdict})


def _deque(run: Run) -> TypeOfRun:
    makers = Makers(run)
    return TypeOfRun(deque, 'collections.deque', makers.deque, new=makers.empty)


def _counter(run: Run) -> TypeOfRun:
    makers = Makers(run)
    return TypeOfRun(Counter, 'collections.Counter', makers.counter, new=makers.empty)


def _ordered_dict(run: Run) -> TypeOfRun:
    makers = Makers(run)
    return TypeOfRun(
        OrderedDict, 'collections.OrderedDict', makers.ordered_dict, makers.ordered_from_keys, new=makers.empty
    )


def _defaultdict(run: Run) -> TypeOfRun:
    makers = Makers(run)
    return TypeOfRun(
        defaultdict, 'collections.defaultdict', makers.default_dict, makers.default_from_keys, new=makers.empty
    )


MODULE = Definition(
    'collections',
    functions=CollectionsFunctions,
    objects={
        'abc': lambda run: ABC_MODULE.bind(run, {}),
        'deque': _deque,
        'Counter': _counter,
        'OrderedDict': _ordered_dict,
        'defaultdict': _defaultdict,
    },
    scripted=Scripted(
        'collections',
        installed=True,
        exported='ChainMap UserDict UserList UserString',
        # All that is native here, and what only that needs.
        without='deque defaultdict OrderedDict Counter namedtuple _OrderedDictKeysView _OrderedDictItemsView'
        ' _OrderedDictValuesView _Link _tuplegetter _count_elements _deque_iterator _proxy _itemgetter _eq _iskeyword _chain'
        ' _repeat _starmap',
        instead={'_collections_abc': 'collections.abc'},
    ),
)
