"""Kinds of iterators and views, by what they stand on and how far they are.

`__reduce__` of an iterator differs by Python release, so its answer is never stored: each exact type is
read in its own way into (source, position), and any release can make it again. Reading takes nothing
from the iterator.

Some iterators come back as another type that gives the same items. What iterates over a set, an
OrderedDict or a deque becomes an iterator over the list of items that were left, since the order of a set
is not kept, and since a deque cannot be iterated before it is full.
"""

from __future__ import annotations

import gc
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from types import GenericAlias
from typing import Any

from monty_flow.interpreter.runtime.buffers import ARRAYS
from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES
from monty_flow.interpreter.snapshot.lending import REVERSED, lent, stepping
from monty_flow.interpreter.snapshot.registry import Arguments, Kind

LIST_ITERATOR: type[Any] = type(iter([]))
_SEQUENCES = (list, tuple, str, bytes, bytearray, range, memoryview)


def iterator_kinds() -> tuple[Kind, ...]:
    """Return the rows for the built-in iterators and dict views."""
    return (
        sequence_kind('list_iterator', list, LIST_ITERATOR),
        sequence_kind('tuple_iterator', tuple, type(iter(()))),
        sequence_kind('str_iterator', str, (type(iter('a')), type(iter('\u1234')))),
        sequence_kind('bytes_iterator', bytes, type(iter(b''))),
        sequence_kind('bytearray_iterator', bytearray, type(iter(bytearray()))),
        Kind('list_reverseiterator', type(reversed([])), _reduce_reversed, _build_reversed, _go_to, last=True),
        Kind('reversed', reversed, _reduce_reversed, _build_reversed, _go_to, last=True),
        REVERSED,
        Kind(
            'range_iterator',
            (type(iter(range(0))), type(iter(range(2**70)))),
            _reduce_range,
            _build_range,
            leaves=_rest_of_range,
        ),
        Kind(
            'remaining_iterator',
            (type(iter(set())), type(iter(OrderedDict())), type(iter(deque()))),
            _reduce_remaining,
            _build_remaining,
            _fill_remaining,
        ),
        *[_dict_iterator_kind(*row) for row in _DICT_ITERATORS],
        *[_view_kind(*row) for row in _VIEWS],
        Kind('generic_alias_iterator', _ALIAS_ITERATOR, lambda v, _: (v.__reduce__()[1], ()), _build_alias_iterator),
        Kind('callable_iterator', type(iter(int, 0)), _reduce_calls, _build_calls),
        Kind('sequence_iterator', SEQUENCE_ITERATOR, _reduce_indices, _build_indices, _go_to, last=True),
        Kind('enumerate', enumerate, _reduce_wrapper, _build_enumerate),
        Kind('zip', zip, _reduce_zip, _build_zip),
        Kind('map', map, _reduce_wrapper, _build_map),
        Kind('filter', filter, _reduce_wrapper, _build_filter),
    )


class _Indexed:
    def __getitem__(self, index: int) -> int:
        raise IndexError


SEQUENCE_ITERATOR: type[Any] = type(iter(_Indexed()))


def _reduce_calls(iterator: Any, context: Any) -> tuple[Arguments, Arguments]:
    arguments = iterator.__reduce__()[1]
    return (arguments if len(arguments) == 2 else ()), ()


def _build_calls(context: Any, *arguments: Any) -> Any:
    if not arguments:
        return _exhausted(iter(int, 0))
    function, sentinel = arguments
    with lent(function, __call__=_exhausted):
        if not callable(function):
            raise TypeError('an iterator has nothing to call')
        return iter(function, sentinel)


def _reduce_indices(iterator: Any, context: Any) -> tuple[Arguments, Arguments]:
    state = iterator.__reduce__()
    return (state[1], state[2:]) if len(state) == 3 else ((), ())


def _build_indices(context: Any, *source: Any) -> Any:
    if not source:
        return _exhausted(iter(_Indexed()))
    if type(type(source[0])) not in SCRIPT_TYPES and not hasattr(type(source[0]), '__getitem__'):
        raise TypeError('an iterator has no sequence')
    with lent(source[0], __getitem__=_Indexed.__getitem__):
        return iter(source[0])


