"""The program whose types `make check` reads is one that works."""

from __future__ import annotations

from pathlib import Path

from monty_flow import Monty
from tests import typed_program


def test_the_program_finishes_what_it_starts() -> None:
    source = (
        'import asyncio\nasync def main():\n    return await asyncio.gather(f(1), g(2))\n[h(0), *asyncio.run(main())]'
    )

    assert typed_program.finished(Monty(source).start()) == [0, 1, 2]
    assert typed_program.traceback_of('1 / 0').endswith('ZeroDivisionError: division by zero')
    assert typed_program.fed() == [None, 8]


def test_the_program_executes_a_run(tmp_path: Path) -> None:
    assert typed_program.durable(f'sqlite:///{tmp_path}/flow.db').output == 42


def test_a_name_that_is_not_there_is_an_import_error() -> None:
    assert typed_program.Nothing is None
