"""Hear what other processes commit: a thread with a connection of its own that listens to PostgreSQL.

It counts a change (`wakeup.changed`) for every notification of another process, and also every few seconds without one:
the slow poll is the net under notifications, which are lost with a connection. It never gives up, whatever happens to it; a
connection that is lost is made anew, with growing delays. And should the thread be gone all the same, workers look for work as
often by themselves (`PostgresStore.changes`).
"""

from __future__ import annotations

import logging
import selectors
import socket
import threading
from collections.abc import Callable

import psycopg
from psycopg.rows import TupleRow

from monty_flow.engine import wakeup
from monty_flow.engine.errors import DatabaseRefused
from monty_flow.engine.store.postgres_step import CHANNEL, ENDS_CHANNEL

logger = logging.getLogger('monty_flow.engine')

#: Seconds between looks for work when nothing is heard.
POLL_SECONDS = 2.0
#: Seconds before the first and, doubled each time, at most before a further attempt to connect.
FIRST_DELAY_SECONDS, MAX_DELAY_SECONDS = 0.05, 5.0


class Listener:
    """Listen on a connection made by `connect` and count changes of the database at `place`."""

    channel = CHANNEL

    def __init__(self, connect: Callable[[], psycopg.Connection[TupleRow]], place: str) -> None:
        self._connect = connect
        self._mine = wakeup.name_of(place)
        self._place = place
        # Something that wakes the thread out of waiting for the server.
        self._stopped, self._stop = socket.socketpair()
        self._thread = threading.Thread(target=self._listen, name='monty-flow listens', daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread and close its connection."""
        self._stop.close()
        self._thread.join()

    def _listen(self) -> None:
        delay = FIRST_DELAY_SECONDS
        while True:
            try:
                with self._connect() as connection:
                    connection.execute(f'LISTEN {self.channel}'.encode())
                    # What was committed before is not told.
                    self._heard()
                    delay = FIRST_DELAY_SECONDS
                    if self._hear(connection):
                        break
            except (psycopg.Error, OSError, DatabaseRefused) as error:
                logger.debug('notifications cannot be heard: %s', error)
            except Exception:  # without this thread a worker would hear of nothing
                logger.exception('notifications cannot be heard; this is an error of the engine')
            if self._wait_to_stop(delay):
                break
            delay = min(delay * 2, MAX_DELAY_SECONDS)
        self._stopped.close()

    def _hear(self, connection: psycopg.Connection[TupleRow]) -> bool:
        """Count until the connection is lost, which raises, or the listener is stopped, which returns True."""
        # Not `select`, which knows the first 1024 descriptors of a process only.
        with selectors.DefaultSelector() as selector:
            selector.register(self._stopped, selectors.EVENT_READ)
            selector.register(connection.fileno(), selectors.EVENT_READ)
            while True:
                ready = [key.fileobj for key, _ in selector.select(POLL_SECONDS)]
                if self._stopped in ready:
                    return True
                heard = not ready
                if ready:
                    connection.pgconn.consume_input()
                while (notification := connection.pgconn.notifies()) is not None:
                    heard = heard or notification.extra.decode() != self._mine
                if heard:
                    self._heard()

    def _heard(self) -> None:
        wakeup.changed(self._place)

    def _wait_to_stop(self, seconds: float) -> bool:
        with selectors.DefaultSelector() as selector:
            selector.register(self._stopped, selectors.EVENT_READ)
            return bool(selector.select(seconds))


class EndsListener(Listener):
    """Listen for the ends of runs that are waited for; they bring no work."""

    channel = ENDS_CHANNEL

    def _heard(self) -> None:
        wakeup.announce(self._place)
