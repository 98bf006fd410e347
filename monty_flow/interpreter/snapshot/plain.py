"""Prove that a list or dict can be written whole: only leaves, lists and dicts, each with one reference.

The proof goes level by level and leaves the work on single values to C: `gc.get_referents` gives all
that one level refers to, `set(map(type, ...))` its types. It does not show the str keys of a dict, which
are leaves. A reference count as low as can be proves that nothing else refers to a container; where the
counts are higher (a loop variable of the script may hold one), ids are compared, which takes longer.
"""

from __future__ import annotations

import gc
from itertools import chain
from sys import getrefcount
from typing import Any

LEAVES = frozenset({type(None), bool, int, float, str, bytes})
_CONTAINERS = frozenset({list, dict})
_PLAIN = LEAVES | _CONTAINERS
_TEXTS = frozenset({str, bytes})
#: Below the nesting that the MessagePack packer (511) and unpacker (1024) take.
MAX_LEVELS = 200


class PlainTrees:
    """Remember which containers are inside of trees found plain, and which were seen to be in none."""

    __slots__ = ('inside', 'refused', 'text_size')

    def __init__(self) -> None:
        #: ids of lists and dicts in plain trees, the roots left out.
        self.inside: set[int] = set()
        self.refused: set[int] = set()
        #: Characters in the strings of plain trees, each reference counted.
        self.text_size = 0

    def prove(self, root: Any, memo: dict[int, int]) -> bool:
        """Tell whether the list or dict `root` is plain, with nothing in it that `memo` or another tree has."""
        if id(root) in self.refused:
            return False
        level = [root]
        levels = [level]
        #: ids of the containers of the levels that others may refer to.
        seen = {id(root)}
        text_size = 0
        for _ in range(MAX_LEVELS):
            parts = gc.get_referents(*level)
            kinds = set(map(type, parts))
            if not kinds <= _PLAIN:
                break
            if str in kinds:
                text_size += sum([len(part) for part in parts if type(part) is str])
            if bytes in kinds:
                text_size += sum([len(part) for part in parts if type(part) is bytes])
            if list not in kinds and dict not in kinds:
                return self._accept(root, seen, memo, text_size + _key_text(levels))
            level = [part for part in parts if type(part) in _CONTAINERS]
            levels.append(level)
            if max(map(getrefcount, level)) > _ONE_OWNER:
                expected = len(seen) + len(level)
                seen.update(map(id, level))
                if len(seen) != expected:
                    break
        # None of these is tried again, so that all proofs together take linear time.
        self.refused.update(map(id, chain.from_iterable(levels)))
        return False

    def _accept(self, root: Any, seen: set[int], memo: dict[int, int], text_size: int) -> bool:
        if len(seen) > 1:
            seen.discard(id(root))
            if not memo.keys().isdisjoint(seen) or not self.inside.isdisjoint(seen):
                self.refused |= seen
                self.refused.add(id(root))
                return False
            self.inside |= seen
        self.text_size += text_size
        return True


def _count_one_owner() -> int:
    parent: list[list[int]] = [[]]
    parts = gc.get_referents(parent)
    level = [part for part in parts if type(part) is list]
    return max(map(getrefcount, level))


#: What `getrefcount` says in `prove` of a container that only its parent refers to.
_ONE_OWNER = _count_one_owner()


def _key_text(levels: list[list[Any]]) -> int:
    """Return a bound on the characters of the str keys of all dicts."""
    dicts = [part for level in levels for part in level if type(part) is dict]
    if not dicts:
        return 0
    longest = max([len(key) for key in set().union(*dicts) if type(key) is str], default=0)
    return longest * sum(map(len, dicts))
