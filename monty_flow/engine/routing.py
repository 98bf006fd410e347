"""Which lane the next call of a run goes through, and whether the worker that makes it may take it at once.

A function may have a queue of its own, and a key that is one of its arguments. Workers say so in the database, so that also one
that does not serve the function puts its calls where they belong.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from monty_flow.engine.functions import HostFunction
from monty_flow.engine.lanes import DEFAULT_QUEUE, MAX_KEY_CHARACTERS, lane_of


@dataclass(frozen=True, slots=True)
class Route:
    """What a function says of its calls."""

    function: str
    #: None for the queue of the run.
    queue: str | None
    #: Name and place of the parameter whose value is the key; None for no key, and for one that is not given by its place.
    key_parameter: str | None
    key_place: int | None

    def key(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str | None:
        """Return the key of a call, None when it has none."""
        if self.key_parameter is None:
            return None
        value = kwargs.get(self.key_parameter)
        if value is None and self.key_place is not None and self.key_place < len(args):
            value = args[self.key_place]
        return None if value is None else str(value).replace('\0', '')[:MAX_KEY_CHARACTERS] or None


def route_of(function: HostFunction) -> Route | None:
    """Return the route of a function that has a queue or a key of its own."""
    if function.queue is None and function.concurrency_key is None:
        return None
    place = None
    if function.concurrency_key is not None:
        for number, parameter in enumerate(inspect.signature(function.function).parameters.values()):
            if parameter.name == function.concurrency_key and parameter.kind is not parameter.KEYWORD_ONLY:
                place = number
    return Route(function.name, function.queue, function.concurrency_key, place)


class Router:
    """What a worker knows of routes and limits; told anew by its claims and with each renewal of its lease."""

    def __init__(self, functions: Iterable[HostFunction], queues: frozenset[str] | None) -> None:
        #: Routes of the functions that this worker serves.
        self.own = tuple(route for route in map(route_of, functions) if route is not None)
        #: Queues from which it takes calls, None for all.
        self.queues = queues
        self._routes: dict[str, Route] = {route.function: route for route in self.own}
        #: Queues whose calls are begun by claims only.
        self._limited: frozenset[str] = frozenset()
        self._is_open = queues is None

    def learn_routes(self, routes: Iterable[tuple[str, str | None, str | None, int | None]]) -> None:
        """Take over what all workers say of their functions."""
        self._routes = {row[0]: Route(*row) for row in routes} | {route.function: route for route in self.own}

    def learn_limits(self, limited: frozenset[str]) -> None:
        """Take over which queues have limits."""
        self._limited = limited
        self._is_open = self.queues is None and not limited

    def lane(self, run_lane: str, function: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
        """Return the lane of a call that a run makes."""
        route = self._routes.get(function)
        if route is None:
            return run_lane
        lane = lane_of(run_lane)
        return lane.through(route.queue or lane.queue, route.key(args, kwargs)).text

    @property
    def has_limits(self) -> bool:
        """Whether there are queues whose calls are begun by claims only."""
        return bool(self._limited)

    def may_go_on(self, lane: str) -> bool:
        """Tell whether a worker may take a call of a lane that it makes itself."""
        if self._is_open:
            return True
        queue = lane_of(lane).queue
        return queue not in self._limited and (self.queues is None or queue in self.queues)

    def is_limited(self, lane: str) -> bool:
        """Tell whether the end of a call of a lane may let another one begin."""
        return bool(self._limited) and (lane_of(lane).queue if lane else DEFAULT_QUEUE) in self._limited
