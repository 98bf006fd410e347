"""Find the lists and dicts that can be written whole: of leaves, lists and dicts, each with one owner.

A look at a root goes level by level and leaves the work on single values to C: `gc.get_referents` gives all
that one level refers to, `set(map(type, ...))` its types. It does not show the str keys of a dict, which
are leaves. A reference count as low as can be proves that only its parent refers to a container.

What is of another type, or may have another owner, gets a record of its own, and so must all containers on the
way to it. They are found from the bottom up; all others hang whole from them. A history of a thousand messages
whose last message is a variable too is thus one list with a thousand whole trees, each proved in the one look.

Tried and dropped: to write such a tree whole although the counts are too high, and to begin anew when its inside
turns up a second time. The variable of a loop over the messages was enough to lose that bet at every pause.
"""

from __future__ import annotations

import gc
from sys import getrefcount
from typing import Any

LEAVES = frozenset({type(None), bool, int, float, str, bytes})
_CONTAINERS = frozenset({list, dict})
PLAIN = LEAVES | _CONTAINERS
#: Below the nesting that the MessagePack packer (511) and unpacker (1024) take.
MAX_LEVELS = 200


class PlainTrees:
    """Remember which containers are whole, and which were seen not to be."""

    __slots__ = ('mixed', 'text_size', 'whole')

    def __init__(self) -> None:
        #: ids of containers, the roots left out, that are plain and have one owner, which is mixed.
        self.whole: set[int] = set()
        #: ids of containers on the way to something that is not plain.
        self.mixed: set[int] = set()
        #: A bound on the characters in the strings of what was looked at, each reference counted.
        self.text_size = 0

    def prove(self, root: Any) -> bool:
        """Tell whether the list or dict `root` is plain; if not, note which containers in it are."""
        if id(root) in self.mixed:
            return False
        if id(root) in self.whole:
            return True
        level = [root]
        levels: list[list[Any]] = []
        #: What has to have a record, by the number of the level above it.
        strangers: dict[int, set[int]] = {}
        while level:
            levels.append(level)
            parts = gc.get_referents(*level)
            if type(root) is dict and len(levels) == 1 and len(parts) < len(root):
                # The namespace of an instance, whose values CPython 3.13 keeps in the instance.
                parts = [*root, *root.values()]
            kinds = set(map(type, parts))
            if str in kinds:
                self.text_size += sum([len(part) for part in parts if type(part) is str])
            if bytes in kinds:
                self.text_size += sum([len(part) for part in parts if type(part) is bytes])
            if not kinds <= PLAIN:
                strangers[len(levels) - 1] = {id(part) for part in parts if type(part) not in PLAIN}
            elif list not in kinds and dict not in kinds:
                break
            level = [part for part in parts if type(part) in _CONTAINERS]
            if level and max(map(getrefcount, level)) > _ONE_OWNER:
                level = self._owned(level, strangers.setdefault(len(levels) - 1, set()))
            if len(levels) == MAX_LEVELS:
                strangers.setdefault(len(levels) - 1, set()).update(map(id, level))
                break
        self.text_size += _key_text(levels, with_strangers=bool(strangers))
        if strangers:
            self._part(levels, strangers)
        return not strangers

    def _owned(self, level: list[Any], strangers: set[int]) -> list[Any]:
        """Return the containers that have one owner, and note the others as strangers."""
        strangers.update([id(part) for part in level if getrefcount(part) > _ONE_OWNER_AS_ITEM])
        return [part for part in level if id(part) not in strangers]

    def _part(self, levels: list[list[Any]], strangers: dict[int, set[int]]) -> None:
        """Tell the containers on the way to strangers from those that are whole, from the bottom up."""
        mixed: set[int] = set()
        for depth in range(len(levels) - 1, 0, -1):
            below = mixed | strangers[depth] if depth in strangers else mixed
            level = levels[depth]
            mixed = set()
            if below:
                referents = gc.get_referents
                mixed = {id(part) for part in level if not below.isdisjoint(map(id, referents(part)))}
            self.mixed |= mixed
            # Needed where the container above is mixed.
            if mixed or depth == 1 or depth - 1 in strangers:
                self.whole.update([id(part) for part in level if id(part) not in mixed])
        self.mixed.add(id(levels[0][0]))


def _count_one_owner() -> tuple[int, int]:
    parent: list[list[int]] = [[]]
    parts = gc.get_referents(parent)
    level = [part for part in parts if type(part) is list]
    return max(map(getrefcount, level)), max([getrefcount(part) for part in level])


#: What `getrefcount` says in `prove`, and in `_owned`, of a container that only its parent refers to.
_ONE_OWNER, _ONE_OWNER_AS_ITEM = _count_one_owner()


def _key_text(levels: list[list[Any]], *, with_strangers: bool) -> int:
    """Return a bound on the characters of the str keys of all dicts."""
    dicts = [part for level in levels for part in level if type(part) is dict]
    if with_strangers:
        # Keys of a script's own class would be asked whether they are equal.
        dicts = [part for part in dicts if LEAVES.issuperset(map(type, part))]
    if not dicts:
        return 0
    longest = max([len(key) for key in set().union(*dicts) if type(key) is str], default=0)
    return longest * sum(map(len, dicts))
