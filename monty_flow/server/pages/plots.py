"""Small plots: numbers over time as bars, in per cent of the width and height, so that the SVG of a template stretches with its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monty_flow.engine import FunctionUse, RunsOverTime, RunStatus
from monty_flow.plain import moment


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a bar; everything in per cent, `top` counts from above."""

    left: float
    width: float
    top: float
    height: float
    #: Name of a class of `style.css`.
    kind: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A span of time with the parts of its bar, and what they say."""

    title: str
    left: float
    width: float
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """Bars over time."""

    slots: tuple[Slot, ...]
    #: What the highest bar stands for.
    highest: float
    first_at: datetime
    #: All of it in words, for those who do not see it.
    said: str


def runs_plot(found: RunsOverTime) -> Plot:
    """Return the plot of runs by status; the order of statuses is that of their lives."""
    numbers = [{status.value: slot.counts.get(status, 0) for status in RunStatus} for slot in found.slots]
    total = {status.value: sum(each[status.value] for each in numbers) for status in RunStatus}
    said = ', '.join(f'{number} {status}' for status, number in total.items() if number) or 'no runs'
    return _plot([slot.at for slot in found.slots], numbers, said)


def attempts_plot(use: FunctionUse) -> Plot:
    """Return the plot of the attempts of a function, with its errors."""
    numbers = [{'failed': slot.errors, 'worked': slot.attempts - slot.errors} for slot in use.slots]
    return _plot([slot.at for slot in use.slots], numbers, f'{use.attempts} attempts, {use.errors} errors')


def times_plot(use: FunctionUse) -> Plot:
    """Return the plot of how long half of the attempts of a function take at most."""
    numbers = [{'going': slot.p50_seconds or 0} for slot in use.slots]
    return _plot([slot.at for slot in use.slots], numbers, 'the p50 over time', unit=' s')


def _plot(moments: Sequence[datetime], numbers: Sequence[Mapping[str, float]], said: str, *, unit: str = '') -> Plot:
    highest = max((sum(each.values()) for each in numbers), default=0) or 1
    width = 100 / max(1, len(numbers))
    slots = tuple(
        Slot(
            f'{moment(at)}: ' + (', '.join(f'{n:g}{unit or " " + kind}' for kind, n in each.items() if n) or 'none'),
            round(place * width, 3),
            round(width, 3),
            tuple(_bars(each, round(place * width, 3), width, highest)),
        )
        for place, (at, each) in enumerate(zip(moments, numbers, strict=True))
    )
    return Plot(slots, highest, moments[0], said)


def _bars(numbers: Mapping[str, float], left: float, width: float, highest: float) -> list[Bar]:
    bars, base = [], 0.0
    for kind, number in numbers.items():
        if number:
            height = 100 * number / highest
            bars.append(Bar(left, round(width * 0.84, 3), round(100 - base - height, 3), round(height, 3), kind))
            base += height
    return bars
