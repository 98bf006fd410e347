"""Tell the workers of other processes on this machine that something was committed to a SQLite file, so that they look at once.

SQLite tells nobody. A worker looks at the data version every few hundredths of a second, and besides listens at a socket whose name is made of the
file's path; who submits or signals sends an empty datagram to each such socket. Nothing depends on it: what is not heard is found at the
next look. Names are those of Linux that are in no file system, so nothing is left behind; elsewhere only the looks remain.

Anybody on the machine can send to them, which makes a worker look once for each time it gets around to it, or take them, which leaves the looks.
"""

from __future__ import annotations

import hashlib
import os
import socket
import sys
import threading
from functools import cache

from monty_flow.engine import wakeup

#: Processes with workers on one file that are told.
MAX_NEIGHBOURS = 16
HAS_NAMES = sys.platform == 'linux'


def _names(path: str) -> list[str]:
    return _names_of(os.path.abspath(path))


@cache
def _names_of(path: str) -> list[str]:
    digest = hashlib.sha256(os.fsencode(os.path.realpath(path))).hexdigest()[:32]
    return [f'\0monty-flow-{os.getuid()}-{digest}-{number}' for number in range(MAX_NEIGHBOURS)]


class Neighbour:
    """Wake those in this process who wait for the database at `place` when others say that its file has changed."""

    def __init__(self, path: str, place: str) -> None:
        self._place = place
        self._socket: socket.socket | None = None
        self._is_stopped = False
        if HAS_NAMES and (bound := _bound(path)) is not None:
            self._socket = bound
            threading.Thread(target=self._hear, args=(bound,), name='monty-flow hears', daemon=True).start()

    @property
    def is_told(self) -> bool:
        """Whether it has a name under which others reach it."""
        return self._socket is not None

    def stop(self) -> None:
        """Hear no more."""
        self._is_stopped = True
        if self._socket is not None:
            # Wakes the thread, which closes it.
            self._socket.shutdown(socket.SHUT_RDWR)

    def _hear(self, bound: socket.socket) -> None:
        with bound:
            while not self._is_stopped:
                bound.recv(1)
                wakeup.announce(self._place)


def _bound(path: str) -> socket.socket | None:
    """Return a socket under the first name that nobody has, None when all are taken."""
    made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    for name in _names(path):
        try:
            made.bind(name)
        except OSError:
            continue
        return made
    made.close()
    return None


def tell(path: str) -> None:
    """Tell all who listen for this file; nobody is waited for."""
    if not HAS_NAMES:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        for name in _names(path):
            try:
                sender.sendto(b'', name)
            except OSError:
                # Nobody is there, or has heard enough already.
                continue
