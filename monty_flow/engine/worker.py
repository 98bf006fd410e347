"""The worker as its user sees it; what happens inside is in `shift.py`."""

from __future__ import annotations

import os
import socket
import sys
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from random import Random, SystemRandom

from monty_flow.engine import database, signals
from monty_flow.engine.clock import MICROSECONDS, Clock, SystemClock
from monty_flow.engine.codec import Codec
from monty_flow.engine.errors import DatabaseUnavailable, FunctionRefused, SettingRefused
from monty_flow.engine.functions import Functions
from monty_flow.engine.isolation import Isolation
from monty_flow.engine.keys import codec_of
from monty_flow.engine.lanes import is_plain_name
from monty_flow.engine.large import LargeSettings, settings_of
from monty_flow.engine.machinery import WorkerSettings
from monty_flow.engine.observing import Observer
from monty_flow.engine.outage import Outage
from monty_flow.engine.secrecy import Secrets
from monty_flow.engine.shift import Shift
from monty_flow.interpreter import SNAPSHOT_FORMATS, KeyRing

_DEFAULTS = WorkerSettings()
#: How long a script that computes may keep the other threads waiting at a time. With CPython's 5 ms, a step of another
#: run beside it takes 8 ms instead of 2.6, since it needs the interpreter lock again after each word with the database.
SWITCH_SECONDS = 0.001
#: Seconds for which a worker waits, when it begins, for a database that cannot be reached yet: a server that starts beside it, or that is just
#: restarted.
START_SECONDS = 60.0


