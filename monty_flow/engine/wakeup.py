"""Wake those who wait for a database within this process, at once and without looking at the database.

`announce` says that something happened; `changed` says besides that a worker may find new work, and counts it. Other
processes notice by `Store.changes`, which they poll, and which for a server rests on this count: a thread that
listens to the server calls `changed` for what others commit.
"""

from __future__ import annotations

import threading
import uuid
from weakref import WeakSet


class _Place:
    __slots__ = ('changes', 'name', 'waiting')

    def __init__(self) -> None:
        self.waiting: WeakSet[threading.Event] = WeakSet()
        self.changes = 0
        self.name = uuid.uuid4().hex


_lock = threading.Lock()
_places: dict[str, _Place] = {}


def subscribe(place: str) -> threading.Event:
    """Return an event that is set whenever someone in this process changes the database at `place`.

    The event is forgotten when its last user drops it.
    """
    event = threading.Event()
    with _lock:
        _at(place).waiting.add(event)
    return event


def announce(place: str) -> None:
    """Set the events of all who wait for the database at `place`."""
    with _lock:
        events = list(_at(place).waiting)
    for event in events:
        event.set()


def changed(place: str) -> None:
    """Count a change that may bring work, and announce it."""
    with _lock:
        _at(place).changes += 1
    announce(place)


def changes(place: str) -> int:
    """Return how many changes were counted."""
    with _lock:
        return _at(place).changes


def name_of(place: str) -> str:
    """Return a name of this process for `place`, by which it knows its own messages when they come back."""
    with _lock:
        return _at(place).name


def _at(place: str) -> _Place:
    found = _places.get(place)
    if found is None:
        found = _places[place] = _Place()
    return found
