"""What `id` gives: numbers in the order in which a script asks for them, since addresses would tell of the host.

An object that is asked for is held, so that its number is no other's. When a snapshot is taken, those that nothing else
holds are let go: no script can ask for them again. Numbers are never used twice, in a loaded run neither.
"""

from __future__ import annotations

import sys
from typing import Any

#: References to an object that only its entry holds: the entry, a loop variable, and the argument of getrefcount.
_OWN_REFERENCES = 3


class Numbers:
    """The numbers of the objects of one run."""

    __slots__ = ('_entries', '_last')

    def __init__(self) -> None:
        self._entries: dict[int, tuple[int, Any]] = {}
        self._last = 0

    def of(self, value: Any) -> int:
        """Return the number of an object."""
        entry = self._entries.get(id(value))
        if entry is None:
            self._last += 1
            entry = self._entries[id(value)] = (self._last, value)
        return entry[0]

    def state(self) -> list[Any]:
        """Return what a snapshot stores: the last number, and the objects that a script still holds with theirs."""
        for address in list(self._entries):
            value = self._entries[address][1]
            if sys.getrefcount(value) <= _OWN_REFERENCES:
                value = None
                del self._entries[address]
        return [self._last, *(part for entry in self._entries.values() for part in entry)]

    def restore(self, state: Any) -> None:
        """Take back what `state` gave; raise ValueError for what it cannot have given."""
        if type(state) is not list or not state or len(state) % 2 == 0:
            raise ValueError('the numbers of objects are malformed')
        numbers, values = state[1::2], state[2::2]
        if any(type(number) is not int for number in (state[0], *numbers)) or max(numbers, default=0) > state[0]:
            raise ValueError('the numbers of objects are malformed')
        self._last = state[0]
        self._entries = {id(value): (number, value) for number, value in zip(numbers, values, strict=True)}
