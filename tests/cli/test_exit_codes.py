"""Exit codes and the errors that end in them are documented, known to the engine, and complete."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from monty_flow import interpreter
from monty_flow.cli.exit_codes import ExitCode
from monty_flow.cli.failures import CODES, explain
from monty_flow.engine import errors as engine_errors
from monty_flow.engine.errors import RunFailed
from monty_flow.interpreter import MontySyntaxError

DOCUMENTATION = Path(__file__).parents[2] / 'docs' / 'cli.md'


def documented_codes() -> dict[int, str]:
    """Return the rows of the table of exit codes in the documentation."""
    rows = re.findall(r'^\| (\d+) \| (.+) \|$', DOCUMENTATION.read_text(encoding='utf-8'), re.MULTILINE)
    return {int(code): meaning for code, meaning in rows}


def test_the_documentation_has_exactly_the_codes_of_the_table() -> None:
    expected = {int(code): code.meaning for code in ExitCode}

    assert documented_codes() == expected


def test_every_error_in_the_table_is_an_error_that_exists() -> None:
    known = {
        name for part in (engine_errors, interpreter) for name, value in vars(part).items() if inspect.isclass(value)
    }

    assert set(CODES) - known == set()


def test_every_error_of_the_engine_ends_in_a_code() -> None:
    errors = [
        value
        for value in vars(engine_errors).values()
        if inspect.isclass(value) and issubclass(value, engine_errors.EngineError)
    ]

    unlisted = [kind.__name__ for kind in errors if not any(base.__name__ in CODES for base in kind.__mro__)]

    assert errors
    assert unlisted == []


def test_an_error_that_nobody_foresaw_is_not_explained_away() -> None:
    assert explain(ZeroDivisionError('a bug')) is None


def test_an_error_of_the_same_name_from_elsewhere_is_not_taken_for_ours() -> None:
    stranger = type('RunFailed', (Exception,), {'__module__': 'elsewhere'})

    assert explain(stranger('not ours')) is None


def test_a_failed_run_is_explained_with_its_traceback_first() -> None:
    failure = explain(RunFailed('0190', 'ValueError', 'no', 'Traceback (most recent call last):\nValueError: no\n'))

    assert failure is not None
    assert failure.code is ExitCode.RUN_FAILED
    assert failure.text == (
        'Traceback (most recent call last):\nValueError: no\n\n'
        'run 0190 failed with ValueError: no; mend the cause and retry it, or submit a new run'
    )


def test_a_refused_script_is_explained_with_its_own_text() -> None:
    failure = explain(MontySyntaxError('invalid syntax', line=3))

    assert failure is not None
    assert failure.code is ExitCode.SCRIPT_REFUSED
    assert failure.text == 'File "main.py", line 3\ninvalid syntax'
