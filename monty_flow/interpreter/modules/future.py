"""`__future__`: what scripts import from it is in the language already, so the names mean nothing."""

from __future__ import annotations
import __future__ as future

from monty_flow.interpreter.modules.module import Definition

MODULE = Definition(
    '__future__',
    static={name: None for name in future.all_feature_names if name != 'barry_as_FLUFL'},
    left_out={
        'it is a joke of CPython': 'barry_as_FLUFL',
        'it is not meant for users of the module': 'all_feature_names CO_FUTURE_ABSOLUTE_IMPORT CO_FUTURE_ANNOTATIONS '
        'CO_FUTURE_BARRY_AS_BDFL CO_FUTURE_DIVISION CO_FUTURE_GENERATOR_STOP CO_FUTURE_PRINT_FUNCTION '
        'CO_FUTURE_UNICODE_LITERALS CO_FUTURE_WITH_STATEMENT CO_GENERATOR_ALLOWED CO_NESTED',
    },
)
