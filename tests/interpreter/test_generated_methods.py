"""What the generated methods of dataclasses ask of a run is there, however long what they work on is."""

from __future__ import annotations

from itertools import product
from types import CodeType

import pytest

from monty_flow import Monty, MontyRuntimeError
from monty_flow.interpreter.compiler.build import compile_program
from monty_flow.interpreter.compiler.generated import generated_program
from monty_flow.interpreter.limits import DEFAULT_LIMITS
from monty_flow.interpreter.runtime.dataclass_source import _FLAGS, _METHODS, STOPPING, identity_of
from monty_flow.interpreter.runtime.namespace import Plan
from monty_flow.interpreter.runtime.run import Run

#: One field of each kind.
KINDS = ['r', 'i', 'rk', 'd', 'dk', 'f', 'F', 'n', 'N', 'u']
TWICE = """
from dataclasses import dataclass

@dataclass(order=True)
class Pair:
    a: object
    b: object

x = 1
for i in range(14):
    x = Pair(x, x)
len(repr(x))
"""


def loaded(code: CodeType) -> set[str]:
    """Return the names of ours that code loads, that of its inner functions too."""
    found = {name for name in code.co_names if name.startswith('$')}
    return found.union(*(loaded(part) for part in code.co_consts if type(part) is CodeType))


@pytest.mark.parametrize('method', sorted(_METHODS))
def test_all_that_a_generated_method_loads_is_bound_with_the_module(method: str) -> None:
    program = compile_program('import dataclasses\nfor i in range(3): dataclasses')
    bound = Plan(program).build(Run(program, DEFAULT_LIMITS, None), {}).keys()
    asked: set[str] = set()
    for flags, kinds in product(['', *sorted(_FLAGS - {STOPPING})], [[], ['r'], ['r', 'r'], KINDS]):
        identity = identity_of(method, flags, [(f'a{number}', kind) for number, kind in enumerate(kinds)])
        for forced in (False, True):
            made = generated_program(identity, forced)
            asked |= loaded(made.codes[made.by_identity[identity].number])

    assert asked - bound == set()


def test_a_dataclass_has_a_long_repr() -> None:
    assert Monty(TWICE).run() == 16383 * len('Pair(a=, b=)') + 16384


def test_fields_whose_names_are_too_long_for_a_source_are_refused() -> None:
    with pytest.raises(MontyRuntimeError) as caught:
        Monty("from dataclasses import make_dataclass\nmake_dataclass('C', ['a' * 10**6])").run()

    assert (caught.value.exception_type, caught.value.message) == (
        'ValueError', 'the names of the fields of C are too long for a method',
    )  # fmt: skip
