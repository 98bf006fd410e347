"""The table of errors and answers."""

from __future__ import annotations

from monty_flow import engine
from monty_flow.server.failures import ANSWERS, answer_to

#: Errors of parts that the server does not use.
ELSEWHERE = {
    'TokenRefused',
    'TokenNotFound',
    'FunctionRefused',
    'FunctionsNotFound',
    # For host functions.
    'NoCurrentCall',
    'CallCancelled',
    'RetryAfter',
}


def test_every_error_of_the_engine_has_an_answer_of_its_own_or_of_its_kind() -> None:
    errors = {
        name: value for name, value in vars(engine).items() if isinstance(value, type) and issubclass(value, Exception)
    }
    general = ANSWERS[engine.EngineError]

    unforeseen = {
        name
        for name, kind in errors.items()
        if kind is not engine.EngineError and answer_to(kind.__new__(kind)) is general
    }

    assert unforeseen - ELSEWHERE == set()


def test_an_error_of_something_else_has_no_answer() -> None:
    assert answer_to(ZeroDivisionError()) is None
