"""The timeline of a run: a row a call, with its waits, attempts and sleeps as bars.

Places are percentages of the time that is shown, so that the SVG of the template stretches with its page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monty_flow.engine import Call, CallKind, CallStatus, HistoryEntry
from monty_flow.plain import duration

#: Marks on the axis at most.
TICKS = 7
#: Units of time with the steps in them that are round for a person.
_ROUND = (
    ('ms', timedelta(milliseconds=1), (1, 2, 5, 10, 20, 50, 100, 200, 500)),
    ('s', timedelta(seconds=1), (1, 2, 5, 10, 15, 30)),
    ('min', timedelta(minutes=1), (1, 2, 5, 10, 15, 30)),
    ('h', timedelta(hours=1), (1, 2, 3, 6, 12)),
    ('d', timedelta(days=1), (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)),
)
_LONGEST = ('d', timedelta(days=1), 10_000)
#: Per cent that a bar takes at least, so that it can be seen.
_NARROWEST = 0.35


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of time."""

    #: Per cent of the width.
    left: float
    width: float
    #: Name of a class of `style.css`.
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Row:
    """A call with its bars."""

    call: Call
    took: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The rows, and the axis: what a place on it stands for."""

    rows: tuple[Row, ...]
    ticks: tuple[tuple[float, str], ...]


def timeline(calls: Sequence[Call], history: Sequence[HistoryEntry], now: datetime) -> Timeline:
    """Return the timeline of these calls, the open ones until `now`."""
    if not calls:
        return Timeline((), ())
    begin = calls[0].created_at
    end = max(max(_end(call, now) for call in calls), begin + timedelta(milliseconds=1))
    scale = _Scale(begin, end)
    attempts: dict[int, list[HistoryEntry]] = {}
    for entry in history:
        attempts.setdefault(entry.number, []).append(entry)
    rows = tuple(
        Row(
            call,
            duration(call.created_at, _end(call, now)),
            tuple(_bars(call, attempts.get(call.number, []), scale, now)),
        )
        for call in calls
    )
    return Timeline(rows, _ticks(end - begin))


def _ticks(whole: timedelta) -> tuple[tuple[float, str], ...]:
    """Return marks at round times, in per cent of the whole."""
    unit, size, step = next(
        ((unit, size, step) for unit, size, steps in _ROUND for step in steps if whole <= size * step * TICKS), _LONGEST
    )
    number = int(whole / (size * step))
    return tuple((round(100 * (size * step * n / whole), 2), f'{step * n} {unit}') for n in range(number + 1))


@dataclass(frozen=True, slots=True)
class _Scale:
    begin: datetime
    end: datetime

    def bar(self, since: datetime, until: datetime, kind: str, title: str) -> Bar:
        whole = self.end - self.begin
        left = min(max(0.0, (since - self.begin) / whole * 100), 100 - _NARROWEST)
        width = max(_NARROWEST, min((until - since) / whole * 100, 100 - left))
        return Bar(round(left, 3), round(width, 3), kind, title)


def _end(call: Call, now: datetime) -> datetime:
    return max(call.created_at, call.finished_at or now)


def _bars(call: Call, attempts: Sequence[HistoryEntry], scale: _Scale, now: datetime) -> list[Bar]:
    end = _end(call, now)
    if call.kind is not CallKind.FUNCTION:
        word = 'sleeps' if call.kind is CallKind.TIMER else f'waits for {call.kind}'
        return [scale.bar(call.created_at, end, 'timer', f'{word} {duration(call.created_at, end)}')]
    bars = [scale.bar(call.created_at, end, 'queued', f'waits {duration(call.created_at, end)} in all')]
    for entry in attempts:
        kind = 'worked' if entry.call_status is CallStatus.DONE else 'failed'
        since = max(call.created_at, entry.at - timedelta(seconds=entry.function_seconds))
        bars.append(scale.bar(since, entry.at, kind, f'attempt {entry.attempt}: {duration(since, entry.at)}'))
    if call.status is CallStatus.LEASED and call.started_at is not None:
        bars.append(
            scale.bar(
                call.started_at, end, 'going', f'attempt {call.attempts}: {duration(call.started_at, end)} so far'
            )
        )
    return bars
