"""The contenders of a benchmark, each in a process of its own, what each says on a request, and the figures of all of them."""

from __future__ import annotations

import json
import math
import select
import statistics
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from measure import SAMPLE_SECONDS, ratio

#: Seconds after which one request is given up, and after which a contender that does not begin is.
PATIENCE_SECONDS = 10.0
BEGIN_SECONDS = 60.0
#: Times a sample is repeated at most.
MOST_TIMES = 10_000
#: Seconds of one run from which on a contender is asked but once: it is far behind, and by how far is plain.
SLOW_SECONDS = 0.5

OURS = 'monty_flow'
NATIVE = 'cpython'


class Child:
    """A contender's process; one that hung is ended and begun anew for the next program."""

    def __init__(self, key: str, *, processor: bool = False) -> None:
        self.key = key
        self._processor = processor
        self._process: subprocess.Popen[str] | None = None
        hello = self._begin()
        #: Why it takes no part, or None.
        self.missing: str | None = hello.get('error')
        self.name: str = hello.get('name', key)

    def ask(
        self,
        source: str,
        times: int,
        *,
        what: str = 'run',
        inputs: Mapping[str, Any] = MappingProxyType({}),
        hosted: bool = False,
    ) -> dict[str, Any]:
        """Return the answer to one request (see `contender.py`)."""
        request = {'source': source, 'times': times, 'processor': self._processor, 'what': what, 'hosted': hosted}
        if self._process is None:
            self._begin()
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request | {'inputs': dict(inputs)}) + '\n')
            self._process.stdin.flush()
        except BrokenPipeError:
            self.end()
            return {'error': 'its process ended'}
        return self._read()

    def end(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _begin(self) -> dict[str, Any]:
        command = [sys.executable, str(Path(__file__).with_name('contender.py')), self.key]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        return self._read(BEGIN_SECONDS)

    def _read(self, patience: float = PATIENCE_SECONDS) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], patience)
        line = self._process.stdout.readline() if ready else ''
        if line:
            answer: dict[str, Any] = json.loads(line)
            return answer
        self.end()
        return {'error': 'its process ended' if ready else f'no end after {patience:g} s'}


def begin(keys: Iterable[str], *, processor: bool = False) -> list[Child]:
    """Return the contenders that are there, and say which are missing and why."""
    begun = [Child(key, processor=processor) for key in keys]
    for child in begun:
        if child.missing is not None:
            print(f'{child.key} is missing: {child.missing}')
    return [child for child in begun if child.missing is None]


@dataclass(slots=True)
class Figures:
    """What was measured of one question."""

    #: Seconds of one time, one figure a round, by contender; one figure alone of a contender that is slow.
    seconds: dict[str, list[float]] = field(default_factory=dict)
    #: Why a contender has none.
    reasons: dict[str, str] = field(default_factory=dict)

    def of(self, other: str, mine: str = OURS) -> float | None:
        """Return the time of one contender, ours unless told otherwise, through another's; None when there is nothing to compare."""
        ours, theirs = self.seconds.get(mine), self.seconds.get(other)
        if not ours or not theirs:
            return None
        if len(ours) != len(theirs):
            return statistics.median(ours) / statistics.median(theirs)
        return ratio(ours, theirs)

    def medians(self) -> dict[str, float]:
        """Return the median seconds of each contender."""
        return {key: statistics.median(values) for key, values in self.seconds.items()}


def measure(
    children: Iterable[Child],
    rounds: int,
    source: str,
    *,
    what: str = 'run',
    inputs: Mapping[str, Any] = MappingProxyType({}),
    hosted: bool = False,
) -> Figures:
    """Time what is asked in every contender that gives CPython's value for it."""
    figures = Figures()
    times: dict[str, int] = {}
    wanted: str | None = None
    for child in sorted(children, key=lambda child: child.key != NATIVE):
        # The first answer is warm-up too: what a contender makes once for a program is made then.
        answer = child.ask(source, 1, what=what, inputs=inputs, hosted=hosted)
        if 'error' not in answer:
            wanted = answer['value'] if wanted is None else wanted
            if answer['value'] != wanted:
                answer = {'error': f'another value than CPython: {answer["value"][:60]}'}
        if 'error' in answer:
            figures.reasons[child.key] = answer['error']
        elif answer['seconds'] > SLOW_SECONDS:
            figures.seconds[child.key] = [answer['seconds']]
        else:
            again = child.ask(source, 1, what=what, inputs=inputs, hosted=hosted)
            once = max(again.get('seconds', 1.0), 1e-7)
            times[child.key] = min(MOST_TIMES, max(1, round(SAMPLE_SECONDS / once)))
            figures.seconds[child.key] = []
    taking_part = [child for child in children if child.key in times]
    for _ in range(rounds):
        for child in taking_part:
            answer = child.ask(source, times[child.key], what=what, inputs=inputs, hosted=hosted)
            figures.seconds[child.key].append(answer.get('seconds', math.nan) / times[child.key])
    return figures
