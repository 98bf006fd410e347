"""The iterators of `itertools` that go through several things together: sources, readers of one source, groups."""

from __future__ import annotations

from typing import Any

from monty_flow.interpreter.modules.library import Stepper, callee, iterator_checked, typed
from monty_flow.interpreter.runtime.generators import END
from monty_flow.interpreter.runtime.run import Run


class ZipLongest(Stepper):
    """Tuples of one item of each source, with a value for those that have ended."""

    __slots__ = ('_fill', '_sources')
    script_type_name = 'zip_longest'

    def __init__(self, run: Run, iterables: tuple[Any, ...], fill: Any) -> None:
        super().__init__(run, *iterables)
        #: None for a source that has ended.
        self._sources: list[Any] = [iter(iterable) for iterable in iterables]
        self._fill = fill

    def __next__(self) -> tuple[Any, ...]:
        self._run.charge(1 + len(self._sources))
        sources = self._sources
        items: list[Any] = []
        for place, source in enumerate(sources):
            item = self._fill
            if source is not None:
                item = next(source, END)
                if item is END:
                    item, sources[place] = self._fill, None
                    if not any(other is not None for other in sources):
                        raise StopIteration
            items.append(item)
        if not any(source is not None for source in sources):
            raise StopIteration
        return tuple(items)

    def _state(self) -> tuple[Any, ...]:
        return self._fill, *self._sources

    def _go_on(self, fill: Any, *sources: Any) -> None:
        self._fill = fill
        self._sources = [source if source is None else iterator_checked(source) for source in sources]


class Tee(Stepper):
    """One of several readers of a source. Links are lists of (item, next link), empty where nothing was read yet."""

    __slots__ = ('_link', '_source')
    script_type_name = '_tee'

    def __init__(self, run: Run, source: Any, link: list[Any]) -> None:
        super().__init__(run, source)
        self._source, self._link = source, link

    def __next__(self) -> Any:
        self._run.tick()
        link = self._link
        if not link:
            item = next(self._source)
            link[:] = (item, [])
        self._link = link[1]
        return link[0]

    def __copy__(self) -> Tee:
        return Tee(self._run, self._source, self._link)

    def _state(self) -> tuple[Any, ...]:
        return self._source, self._link

    def _go_on(self, source: Any, link: Any) -> None:
        self._source, self._link = iterator_checked(source), typed(link, list)


class GroupBy(Stepper):
    """Runs of items with equal keys."""

    __slots__ = ('_call', '_current', '_function', '_group', '_source', '_target')
    script_type_name = 'groupby'

    def __init__(self, run: Run, iterable: Any, function: Any) -> None:
        super().__init__(run, iterable)
        self._function = function
        self._call = callee(run, function)
        self._source = iter(iterable)
        #: (key, item) in hand; empty before the first item.
        self._current: tuple[Any, ...] = ()
        #: (key,) of the group that was given last.
        self._target: tuple[Any, ...] = ()
        #: The group that was given last; the one before it has ended.
        self._group: Any = None

    def __next__(self) -> tuple[Any, Group]:
        self._group = None
        while not self._current or (self._target and self._current[0] == self._target[0]):
            self._advance()
        self._target = self._current[:1]
        group: Group = Group(self._run, self, self._target)
        self._group = group
        return self._current[0], group

    def _advance(self) -> None:
        self._run.tick()
        item = next(self._source)
        self._current = (item if self._function is None else self._call(item), item)

    def _state(self) -> tuple[Any, ...]:
        return self._function, self._source, self._current, self._target, self._group

    def _go_on(self, function: Any, source: Any, current: Any, target: Any, group: Any) -> None:
        self._function, self._source = function, iterator_checked(source)
        self._call = callee(self._run, function)
        self._current, self._target, self._group = (
            typed(current, tuple),
            typed(target, tuple),
            typed(group, Group, type(None)),
        )


class Group(Stepper):
    """The items of one group."""

    __slots__ = ('_parent', '_target')
    script_type_name = '_grouper'

    def __init__(self, run: Run, parent: GroupBy, target: tuple[Any, ...]) -> None:
        super().__init__(run, parent)
        self._parent, self._target = parent, target

    def __next__(self) -> Any:
        parent = self._parent
        if parent._group is not self:
            raise StopIteration
        if len(parent._current) < 2:
            parent._advance()
        if not parent._current[0] == self._target[0]:
            raise StopIteration
        item = parent._current[1]
        # The key stays, so that the parent knows where this group ends.
        parent._current = parent._current[:1]
        return item

    def _state(self) -> tuple[Any, ...]:
        return self._parent, self._target

    def _go_on(self, parent: Any, target: Any) -> None:
        self._parent, self._target = typed(parent, GroupBy), typed(target, tuple)