class Worker:
    """Advance runs of the database at `url` with these functions, until it is told to stop.

    `functions` is what scripts may call here; a call of any other function is left to other workers.
    The database is made if there is none; `run` raises SchemaMismatch when its schema is of another release, and DatabaseUnavailable
    when it cannot be reached for START_SECONDS from the beginning; later on the worker waits for it, however long.
    Scripts run in child processes, or with `isolation='none'` in this one (`engine/isolation.py`).
    `keys` sign and check its snapshots; None for those of its key file (`engine/keys.py`).
    `queues` are those from which it takes calls, None for all. `secrets` are for functions that take
    them (`engine/secrecy.py`); raises SecretsMissing when one of them is not there.
    `observers` are told what it does (`engine/observing.py`). Raises FunctionRefused and SettingRefused for arguments that
    cannot be.
    """

    def __init__(
        self,
        url: str,
        functions: Functions,
        *,
        concurrency: int = _DEFAULTS.concurrency,
        worker_id: str | None = None,
        clock: Clock | None = None,
        random: Random | None = None,
        lease_seconds: float = _DEFAULTS.lease_seconds,
        poll_seconds: float = _DEFAULTS.poll_seconds,
        drain_seconds: float = _DEFAULTS.drain_seconds,
        max_setbacks: int = _DEFAULTS.max_setbacks,
        keys: KeyRing | None = None,
        snapshot_format: int | None = None,
        isolation: Isolation | str = _DEFAULTS.isolation,
        queues: Iterable[str] | None = None,
        secrets: Mapping[str, str] | None = None,
        observers: Sequence[Observer] = (),
        large_values: LargeSettings | None = None,
    ) -> None:
        if not isinstance(functions, Functions):
            raise FunctionRefused(
                f'the functions of a worker are of type {type(functions).__name__}; register them with Functions()'
            )
        if snapshot_format is not None and snapshot_format not in SNAPSHOT_FORMATS:
            known = ', '.join(map(str, SNAPSHOT_FORMATS))
            raise ValueError(f'snapshot_format={snapshot_format!r} is not one that this release writes: {known}')
        self.settings = WorkerSettings(
            concurrency,
            lease_seconds,
            poll_seconds,
            drain_seconds,
            max_setbacks,
            snapshot_format,
            _checked_isolation(isolation),
            _checked_queues(queues),
        )
        #: How the worker is called in the database; its sessions have ids of their own.
        self.worker_id = worker_id or f'{socket.gethostname()}:{os.getpid()}'
        self._url = url
        self._keys = keys
        self._functions = functions
        self._observers = tuple(observers)
        self._large = settings_of() if large_values is None else large_values
        self._secrets = Secrets(secrets)
        self._secrets.require(functions.secrets)
        self._clock = clock or SystemClock()
        self._random = random or SystemRandom()
        self._stopping = threading.Event()

    def run(self, *, install_signal_handlers: bool = False) -> None:
        """Work until `stop` is called; with handlers, also until SIGTERM or SIGINT, a second of which ends at once."""
        if install_signal_handlers:
            with signals.stopping_on_signals(self.stop):
                self._work(lambda shift: False, warns=True)
        else:
            self._work(lambda shift: False, warns=True)

    def run_until(self, goal: str | Callable[[], bool]) -> None:
        """Work until the run with this id has ended or was paused, or until the predicate is true."""
        if callable(goal):
            self._work(lambda shift: goal())
        else:
            self._work(lambda shift: shift.has_stopped(goal))

    def run_until_idle(self) -> None:
        """Work until nothing is in hand and nothing that this worker serves is due now."""
        self._work(lambda shift: shift.is_idle())

    def run_through(self, when_idle: Callable[[], bool]) -> None:
        """Work; whenever nothing is in hand or due, ask `when_idle`, and go on as long as it says so.

        It may bring work, or move the clock of a test.
        """
        self._work(lambda shift: shift.is_idle() and not when_idle())

    def stop(self) -> None:
        """Make `run` take no more calls, end or hand back those in hand, and return; from any thread or handler."""
        self._stopping.set()

    def _work(self, done: Callable[[Shift], bool], *, warns: bool = False) -> None:
        shift = self._begun()
        if shift is None:
            self._stopping.clear()
            return
        if warns:
            takes_more = any(function.transactional for function in self._functions)
            database.warn_of_settings(
                self._url, database.CONNECTIONS + (self.settings.concurrency if takes_more else 0)
            )
        interval = sys.getswitchinterval()
        sys.setswitchinterval(min(interval, SWITCH_SECONDS))
        try:
            shift.work(done)
        finally:
            sys.setswitchinterval(interval)
            shift.close()
            # A worker that was stopped can be run again.
            self._stopping.clear()

    def _begun(self) -> Shift | None:
        """Open the database, waiting for one that cannot be reached yet; return None when told to stop meanwhile."""
        outage, waited = Outage(self._random), 0.0
        while True:
            began = self._clock.elapsed()
            try:
                shift = self._open()
            except DatabaseUnavailable as error:
                waited += (self._clock.elapsed() - began) / MICROSECONDS
                if waited >= START_SECONDS:
                    raise
                delay = outage.delay(error)
                waited += delay
                if self._stopping.wait(delay):
                    return None
            else:
                outage.end()
                return shift

    def _open(self) -> Shift:
        if database.current(self._url) is None:
            database.prepare(self._url)
        database.require(self._url)
        return Shift(
            self._url, self._functions, self.settings, self.worker_id, self._clock, self._random, self._stopping,
            codec_of(self._url, self._clock) if self._keys is None else Codec(self._keys), self._secrets,
            self._observers, large=self._large,
        )  # fmt: skip


def _checked_isolation(isolation: Isolation | str) -> Isolation:
    try:
        return Isolation(isolation)
    except ValueError:
        known = ' or '.join(repr(each.value) for each in Isolation)
        raise SettingRefused(f'isolation={isolation!r} is none; write {known}') from None


def _checked_queues(queues: Iterable[str] | None) -> frozenset[str] | None:
    if queues is None:
        return None
    names = (queues,) if isinstance(queues, str) else tuple(queues)
    for name in names:
        if not is_plain_name(name):
            raise ValueError(f'queues: {name!r} is not a name; use up to 100 letters, digits and _ . : -')
    if not names:
        raise ValueError('queues: there are none, so the worker would do nothing; name one, or give None for all')
    return frozenset(names)
