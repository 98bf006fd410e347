"""Where two states of a script differ: variable by variable, and within a variable at the places that differ.

Values are compared, not their texts, which are cut where they are long: a message that was changed in the middle of a history is told as
`history[12]['text']`. Two lists of different lengths are aligned at both ends, so that an item that came or went in the middle is one
place. No method of a script is asked whether values are equal; what is looked at is bounded, and a variable that is too large for
that is told as one that may differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from monty_flow.interpreter.records import record
from monty_flow.interpreter.runtime.rendering import render_value
from monty_flow.interpreter.snapshot.contents import LEAVES, contents_of
from monty_flow.interpreter.snapshot.context import Context
from monty_flow.interpreter.views import MAX_VARIABLES, FrameContents

if TYPE_CHECKING:
    from monty_flow.interpreter.stopped import FutureSnapshot, Snapshot

#: Places of one variable that are told.
MAX_PLACES: Final = 20
#: Parts of values that are looked at for all variables together: half a second of looking.
MAX_LOOKS: Final = 500_000
#: Characters of a place's path.
MAX_PATH: Final = 200
#: Characters of a text that are shown where it differs, and of these the ones before the difference.
_SHOWN_TEXT: Final = 100
_SHOWN_BEFORE: Final = 20
#: Leaves that are compared in the time of one look.
_LEAVES_A_LOOK: Final = 50
#: Items that are compared in one go.
_RUN: Final = 256
#: Tuples in tuples up to which a key is taken for a plain one.
_KEY_DEPTH: Final = 4
_KEYS: Final = LEAVES - {complex}
_TEXTS: Final = (str, bytes)


@record(frozen=True)
class PlaceChange:
    """A place within a variable that differs, with both values as bounded text; None where there is none.

    The two texts may be alike: where no script reaches what differs, such as the place of an iterator, or where both are cut.
    """

    #: As a script would write it, such as `history[12]['text']`.
    path: str
    before: str | None
    after: str | None


@record(frozen=True)
class VariableChange:
    """A variable that differs, with both values as bounded text; None where there is none."""

    function: str
    variable: str
    before: str | None
    after: str | None
    #: Where in it, in order; the variable itself where it came, went, or is another value altogether.
    places: tuple[PlaceChange, ...]
    #: Whether it may differ at more places: there are too many, or it is too large to be looked at whole.
    more: bool


def differences(before: Snapshot | FutureSnapshot, after: Snapshot | FutureSnapshot) -> list[VariableChange]:
    """Return the variables that differ between two states; frames are matched by their place on the stack and their function."""
    old, new = before._contents(), after._contents()
    comparison = _Comparison(Context(before._run), Context(after._run))
    found: list[VariableChange] = []
    for depth in range(max(len(old), len(new))):
        one = old[depth] if depth < len(old) else None
        other = new[depth] if depth < len(new) else None
        if one is not None and other is not None and one.function != other.function:
            found += (*comparison.frames(one, None), *comparison.frames(None, other))
        else:
            found += comparison.frames(one, other)
    return found


class _Nothing:
    """Stand for no value: None is one."""


_NOTHING: Final = _Nothing()
#: The text of a step from a value to a part of it, after that of the step before.
_Path = tuple[Any, str] | None


class _Comparison:
    """Compare the values of two states."""

    def __init__(self, old: Context, new: Context) -> None:
        self._old = old
        self._new = new
        self._looks = MAX_LOOKS
        #: What came of two values, which are variables of several frames: places from the value on, and whether there are more.
        self._known: dict[tuple[int, int], tuple[list[tuple[str, str | None, str | None]], bool]] = {}

    def frames(self, old: FrameContents | None, new: FrameContents | None) -> Iterator[VariableChange]:
        """Yield the variables that differ between two frames, either of which may not be there."""
        before = {} if old is None else old.names
        after = {} if new is None else new.names
        function = next(frame.function for frame in (old, new) if frame is not None)
        for name in sorted({**before, **after})[:MAX_VARIABLES]:
            one, other = before.get(name, _NOTHING), after.get(name, _NOTHING)
            places, more = self._between(one, other)
            if places or more:
                told = tuple([PlaceChange(_cut(name + path), was, now) for path, was, now in places])
                yield VariableChange(function, name, _text(one), _text(other), told, more)

    def _between(self, one: Any, other: Any) -> tuple[list[tuple[str, str | None, str | None]], bool]:
        key = (id(one), id(other))
        if key not in self._known:
            search = _Search(self._old, self._new, self._looks)
            search.go(one, other, MAX_PLACES)
            self._looks = search.looks
            self._known[key] = ([(_joined(path), was, now) for path, was, now in search.places], search.more)
        return self._known[key]


class _Search:
    """Find the places at which two values differ; with `aligns`, of sequences of different lengths those between what is alike."""

    def __init__(self, old: Context, new: Context, looks: int, *, aligns: bool = True) -> None:
        self._old = old
        self._new = new
        self._aligns = aligns
        #: Parts that may still be looked at.
        self.looks = looks
        self.places: list[tuple[_Path, str | None, str | None]] = []
        self.more = False
        #: Pairs of values that were taken up: what leads back to one is no new difference.
        self._seen: set[tuple[int, int]] = set()
        #: What was made for the search and is compared by its address must live as long.
        self._alive: list[Any] = []

    def go(self, one: Any, other: Any, most: int) -> None:
        """Find the places, `most` of them, in the order in which a script would write the value."""
        # Beside two values: the way to them, and what is told in their place where no script reaches them.
        stack: list[tuple[Any, Any, _Path, tuple[_Path, Any, Any] | None]] = [(one, other, None, None)]
        told: set[int] = set()
        while stack:
            a, b, path, owner = stack.pop()
            if owner is not None and id(owner) in told:
                continue
            if self._alike(a, b):
                continue
            if len(self.places) >= most or (self.looks <= 0 and type(a) not in LEAVES):
                self.more = True
                return
            parts = self._parts(a, b, path, owner)
            if parts is not None:
                stack.extend(reversed(parts))
            elif owner is None:
                self._tell(a, b, path)
            else:
                told.add(id(owner))
                self.places.append((owner[0], _text(owner[1]), _text(owner[2])))

    def _tell(self, a: Any, b: Any, path: _Path) -> None:
        if type(a) in _TEXTS and type(a) is type(b) and len(a) + len(b) > _SHOWN_TEXT:
            start = max(0, _first_difference(a, b) - _SHOWN_BEFORE)
            if start:
                path = (path, f'[{start}:]')
            self.places.append((path, _piece(a, start), _piece(b, start)))
        else:
            self.places.append((path, _text(a), _text(b)))

    def _alike(self, a: Any, b: Any) -> bool:
        """Tell whether two values are seen to be equal at a look, or are being compared further out."""
        self.looks -= 1
        kind = type(a)
        if a is b:
            return True
        if kind in LEAVES:
            return kind is type(b) and (a == b or (a != a and b != b))
        if kind is type(b) and (kind is list or kind is tuple or kind is dict) and _are_equal_leaves(a, b, kind):
            self.looks -= len(a) // _LEAVES_A_LOOK
            return True
        return (id(a), id(b)) in self._seen

    def _parts(self, a: Any, b: Any, path: _Path, owner: Any) -> list[tuple[Any, Any, _Path, Any]] | None:
        """Return the parts of two values to be compared, None when they have nothing in common."""
        if type(a) in LEAVES or type(b) in LEAVES or a is _NOTHING or b is _NOTHING:
            return None
        old, new = contents_of(a, self._old), contents_of(b, self._new)
        if old is None or new is None or old.kind != new.kind:
            return None
        self._seen.add((id(a), id(b)))
        self._alive.append((a, b, old, new))
        parts: list[tuple[Any, Any, _Path, Any]] = []
        if old.items is not None and new.items is not None:
            parts += self._of_items(old.items, new.items, path)
        if old.entries is not None and new.entries is not None:
            parts += _of_entries(old.entries, new.entries, path)
        if old.members is not None and new.members is not None:
            parts += _of_members(old.members, new.members, path)
        if old.attributes is not None and new.attributes is not None:
            parts += _of_names(old.attributes, new.attributes, path)
        self.looks -= len(parts) // _LEAVES_A_LOOK
        if len(old.hidden) != len(new.hidden):
            return None
        if owner is not None:
            parts = [(one, other, way, owner) for one, other, way, _ in parts]
        inside = owner or (path, a, b)
        self._alive.append(inside)
        return parts + [(*pair, path, inside) for pair in zip(old.hidden, new.hidden, strict=True)]

    def _of_items(self, old: list[Any], new: list[Any], path: _Path) -> Iterator[tuple[Any, Any, _Path, None]]:
        start, end, shorter = 0, 0, min(len(old), len(new))
        while start + _RUN <= shorter and _are_equal_leaves(old[start : start + _RUN], new[start : start + _RUN], list):
            start += _RUN
        if len(old) != len(new):
            if not self._aligns:
                yield _NOTHING, None, path, None
                return
            while start < shorter and self._same(old[start], new[start]):
                start += 1
            while end < shorter - start and self._same(old[-1 - end], new[-1 - end]):
                end += 1
        aligned = len(old) == len(new)
        for first in range(start, max(len(old), len(new)) - end, _RUN):
            past = min(first + _RUN, max(len(old), len(new)) - end)
            if aligned and _are_equal_leaves(old[first:past], new[first:past], list):
                continue
            for number in range(first, past):
                one = old[number] if number < len(old) - end else _NOTHING
                other = new[number] if number < len(new) - end else _NOTHING
                yield one, other, (path, f'[{number}]'), None

    def _same(self, a: Any, b: Any) -> bool:
        if type(a) in LEAVES or self.looks <= 0:
            return self._alike(a, b)
        search = _Search(self._old, self._new, self.looks, aligns=False)
        search.go(a, b, 1)
        self.looks = search.looks
        return not search.places and not search.more


def _are_equal_leaves(a: Any, b: Any, kind: type) -> bool:
    """Tell whether two containers hold leaves alone, and the same: without a look at each of them."""
    if len(a) != len(b) or not LEAVES.issuperset(map(type, a)) or not LEAVES.issuperset(map(type, b)):
        return False
    if kind is not dict:
        return bool(a == b) and list(map(type, a)) == list(map(type, b))
    ours, theirs = a.values(), b.values()
    return (
        LEAVES.issuperset(map(type, ours))
        and LEAVES.issuperset(map(type, theirs))
        and list(a) == list(b)
        and bool(a == b)
        and list(map(type, ours)) == list(map(type, theirs))
    )


def _of_entries(
    old: list[tuple[Any, Any]], new: list[tuple[Any, Any]], path: _Path
) -> Iterator[tuple[Any, Any, _Path, None]]:
    """Yield what two dictionaries hold, by their keys; keys whose equality only a script could tell are taken in their order."""
    was = {key: value for key, value in old if _is_plain(key)}
    now = {key: value for key, value in new if _is_plain(key)}
    for key in {**was, **now}:
        yield was.get(key, _NOTHING), now.get(key, _NOTHING), (path, f'[{render_value(key)}]'), None
    strange = [entry for entry in old if not _is_plain(entry[0])], [entry for entry in new if not _is_plain(entry[0])]
    for number in range(max(map(len, strange))):
        one, other = [found[number] if number < len(found) else None for found in strange]
        shown = next(entry for entry in (one, other) if entry is not None)[0]
        step = (path, f'[{render_value(shown)}]')
        if one is None or other is None:
            yield _NOTHING if one is None else one[1], _NOTHING if other is None else other[1], step, None
        else:
            yield one[0], other[0], step, None
            yield one[1], other[1], step, None


def _of_members(old: list[Any], new: list[Any], path: _Path) -> Iterator[tuple[Any, Any, _Path, None]]:
    """Yield what is in one of two sets only; members whose equality only a script could tell go by their texts."""
    was = {member if _is_plain(member) else render_value(member): member for member in old}
    now = {member if _is_plain(member) else render_value(member): member for member in new}
    for key in {**was, **now}:
        if (key in was) != (key in now):
            member = was.get(key, now.get(key))
            yield was.get(key, _NOTHING), now.get(key, _NOTHING), (path, f'{{{render_value(member)}}}'), None


def _of_names(old: dict[str, Any], new: dict[str, Any], path: _Path) -> Iterator[tuple[Any, Any, _Path, None]]:
    for name in {**old, **new}:
        yield old.get(name, _NOTHING), new.get(name, _NOTHING), (path, f'.{name}'), None


def _is_plain(key: Any, depth: int = 0) -> bool:
    if type(key) is tuple:
        return depth < _KEY_DEPTH and all(_is_plain(part, depth + 1) for part in key)
    return type(key) in _KEYS


def _first_difference(a: Any, b: Any) -> int:
    """Return the first place at which two texts differ."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _piece(text: Any, start: int) -> str:
    end = start + _SHOWN_TEXT
    return repr(text[start:end]) + ('...' if len(text) > end else '')


def _text(value: Any) -> str | None:
    return None if value is _NOTHING else render_value(value)


def _joined(path: _Path) -> str:
    steps = []
    while path is not None:
        path, step = path
        steps.append(step)
    return ''.join(reversed(steps))


def _cut(path: str) -> str:
    return path if len(path) <= MAX_PATH else f'{path[:MAX_PATH]}...'
