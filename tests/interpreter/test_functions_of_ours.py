"""A function of ours that a script puts where CPython looks for a method stays the bound method that it is.

What is behind it, a plain function of the host that takes any object for its run, must never come out: not by a hook of classes, not by a
descriptor, not by being called with the instance of a script in the place of its own.
"""

from __future__ import annotations

import pytest

from monty_flow import Monty
from monty_flow.interpreter.boundary import ScriptObject
from monty_flow.interpreter.builtins.table import BUILTINS
from monty_flow.interpreter.runtime.classes import DEFINABLE

NAMES = sorted(
    {*DEFINABLE, '__init_subclass__', '__set_name__', '__class_getitem__', '__class__', '__missing__', 'plain'}
)
GUARDED = sorted(name for name, row in BUILTINS.items() if row.guard is not None and not isinstance(row.value, type))
WRAPPERS = ('{}', 'staticmethod({})', 'classmethod({})', 'property({})', '[{}].append', '(lambda: 0).__get__')

SOURCE = """
def found(name, value):
    seen = []
    try:
        C = type('C', (), {name: value})
        D = type('D', (C,), {})
    except Exception:
        return seen
    for owner in (C, D):
        seen.append(of(owner, name))
        try: seen.append(of(owner(), name))
        except Exception: pass
    return seen

def of(owner, name):
    try: return getattr(owner, name)
    except Exception: return None

[value for name in names for function in FUNCTIONS for value in found(name, function)]
"""


@pytest.mark.parametrize('wrapper', WRAPPERS)
def test_no_plain_function_of_ours_comes_out_of_a_class(wrapper: str) -> None:
    functions = (
        '['
        + ', '.join(wrapper.format(name) for name in GUARDED if name not in ('input', 'print', 'exit', 'quit'))
        + ']'
    )

    result = Monty(SOURCE.replace('FUNCTIONS', functions), inputs=['names']).run(inputs={'names': NAMES})

    assert len(result) > 100
    assert [one for one in result if type(one) is ScriptObject and '<function b_' in one.text] == []


@pytest.mark.parametrize(
    'source',
    [
        'class C: __init_subclass__ = getattr\nC.__init_subclass__ is getattr',
        'class C: __init__ = print\ntype(C(1)) is C',
        'def f():\n    class C: __init__ = print\n    return C(fetch())\ntype(f()).__name__ == "C"',
        'from enum import Enum\nclass E(Enum):\n    __new__ = getattr\nTrue',
        'class C: __class__ = getattr\nC().__class__ is getattr',
    ],
)
def test_it_is_the_object_that_was_put_there(source: str) -> None:
    assert Monty(source).run(external_functions={'fetch': lambda: 1}) is True


def test_a_subclass_hook_of_ours_is_not_called_with_arguments_in_the_place_of_its_own() -> None:
    """Until Python 3.13 the keywords of a class could name the first parameter of a function of ours."""
    printed: list[str] = []
    source = 'class C: __init_subclass__ = print\nclass D(C, end="!"): pass'

    Monty(source).run(print_callback=lambda stream, text: printed.append(text))

    assert ''.join(printed) == '!'