def sequence_kind(
    name: str,
    source_type: type[Any],
    iterator_type: type[Any] | tuple[type[Any], ...],
    empty: Callable[[], Any] | None = None,
) -> Kind:
    """Return the row of iterators by index over a type of sequences, of which `empty` makes one without items."""

    def reduce(iterator: Any, context: Any) -> tuple[Arguments, Arguments]:
        state = iterator.__reduce__()
        # An exhausted iterator has let go of its source, and gives an empty one without a position.
        return (state[1], state[2:]) if len(state) == 3 else ((), ())

    def build(context: Any, *source: Any) -> Any:
        if not source:
            return _exhausted(iter((empty or source_type)()))
        if len(source) != 1 or not isinstance(source[0], source_type):
            raise TypeError(f'{name} has no {source_type.__name__}')
        return source_type.__iter__(source[0])

    return Kind(name, iterator_type, reduce, build, _go_to, last=True)


def _go_to(context: Any, iterator: Any, position: Any) -> None:
    if type(position) is not int:
        raise TypeError('the position of an iterator is not an int')
    iterator.__setstate__(position)


def _exhausted(iterator: Iterator[Any]) -> Iterator[Any]:
    for _ in iterator:
        raise ValueError('the iterator is not empty')
    return iterator


def _reduce_reversed(iterator: Any, context: Any) -> tuple[Arguments, Arguments] | None:
    state = iterator.__reduce__()
    if len(state) != 3:
        return (type(iterator) is LIST_REVERSE,), ()
    return ((state[1][0],), state[2:]) if isinstance(state[1][0], list) or _is_sequence(state[1][0]) else None


def _is_sequence(value: Any) -> bool:
    return type(value) in _SEQUENCES or type(value) in ARRAYS


LIST_REVERSE: type[Any] = type(reversed([]))


def _build_reversed(context: Any, source: Any) -> Any:
    if type(source) is bool:
        empty: Any = [] if source else ()
        return _exhausted(reversed(empty))
    if isinstance(source, list):
        return list.__reversed__(source)
    if not _is_sequence(source) or type(source) is range:
        raise TypeError('reversed has no sequence')
    return reversed(source)


def _reduce_range(iterator: Any, context: Any) -> tuple[Arguments, Arguments]:
    return _rest_of_range(iterator, context), ()


def _rest_of_range(iterator: Any, context: Any) -> tuple[int, int, int]:
    # 3.11 gives the whole range and an index, 3.12 and later the rest and None.
    state = iterator.__reduce__()
    rest = state[1][0][state[2] or 0 :] if len(state) == 3 else state[1][0]
    return rest.start, rest.stop, rest.step


def _build_range(context: Any, start: Any, stop: Any, step: Any) -> Any:
    if not type(start) is type(stop) is type(step) is int:
        raise TypeError('a range is not of ints')
    return iter(range(start, stop, step))


def _reduce_remaining(iterator: Any, context: Any) -> tuple[Arguments, Arguments]:
    state = iterator.__reduce__()
    if len(state[1]) == 2:
        source, position = state[1]
        return (), list(source)[position:]
    return (), state[1][0]


def _build_remaining(context: Any) -> Any:
    return iter([])


def _fill_remaining(context: Any, iterator: Any, *items: Any) -> None:
    # The list under a fresh iterator can be reached through it alone.
    iterator.__reduce__()[1][0].extend(items)


#: Name, how to make one of a dict. The type is that of what is made.
_DICT_ITERATORS: tuple[tuple[str, Callable[[dict[Any, Any]], Any]], ...] = (
    ('dict_keyiterator', lambda source: dict.__iter__(source)),
    ('dict_valueiterator', lambda source: iter(dict.values(source))),
    ('dict_itemiterator', lambda source: iter(dict.items(source))),
    ('dict_reversekeyiterator', lambda source: dict.__reversed__(source)),
    ('dict_reversevalueiterator', lambda source: reversed(dict.values(source))),
    ('dict_reverseitemiterator', lambda source: reversed(dict.items(source))),
)
_ALIAS: Any = list[int]
_ALIAS_ITERATOR: type[Any] = type(iter(_ALIAS))


