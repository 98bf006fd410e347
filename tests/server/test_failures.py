"""The table of errors and answers."""

from __future__ import annotations

from http import HTTPStatus

import pytest

from monty_flow import engine
from monty_flow.server.failures import ANSWERS, Answer, answer_to

ERRORS = [value for value in vars(engine).values() if isinstance(value, type) and issubclass(value, Exception)]


def test_every_error_of_the_engine_has_an_answer_whose_code_is_its_own() -> None:
    answers = {kind.__name__: answer_to(kind.__new__(kind)) for kind in ERRORS}
    told = {name: answer.code for name, answer in answers.items() if answer is not None}

    assert set(told) == set(answers)
    assert all(code.replace('_', '').isalpha() and code.islower() for code in told.values())


@pytest.mark.parametrize(
    ('kind', 'answer'),
    [
        (engine.RunNotFound, Answer(HTTPStatus.NOT_FOUND, 'run_not_found')),
        (engine.RunIdAmbiguous, Answer(HTTPStatus.CONFLICT, 'run_id_ambiguous')),
        (engine.WrongStatus, Answer(HTTPStatus.CONFLICT, 'wrong_status')),
        (engine.InputsRefused, Answer(HTTPStatus.UNPROCESSABLE_ENTITY, 'inputs_refused')),
        (engine.DatabaseUnavailable, Answer(HTTPStatus.SERVICE_UNAVAILABLE, 'database_unavailable')),
        # Not in the table: a conflict, by the name of the class.
        (engine.FunctionsNotFound, Answer(HTTPStatus.CONFLICT, 'functions_not_found')),
    ],
)
def test_an_error_has_the_answer_of_its_nearest_kind(kind: type[Exception], answer: Answer) -> None:
    assert engine.FunctionsNotFound not in ANSWERS
    assert answer_to(kind.__new__(kind)) == answer


def test_an_error_of_something_else_has_no_answer() -> None:
    assert answer_to(ZeroDivisionError()) is None
