"""What fails in a generator that nothing holds any more is not told to the host's stderr."""

from __future__ import annotations

import gc
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from monty_flow import Monty
from monty_flow.interpreter.runtime.unraisable import quietened
from monty_flow.interpreter.runtime.watch import Stopped

SOURCE = """
def numbers():
    try:
        yield 1
    finally:
        1 / 0

held = numbers()
next(held)
"""


def test_a_generator_that_fails_when_it_is_collected_prints_nothing() -> None:
    program = f'from monty_flow import Monty\nMonty({SOURCE!r}).run()\nimport gc\ngc.collect()'

    done = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True, check=True)

    assert (done.stdout, done.stderr) == ('', '')


def test_the_hook_of_the_host_is_told_all_else(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr(sys, 'unraisablehook', quietened(lambda unraisable: told.append(type(unraisable.object))))

    def of_the_host() -> Any:
        try:
            yield 1
        finally:
            raise ValueError('lost')

    held = of_the_host()
    next(held)
    del held
    Monty(SOURCE).run()
    gc.collect()
    sys.unraisablehook(SimpleNamespace(object=None, exc_type=ValueError))  # type: ignore[arg-type]

    assert told == [type(of_the_host()), type(None)]


def test_the_end_of_a_run_that_is_dropped_in_a_finalizer_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr(sys, 'unraisablehook', quietened(lambda unraisable: told.append(unraisable.exc_type)))

    class Finalized:
        def __del__(self) -> None:
            raise Stopped

    Finalized()
    gc.collect()

    assert told == []
