"""Wake those who wait for a database within this process, at once and without looking at the database.

Other processes notice by `Store.changes`, which they poll.
"""

from __future__ import annotations

import threading
from weakref import WeakSet

_lock = threading.Lock()
_waiting: dict[str, WeakSet[threading.Event]] = {}


def subscribe(place: str) -> threading.Event:
    """Return an event that is set whenever someone in this process changes the database at `place`.

    The event is forgotten when its last user drops it.
    """
    event = threading.Event()
    with _lock:
        _waiting.setdefault(place, WeakSet()).add(event)
    return event


def announce(place: str) -> None:
    """Set the events of all who wait for the database at `place`."""
    with _lock:
        events = list(_waiting.get(place, ()))
    for event in events:
        event.set()
