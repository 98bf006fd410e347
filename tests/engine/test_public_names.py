"""The front door of the engine."""

from __future__ import annotations

import types

from monty_flow import engine
from monty_flow.engine import errors


def test_all_names_what_the_front_door_imports() -> None:
    imported = {
        name
        for name, value in vars(engine).items()
        if not name.startswith('_') and name != 'annotations' and not isinstance(value, types.ModuleType)
    }

    assert imported == set(engine.__all__)


def test_every_error_that_a_caller_can_meet_has_a_public_name() -> None:
    errors_of_callers = {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.EngineError)
    }

    assert errors_of_callers - set(engine.__all__) == set()


def test_every_error_is_an_engine_error() -> None:
    errors = [value for value in vars(engine).values() if isinstance(value, type) and issubclass(value, Exception)]

    assert all(issubclass(error, engine.EngineError) for error in errors)
