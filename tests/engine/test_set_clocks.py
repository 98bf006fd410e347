"""A worker whose machine has its clock set, by an hour, in the middle of a call."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread
from time import monotonic

from monty_flow.engine import Engine, Functions, SystemClock, Worker
from monty_flow.engine.clock import microseconds
from tests.engine.bench import HANG_SECONDS, Gate
from tests.engine.builders import SECOND

HOUR = 3600 * SECOND
LEASE_SECONDS = 15.0


class SetClock(SystemClock):
    """The clock of a machine that somebody sets."""

    def __init__(self) -> None:
        self.off = 0

    def now(self) -> int:
        """Return the microseconds since the epoch, as it is set."""
        return super().now() + self.off


def wait_for(fact: Callable[[], bool]) -> None:
    until = monotonic() + HANG_SECONDS
    while not fact():
        assert monotonic() < until
        Event().wait(0.005)


def test_a_clock_that_is_set_back_and_ahead_in_the_middle_of_a_call_loses_nothing(url: str) -> None:
    clock, gate = SetClock(), Gate()
    functions = Functions()
    functions.function(name='gate', retries=0)(gate)
    worker = Worker(url, functions, clock=clock, lease_seconds=LEASE_SECONDS, poll_seconds=0.005)
    with Engine(url, clock=clock) as engine:
        run = engine.submit('[gate(), gate()]')
        thread = Thread(target=worker.run_until, args=(run.id,))
        thread.start()
        assert gate.begun.wait(HANG_SECONDS)

        def lease_left() -> float:
            ends = [microseconds(each.expires_at) for each in engine.workers()]
            return (ends[0] - engine._store.now()) / SECOND if ends else 0

        clock.off = -HOUR
        # It says anew until when its lease runs, and not for an hour.
        wait_for(lambda: lease_left() <= LEASE_SECONDS + 1)
        clock.off = HOUR
        wait_for(lambda: lease_left() > 0)
        gate.let.set()
        ended = engine.wait(run.id, timeout_seconds=HANG_SECONDS)
        thread.join(HANG_SECONDS)

        assert ended.output == ['through', 'through']
        assert [call.attempts for call in engine.calls(run.id)] == [1, 1]
