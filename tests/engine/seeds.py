"""Run many seeds of the simulator, on all cores.

    make simulate SEEDS=10000 FIRST=0
    python -m tests.engine.seeds [--seeds N] [--first SEED] [--seconds S] [--jobs N] [--go-on]

A process takes a few seeds and ends: worlds are full of circles, and to collect them took an eighth of the time.
"""

from __future__ import annotations

import argparse
import gc
import logging
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any

from tests.engine.simulation import simulate
from tests.engine.simulation_watch import Violation

#: Seeds for one process: some 10 MB each.
SEEDS_A_PROCESS = 20
#: Forked, so that what is imported and compiled is there at once.
_FORK = multiprocessing.get_context('fork')


@dataclass(frozen=True)
class Told:
    """What a process has to say at its end."""

    seeds: int
    events: int
    #: What the seeds that failed say.
    violations: tuple[str, ...]


def run_seeds(seeds: Sequence[int], ends: float | None, *, goes_on: bool) -> Told:
    """Run seeds until one fails or the time is over."""
    events, done, violations = 0, 0, []
    for seed in seeds:
        if ends is not None and time.monotonic() > ends:
            break
        done += 1
        try:
            events += simulate(seed)
        except Violation as violation:
            violations.append(str(violation))
            if not goes_on:
                break
    return Told(done, events, tuple(violations))


def run_on_cores(
    seeds: Sequence[int], jobs: int, ends: float | None, *, goes_on: bool, a_process: int = SEEDS_A_PROCESS
) -> Iterator[Told]:
    """Run seeds in processes, so many at a time, and say what each of them said; none is begun when it is over."""
    ahead = [seeds[start : start + a_process] for start in range(0, len(seeds), a_process)]
    ahead.reverse()
    running: dict[Connection[Any, Any], Any] = {}
    try:
        while ahead or running:
            while ahead and len(running) < jobs and (ends is None or time.monotonic() < ends):
                heard, says = _FORK.Pipe(duplex=False)
                process = _FORK.Process(target=_child, args=(says, ahead.pop(), ends, goes_on), daemon=True)
                process.start()
                says.close()
                running[heard] = process
            if not running:
                return
            for heard in wait(list(running)):
                process = running.pop(heard)  # type: ignore[arg-type]
                try:
                    told = heard.recv()  # type: ignore[union-attr]
                except EOFError:
                    raise RuntimeError(f'a process that ran seeds ended without a word: {process}') from None
                process.join()
                yield told
    finally:
        for process in running.values():
            process.terminate()


def _child(says: Connection[Any, Any], seeds: Sequence[int], ends: float | None, goes_on: bool) -> None:
    gc.disable()
    says.send(run_seeds(seeds, ends, goes_on=goes_on))
    says.close()
    # Nothing of the worlds counts any more.
    os._exit(0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run many seeds, and return 1 when one fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--seeds', type=int, default=1000, help='how many at most (default: 1000)')
    parser.add_argument('--first', type=int, default=0, help='the first seed (default: 0)')
    parser.add_argument('--seconds', type=float, help='seconds after which no further seed is begun')
    parser.add_argument('--jobs', type=int, default=os.cpu_count(), help='processes at a time (default: one a core)')
    parser.add_argument('--go-on', action='store_true', help='go on after a seed that fails, and tell of all')
    options = parser.parse_args(arguments)
    began = time.monotonic()
    ends = None if options.seconds is None else began + options.seconds
    # What every world needs is made before the processes are; whether the seed fails is told by the one that runs it.
    with suppress(Violation):
        simulate(options.first)
    seeds, events, failed = 0, 0, 0
    for told in run_on_cores(
        range(options.first, options.first + options.seeds), options.jobs, ends, goes_on=options.go_on
    ):
        seeds, events, failed = seeds + told.seeds, events + told.events, failed + len(told.violations)
        for violation in told.violations:
            seed = violation.split()[1].rstrip(':')
            print(f'{violation}\nrun it again: python -m tests.engine.seeds --first {seed} --seeds 1', flush=True)
        if failed and not options.go_on:
            break
    print(
        f'{seeds} seeds from {options.first} on, {events} events, {failed or "no"} violation{"s" * (failed > 1)}; '
        f'{time.monotonic() - began:.0f} s'
    )
    return 1 if failed else 0


if __name__ == '__main__':
    # What the faults have workers say is of no interest.
    logging.disable(logging.CRITICAL)
    sys.exit(main())
