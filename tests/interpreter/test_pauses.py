"""Where a script cannot be stopped, an external call is refused by a typed error and never taken for something else."""

from __future__ import annotations

from typing import Any

import pytest

from monty_flow import Monty
from monty_flow.interpreter.compiler.program import GENERATED_FILE, LIBRARY_FILE, MODULE_FILE, PRELUDE_FILE
from monty_flow.interpreter.errors import PauseRefused
from monty_flow.interpreter.runtime.pause import CODE_FILE, EMITTED

CLASS = """
class Item:
    def __init__(self, value): self.value = value
    def __hash__(self): return call('hash')
    def __index__(self): return call('index')
"""


def stopped(source: str) -> Any:
    return Monty(source, external_functions=['call']).start()


@pytest.mark.parametrize(
    ('statement', 'method'),
    [
        ('{Item(1): 1}', '__hash__'),
        ('x = {}\nx[Item(1)] = 2', '__hash__'),
        ('x = set()\nx.add(Item(1))', '__hash__'),
        ('[1, 2][Item(1)]', '__index__'),
        ('def plain():\n    x = {}\n    x[Item(1)] = 2\nplain()', '__hash__'),
        ('[{Item(n): n} for n in range(2)]', '__hash__'),
    ],
)
def test_a_call_inside_an_operation_of_python_is_refused(statement: str, method: str) -> None:
    with pytest.raises(PauseRefused) as caught:
        stopped(CLASS + statement)

    assert str(caught.value).startswith(
        f"the external function 'call' was called by '{method}', which Python itself calls"
    )


def test_the_refusal_says_where_and_what_to_do() -> None:
    with pytest.raises(PauseRefused) as caught:
        stopped('class A:\n    def __hash__(self): return call(1)\n{A()}')

    assert str(caught.value) == (
        "the external function 'call' was called by '__hash__', which Python itself calls in line 3 of '<module>', where"
        " the script cannot be stopped: call 'call' before, in a statement of its own"
    )


def test_host_functions_that_answer_at_once_may_be_called_anywhere() -> None:
    source = CLASS + 'len({Item(1), Item(2)})'

    assert Monty(source, external_functions=['call']).run(external_functions={'call': lambda name: 5}) == 2


def test_the_files_of_all_emitted_code_are_known_by_their_beginning() -> None:
    files = (CODE_FILE, PRELUDE_FILE, GENERATED_FILE, LIBRARY_FILE, MODULE_FILE)

    assert all(file.startswith(EMITTED) for file in files)
