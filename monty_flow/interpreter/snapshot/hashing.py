"""Bound the work of hashing and comparing keys that come from bytes.

Hashing a tuple recurses in C: deep ones crash, and shared ones cost as much as the tree that they spell
out. Keys made to collide make a dict quadratic. Each of these is cheap to write and dear to load, so
the reader counts before it hashes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from monty_flow.interpreter.errors import SnapshotError

#: C recursion of hash(); 3.11 to 3.13 crash at some 200,000 on 8 MB of stack.
MAX_KEY_DEPTH = 5_000
#: Parts that may be hashed whatever the size of the snapshot, and for each of its bytes.
FREE_PARTS = 1_000_000
PARTS_PER_BYTE = 64
#: Pairs of keys with one hash that may be compared, and for each key.
FREE_PAIRS = 10_000
PAIRS_PER_KEY = 32


class HashBudget:
    """Count the parts of hashed objects, as the trees that hashing walks."""

    __slots__ = ('_left', '_records', '_weights')

    def __init__(self, records: list[Any], size: int) -> None:
        self._records = records
        self._left = FREE_PARTS + PARTS_PER_BYTE * size
        #: index to (parts, depth).
        self._weights: dict[int, tuple[int, int]] = {}

    def charge(self, slots: Iterable[Any]) -> None:
        """Take the hashing of `slots` from the budget."""
        for slot in slots:
            parts, depth = self._weigh(slot[0]) if type(slot) is list else (1, 0)
            self._left -= parts
            if self._left < 0 or depth > MAX_KEY_DEPTH:
                raise SnapshotError('the snapshot has keys that are too large to hash; use smaller tuples as keys')

    def _weigh(self, index: int) -> tuple[int, int]:
        weights = self._weights
        stack = [index]
        while stack:
            top = stack[-1]
            record = self._records[top]
            inner = []
            if record[0] != 0 and len(record) > 1:
                inner = [slot[0] for slot in record[1] if type(slot) is list]
            missing = [part for part in inner if part not in weights]
            if missing and top not in weights:
                # Build arguments are of earlier records, which the reader has checked: no cycles here.
                stack.extend(missing)
                continue
            stack.pop()
            if top not in weights:
                size = len(record[1]) if record[0] != 0 and len(record) > 1 else 1
                parts = 1 + size + sum(weights[part][0] for part in inner)
                weights[top] = (parts, 1 + max((weights[part][1] for part in inner), default=0))
        return weights[index]

    def check(self, keys: list[Any]) -> None:
        """Refuse keys of which too many have one hash."""
        check_hashes(keys)


class Collisions(SnapshotError):
    """Keys that take long to be told apart; a script may hold some, as long as it has the time."""


def check_hashes(keys: Iterable[Any]) -> None:
    """Refuse keys of which so many have the same hash that comparing them would take long."""
    hashes = list(map(hash, keys))
    if len(hashes) - len(set(hashes)) < 100:
        return
    pairs = sum(count * (count - 1) // 2 for count in Counter(hashes).values())
    if pairs > FREE_PAIRS + PAIRS_PER_KEY * len(hashes):
        raise Collisions('the snapshot has too many keys of one hash; use strings as keys')
