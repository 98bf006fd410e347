"""How functions do, and how runs come in, over time: samples of the newest, cut into slots of equal length."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monty_flow.engine.clock import MICROSECONDS, moment
from monty_flow.engine.states import CallStatus, RunStatus

#: Slots in which functions are shown, and in which runs are.
USE_SLOTS = 24
RUN_SLOTS = 48


@dataclass(frozen=True, slots=True)
class UseSlot:
    """How a function did within a span of time."""

    at: datetime
    attempts: int
    errors: int
    #: Seconds of an attempt, of half of them at most; None where there was none.
    p50_seconds: float | None


@dataclass(frozen=True, slots=True)
class FunctionUse:
    """How a function did in the newest runs."""

    function: str
    #: Attempts that were recorded.
    attempts: int
    #: Attempts that ended with an error.
    errors: int
    #: Attempts a second, from the first in the newest runs, of whatever function, to the last.
    per_second: float
    #: Seconds of an attempt: of half, of 90 % and of 99 % of them at most.
    p50_seconds: float
    p90_seconds: float
    p99_seconds: float
    first_at: datetime
    last_at: datetime
    #: The same over time, from that first moment to the last.
    slots: tuple[UseSlot, ...]


@dataclass(frozen=True, slots=True)
class RunSlot:
    """How many runs were submitted within a span of time, by the status that they have now."""

    at: datetime
    counts: dict[RunStatus, int]


@dataclass(frozen=True, slots=True)
class RunsOverTime:
    """How many runs were submitted when; of each status the newest ones are counted."""

    slot_seconds: float
    slots: tuple[RunSlot, ...]


#: Status, microseconds and moment of an attempt.
Attempt = tuple[str, int, int]


def function_uses(attempts: Mapping[str, Sequence[Attempt]]) -> list[FunctionUse]:
    """Return how functions did in these attempts, by name."""
    moments = [at for each in attempts.values() for *_, at in each]
    if not moments:
        return []
    span = _Span(min(moments), max(moments) + 1, USE_SLOTS)
    return [_use(name, attempts[name], span) for name in sorted(attempts)]


@dataclass(frozen=True, slots=True)
class _Span:
    """A time that is cut into slots; moments are whole numbers of any unit."""

    begin: int
    end: int
    slots: int

    def slot_of(self, at: int) -> int:
        return min(self.slots - 1, max(0, (at - self.begin) * self.slots // (self.end - self.begin)))

    def begin_of(self, slot: int) -> int:
        return self.begin + (self.end - self.begin) * slot // self.slots


def _use(name: str, attempts: Sequence[Attempt], span: _Span) -> FunctionUse:
    times = sorted(took / MICROSECONDS for _, took, _ in attempts)
    moments = [at for *_, at in attempts]
    slots: list[list[Attempt]] = [[] for _ in range(span.slots)]
    for attempt in attempts:
        slots[span.slot_of(attempt[2])].append(attempt)
    return FunctionUse(
        function=name,
        attempts=len(attempts),
        errors=_errors(attempts),
        per_second=len(attempts) * MICROSECONDS / max(MICROSECONDS, span.end - span.begin),
        p50_seconds=_percentile(times, 50),
        p90_seconds=_percentile(times, 90),
        p99_seconds=_percentile(times, 99),
        first_at=moment(min(moments)),
        last_at=moment(max(moments)),
        slots=tuple(_use_slot(moment(span.begin_of(number)), found) for number, found in enumerate(slots)),
    )


def _use_slot(at: datetime, attempts: Sequence[Attempt]) -> UseSlot:
    times = sorted(took / MICROSECONDS for _, took, _ in attempts)
    return UseSlot(at, len(attempts), _errors(attempts), _percentile(times, 50) if times else None)


def _errors(attempts: Iterable[Attempt]) -> int:
    return sum(status != CallStatus.DONE for status, *_ in attempts)


def _percentile(ordered: Sequence[float], percent: int) -> float:
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def runs_over_time(found: Mapping[RunStatus, Iterable[tuple[int, int]]], begin_ms: int, end_ms: int) -> RunsOverTime:
    """Return the slots between two moments for numbers of runs that were submitted at moments."""
    span = _Span(begin_ms, max(end_ms, begin_ms + RUN_SLOTS), RUN_SLOTS)
    counts: list[dict[RunStatus, int]] = [{} for _ in range(RUN_SLOTS)]
    for status, numbers in found.items():
        for at, number in numbers:
            slot = counts[span.slot_of(at)]
            slot[status] = slot.get(status, 0) + number
    slots = tuple(RunSlot(moment(span.begin_of(number) * 1000), each) for number, each in enumerate(counts))
    return RunsOverTime((span.end - span.begin) / RUN_SLOTS / 1000, slots)


def id_length_for(span_ms: int) -> int:
    """Return how long beginnings of ids have to be to tell the slots of a span apart."""
    # Each digit is four bits of the 48 of the moment; the ninth character of an id is a dash.
    digits = 12 - max(0, (span_ms // (4 * RUN_SLOTS)).bit_length() - 1) // 4
    return digits if digits <= 8 else digits + 1
