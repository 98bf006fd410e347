"""Timing by alternating rounds, and bars that a figure must meet.

Two contenders that are timed one after the other in whole blocks are not comparable on a shared machine:
a neighbour's burst hits one of them. Here each round times every contender once, in turn, and the median
over the rounds is taken; a ratio is the median of the ratios within rounds.
"""

from __future__ import annotations

import gc
import json
import os
import platform
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, Literal

#: Do the work `times` times and return the seconds that it took.
Timed = Callable[[int], float]

#: Seconds of one sample: long beside the clock's grain, short beside a neighbour's burst.
SAMPLE_SECONDS = 0.02


class _Clock:
    """What times work in this process: the clock on the wall, or the time of the processor on a busy machine."""

    now = staticmethod(perf_counter)


def count_processor_time() -> None:
    """Time by the processor from now on."""
    _Clock.now = staticmethod(process_time)


def repeating(work: Callable[[], Any]) -> Timed:
    """Return `work` as something that can be timed in a loop."""

    def timed(times: int) -> float:
        begin = _Clock.now()
        for _ in range(times):
            work()
        return _Clock.now() - begin

    return timed


def consuming(prepare: Callable[[], Any], work: Callable[[Any], Any]) -> Timed:
    """Return `work` timed over items that `prepare` makes beforehand, one for each time."""

    def timed(times: int) -> float:
        items = [prepare() for _ in range(times)]
        begin = _Clock.now()
        for item in items:
            work(item)
        return _Clock.now() - begin

    return timed


def alternate(contenders: Mapping[str, Timed], rounds: int) -> dict[str, list[float]]:
    """Return seconds of one time, one figure a round, of each contender."""
    times = {name: _calibrated(timed) for name, timed in contenders.items()}
    figures: dict[str, list[float]] = {name: [] for name in contenders}
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for name, timed in contenders.items():
                figures[name].append(timed(times[name]) / times[name])
    finally:
        gc.enable()
    return figures


def _calibrated(timed: Timed) -> int:
    # The first time loads what is loaded late, and says nothing of the others.
    timed(1)
    times = 1
    while (seconds := timed(times)) < SAMPLE_SECONDS / 2:
        times = max(times * 2, int(times * SAMPLE_SECONDS / max(seconds, 1e-7) / 2))
    return times


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Return the median over rounds of our time through theirs."""
    return statistics.median(mine / other for mine, other in zip(ours, theirs, strict=True))


def seconds_text(seconds: float) -> str:
    """Return a time with a unit that suits it."""
    for unit, size in (('s', 1.0), ('ms', 1e-3), ('us', 1e-6)):
        if seconds >= size:
            return f'{seconds / size:.2f} {unit}'
    return f'{seconds * 1e9:.0f} ns'


def machine() -> dict[str, Any]:
    """Return what the figures depend on: the machine, its load when they were taken, and the version of Python."""
    names = [line.split(':', 1)[1].strip() for line in _processor_lines() if line.startswith('model name')]
    return {
        'python': platform.python_version(),
        'machine': platform.machine(),
        'processor': names[0] if names else platform.processor(),
        'cores': len(os.sched_getaffinity(0)),
        'load': round(os.getloadavg()[0], 1),
        'system': f'{platform.system()} {platform.release()}',
    }


def _processor_lines() -> list[str]:
    try:
        return Path('/proc/cpuinfo').read_text('utf-8').splitlines()
    except OSError:
        return []


@dataclass(frozen=True, slots=True)
class Verdict:
    """One figure beside its bar."""

    what: str
    #: None when it could not be measured.
    figure: float | None
    relation: Literal['<=', '>=']
    bar: float
    unit: str

    @property
    def word(self) -> str:
        """Return PASS, FAIL, or MISSING when there was nothing to compare with."""
        if self.figure is None:
            return 'MISSING'
        met = self.figure <= self.bar if self.relation == '<=' else self.figure >= self.bar
        return 'PASS' if met else 'FAIL'

    def __str__(self) -> str:
        figure = 'not measured' if self.figure is None else f'{self.figure:.3g}{self.unit}'
        return f'{self.word:8}{self.what}: {figure} (bar: {self.relation} {self.bar:g}{self.unit})'


def report(verdicts: Sequence[Verdict], figures: Mapping[str, Any], file: Path | None) -> int:
    """Print the bars, write `figures` and bars as JSON when asked, and return the exit code."""
    for verdict in verdicts:
        print(verdict)
    if file is not None:
        bars = [asdict(verdict) | {'verdict': verdict.word} for verdict in verdicts]
        file.write_text(json.dumps({**figures, 'bars': bars}, indent=2) + '\n', encoding='utf-8')
    return int(any(verdict.word == 'FAIL' for verdict in verdicts))
