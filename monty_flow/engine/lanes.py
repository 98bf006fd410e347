"""The lane of a call: the queue, the namespace, the priority and the key under which it waits for a worker.

    lane = '' | queue "/" namespace "/" priority "/" key

Calls of one lane are alike in everything that decides who is next, but for the moment at which they are due. So they are claimed in that order,
by one index over lane and moment, and what there is to decide is decided between lanes, of which there are few. The
empty text is the lane of whatever nobody has said anything about, and costs nothing to store.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from monty_flow.engine.clock import MICROSECONDS

DEFAULT_QUEUE = 'default'
DEFAULT_NAMESPACE = 'default'
#: Bounds of priorities, and the waiting that one step of priority is worth: after a minute in the queue, a call is ahead of
#: those that come then with a priority that is higher by one. So nothing waits for ever.
MAX_PRIORITY = 100
AGEING_US = 60 * MICROSECONDS
#: Characters of a key.
MAX_KEY_CHARACTERS = 200
_PLAIN_NAME = re.compile(r'[A-Za-z0-9_][A-Za-z0-9_.:-]{0,99}')


@dataclass(frozen=True, slots=True)
class Lane:
    """Where a call waits."""

    queue: str = DEFAULT_QUEUE
    namespace: str = DEFAULT_NAMESPACE
    #: The higher, the sooner.
    priority: int = 0
    #: What it has in common with others of which not too many may be in hand at once, such as a customer.
    key: str | None = None

    @property
    def text(self) -> str:
        """Return the lane as it is stored."""
        if self == DEFAULT_LANE:
            return ''
        return f'{self.queue}/{self.namespace}/{self.priority}/{self.key or ""}'

    @property
    def start_us(self) -> int:
        """Return by how much earlier its calls count as due, for its priority."""
        return self.priority * AGEING_US

    def through(self, queue: str, key: str | None) -> Lane:
        """Return the lane of a call of this run's that goes through another queue, or has a key of its own."""
        return replace(self, queue=queue, key=key)


DEFAULT_LANE = Lane()


def is_plain_name(name: object) -> bool:
    """Tell whether something can be the name of a queue, a namespace or a tag, which are written in commands."""
    return isinstance(name, str) and _PLAIN_NAME.fullmatch(name) is not None


@lru_cache(maxsize=10_000)
def lane_of(text: str) -> Lane:
    """Return the lane that is stored as `text`."""
    if not text:
        return DEFAULT_LANE
    queue, namespace, priority, key = text.split('/', 3)
    return Lane(queue, namespace, int(priority), key or None)
