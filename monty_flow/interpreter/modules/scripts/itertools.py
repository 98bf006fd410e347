"""`itertools` over callbacks and generators of the script that may stop: as the native ones, but for the names of their types.

Runs in which nothing can stop inside have the native ones (`modules/itertools.py`).
"""

import operator

__all__ = [
    'accumulate', 'chain', 'compress', 'cycle', 'dropwhile', 'filterfalse', 'groupby', 'islice', 'pairwise', 'starmap',
    'takewhile', 'zip_longest',
]


class _NOTHING:
    """What stands for no value: a class of the module is the same one after a pause."""


def accumulate(iterable, func=None, *, initial=None):
    return _accumulate(iter(iterable), operator.add if func is None else func, initial)


def _accumulate(iterator, func, total):
    if total is None:
        total = next(iterator, _NOTHING)
        if total is _NOTHING:
            return
    yield total
    for item in iterator:
        total = func(total, item)
        yield total


def chain(*iterables):
    return _chained(iterables)


def _chained(iterables):
    for iterable in iterables:
        for item in iterable:
            yield item


chain.from_iterable = lambda iterable, /: _chained(iterable)


def compress(data, selectors):
    return _compress(iter(data), iter(selectors))


def _compress(data, selectors):
    for item in data:
        chosen = next(selectors, _NOTHING)
        if chosen is _NOTHING:
            return
        if chosen:
            yield item


def cycle(iterable, /):
    return _cycle(iter(iterable))


def _cycle(iterator):
    saved = []
    for item in iterator:
        yield item
        saved.append(item)
    while saved:
        for item in saved:
            yield item


def dropwhile(predicate, iterable, /):
    return _dropwhile(predicate, iter(iterable))


def _dropwhile(predicate, iterator):
    for item in iterator:
        if not predicate(item):
            yield item
            break
    for item in iterator:
        yield item


def takewhile(predicate, iterable, /):
    return _takewhile(predicate, iter(iterable))


def _takewhile(predicate, iterator):
    for item in iterator:
        if not predicate(item):
            return
        yield item


def filterfalse(function, iterable, /):
    return _filterfalse(function, iter(iterable))


def _filterfalse(function, iterator):
    for item in iterator:
        if not (item if function is None else function(item)):
            yield item


def starmap(function, iterable, /):
    return _starmap(function, iter(iterable))


def _starmap(function, iterator):
    for arguments in iterator:
        yield function(*arguments)


def pairwise(iterable, /):
    return _pairwise(iter(iterable))


def _pairwise(iterator):
    before = next(iterator, _NOTHING)
    for item in iterator:
        yield before, item
        before = item


def islice(iterable, *bounds):
    if not 1 <= len(bounds) <= 3:
        raise TypeError(f'islice expected {"at least 2" if not bounds else "at most 4"} arguments, got {len(bounds) + 1}')
    start, stop, step = (0, bounds[0], 1) if len(bounds) == 1 else (*bounds, 1)[:3]
    start = 0 if start is None else operator.index(start)
    step = 1 if step is None else operator.index(step)
    if stop is not None:
        stop = operator.index(stop)
        if stop < 0:
            raise ValueError('Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.')
    if start < 0:
        raise ValueError('Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.')
    if step < 1:
        raise ValueError('Step for islice() must be a positive integer or None.')
    return _islice(iter(iterable), start, stop, step)


def _islice(iterator, start, stop, step):
    place = 0
    wanted = start
    while stop is None or place < stop:
        item = next(iterator, _NOTHING)
        if item is _NOTHING:
            return
        if place == wanted:
            wanted += step
            yield item
        place += 1


def zip_longest(*iterables, fillvalue=None):
    return _zip_longest([iter(iterable) for iterable in iterables], fillvalue)


def _zip_longest(iterators, fillvalue):
    left = len(iterators)
    while left:
        row = []
        for place, iterator in enumerate(iterators):
            item = fillvalue if iterator is None else next(iterator, _NOTHING)
            if item is _NOTHING:
                iterators[place] = None
                left -= 1
                item = fillvalue
            row.append(item)
        if left:
            yield tuple(row)


class groupby:
    """Runs of items that have the same key."""

    def __init__(self, iterable, key=None):
        self._items = iter(iterable)
        self._key = key
        self._current = self._wanted = self._item = _NOTHING
        self._group = None

    def __iter__(self):
        return self

    def _step(self):
        self._item = next(self._items, _NOTHING)
        if self._item is _NOTHING:
            self._current = _NOTHING
            return False
        self._current = self._item if self._key is None else self._key(self._item)
        return True

    def __next__(self):
        self._group = None
        while self._item is _NOTHING or self._current == self._wanted:
            if not self._step():
                raise StopIteration
        self._wanted = self._current
        self._group = _group = object()
        return self._current, self._members(_group, self._current)

    def _members(self, group, wanted):
        while self._group is group and self._item is not _NOTHING and self._current == wanted:
            yield self._item
            if self._group is not group or not self._step():
                return
