"""No script overruns its time or memory by more than is promised: 100 ms and 16 MB, in process and through a pool.

The scripts are in `tests/attacks`. `make attacks` runs all of them with the limits of the promise, one second and 64 MB; here the time is
shorter, and of each class every tenth script is run. Set MONTY_FLOW_ATTACKS to 1 to run every one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from monty_flow.interpreter.limits import ResourceLimits
from monty_flow.interpreter.pool import SandboxPool
from tests.attacks import NAMED, OVERRUNS
from tests.attacks.measuring import MB, Measured, in_pool, in_process

LIMITS = ResourceLimits(max_duration_secs=0.2, max_memory=64 * MB)
#: What is promised over a limit, and what a busy machine may add: the watcher waits for its turn.
OVER_SECONDS = 0.1
OVER_BYTES = 16 * MB
NOISE_SECONDS = 1.0
NOISE_BYTES = 4 * MB
#: A busy machine only adds to what a script takes: one that is over is measured so often, and the least counts.
TRIES = 3
#: Of how many scripts one is run.
EVERY = int(os.environ.get('MONTY_FLOW_ATTACKS', '10'))
#: Ways to end that are harmless.
HARMLESS = {'refused', 'raised', 'limited', 'ended'}


@pytest.fixture(scope='module')
def pool() -> Iterator[SandboxPool]:
    with SandboxPool(1) as made:
        yield made


def complaints(measure: Callable[[str], Measured], source: str, *, compiles: bool) -> list[str]:
    """Return what is wrong with a script; compiling is bounded by the source, and not by the time of a run."""
    found: list[str] = []
    for _ in range(TRIES):
        measured = measure(source)
        if measured.kind not in HARMLESS:
            return [f'it {measured.kind}: {measured.text}: {ascii(source)[:200]}']
        found = [] if compiles else [f'{text}: {ascii(source)[:200]}' for text in excesses(measured)]
        if not found:
            break
    return found


def excesses(measured: Measured) -> Iterator[str]:
    """Give what a script took more of than it may."""
    if measured.seconds > 0.2 + OVER_SECONDS + NOISE_SECONDS:
        yield f'it took {measured.seconds:.2f} s'
    if measured.nbytes > 64 * MB + OVER_BYTES + NOISE_BYTES:
        yield f'it took {measured.nbytes >> 20} MB'


@pytest.mark.parametrize('title', OVERRUNS)
def test_no_script_of_a_class_overruns_in_process(title: str) -> None:
    found: list[str] = []
    for source in OVERRUNS[title][::EVERY]:
        found += complaints(lambda each: in_process(each, LIMITS), source, compiles='sources' in title)

    assert found == []


@pytest.mark.parametrize('title', [*OVERRUNS, *NAMED])
def test_no_script_of_a_class_overruns_in_a_pool(title: str, pool: SandboxPool) -> None:
    found: list[str] = []
    for source in {**OVERRUNS, **NAMED}[title][::EVERY]:
        found += complaints(lambda each: in_pool(pool, each, LIMITS), source, compiles='sources' in title)

    assert found == []