def _build_alias_iterator(context: Any, source: Any) -> Any:
    if source == ():
        iterator = iter(_ALIAS)
        next(iterator)
        return iterator
    if type(source) is not GenericAlias:
        raise TypeError('an iterator has no generic alias')
    return iter(source)


_VIEWS: tuple[tuple[str, Callable[[dict[Any, Any]], Any]], ...] = (
    ('dict_keys', dict.keys),
    ('dict_values', dict.values),
    ('dict_items', dict.items),
)
#: In place of a position: the dict has changed its size, and the next step raises RuntimeError.
STALE = -1


def _source_dict(holder: Any) -> dict[Any, Any] | None:
    """Return the dict that an iterator or view stands on; no attribute gives it."""
    return next((part for part in gc.get_referents(holder) if isinstance(part, dict)), None)


def _dict_iterator_kind(name: str, make: Callable[[dict[Any, Any]], Any]) -> Kind:
    def reduce(iterator: Any, context: Any) -> tuple[Arguments, Arguments]:
        source = _source_dict(iterator)
        if source is None:
            return (), ()
        left = iterator.__length_hint__()
        if left == 0 and _is_stale(iterator):
            return (source, STALE), ()
        return (source, len(source) - left), ()

    def build(context: Any, *arguments: Any) -> Any:
        if not arguments:
            return _exhausted(make({}))
        source, position = arguments
        if not isinstance(source, dict) or type(position) is not int or position > len(source):
            raise TypeError(f'{name} has no dict or no position in it')
        iterator = make(source)
        if position == STALE:
            _make_stale(source, iterator)
        for _ in range(position):
            next(iterator)
        return iterator

    return Kind(name, type(make({})), reduce, build, late=True)


def _is_stale(iterator: Any) -> bool:
    try:
        iterator.__reduce__()
    except RuntimeError:
        return True
    return False


def _make_stale(source: dict[Any, Any], iterator: Any) -> None:
    unique = object()
    dict.__setitem__(source, unique, None)
    try:
        next(iterator)
    except RuntimeError:
        # From now on the iterator raises this again, whatever the size.
        pass
    dict.__delitem__(source, unique)


def _view_kind(name: str, make: Callable[[dict[Any, Any]], Any]) -> Kind:
    def reduce(view: Any, context: Any) -> tuple[Arguments, Arguments]:
        return (_source_dict(view),), ()

    def build(context: Any, source: Any) -> Any:
        if not isinstance(source, dict):
            raise TypeError(f'{name} has no dict')
        return make(source)

    return Kind(name, type(make({})), reduce, build)


class _Ready:
    """Give an iterator to a built-in that calls iter(): so no `__iter__` of a script runs."""

    __slots__ = ('_iterator',)

    def __init__(self, iterator: Any) -> None:
        if not hasattr(type(iterator), '__next__'):
            raise TypeError('not an iterator')
        self._iterator = iterator

    def __iter__(self) -> Any:
        return self._iterator


def _reduce_wrapper(iterator: Any, context: Any) -> tuple[Arguments, Arguments]:
    return iterator.__reduce__()[1], ()


def _reduce_zip(iterator: Any, context: Any) -> tuple[Arguments, Arguments]:
    state = iterator.__reduce__()
    return (len(state) == 3, *state[1]), ()


def _build_zip(context: Any, strict: Any, *iterators: Any) -> Any:
    with stepping(*iterators):
        return zip(*[_Ready(iterator) for iterator in iterators], strict=strict is True)


def _build_enumerate(context: Any, iterator: Any, count: Any) -> Any:
    if type(count) is not int:
        raise TypeError('the count of enumerate is not an int')
    with stepping(iterator):
        return enumerate(_Ready(iterator), count)


def _build_map(context: Any, function: Any, *iterators: Any) -> Any:
    with stepping(*iterators):
        return map(function, *[_Ready(iterator) for iterator in iterators])


def _build_filter(context: Any, function: Any, iterator: Any) -> Any:
    with stepping(iterator):
        return filter(function, _Ready(iterator))
