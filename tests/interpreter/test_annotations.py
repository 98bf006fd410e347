"""Annotations: evaluated where a script looks at them, text under the future import, nothing elsewhere."""

from __future__ import annotations

import pytest

from monty_flow import Monty, MontyRuntimeError

_TREE = """
from __future__ import annotations
from dataclasses import KW_ONLY, InitVar, dataclass, fields
from typing import Annotated, ClassVar, Optional, get_type_hints

@dataclass
class Tree:
    value: int
    parent: Tree | None = None
    kinds: ClassVar[list[str]] = []
    start: InitVar[int] = 1
    _: KW_ONLY
    label: Annotated[str, 'shown'] = ''

    def child(self, value: int) -> Tree:
        return Tree(value, self)

def find(tree: Tree, wanted: undefined.of_a_type = None) -> Optional[Tree]:
    return tree.parent
"""


def shown(source: str) -> object:
    return Monty(source, external_functions=()).run()


def test_annotations_are_text_under_the_future_import() -> None:
    found = shown(_TREE + '(dict(Tree.__annotations__), find.__annotations__, Tree.child.__annotations__)')

    assert found == (
        {
            'value': 'int', 'parent': 'Tree | None', 'kinds': 'ClassVar[list[str]]', 'start': 'InitVar[int]',
            '_': 'KW_ONLY', 'label': "Annotated[str, 'shown']",
        },
        {'tree': 'Tree', 'wanted': 'undefined.of_a_type', 'return': 'Optional[Tree]'},
        {'value': 'int', 'return': 'Tree'},
    )  # fmt: skip


def test_a_dataclass_reads_annotations_that_are_text() -> None:
    found = shown(_TREE + '([(each.name, each.type) for each in fields(Tree)], Tree(1).child(2).parent.value)')

    assert found == ([('value', 'int'), ('parent', 'Tree | None'), ('label', "Annotated[str, 'shown']")], 1)


def test_type_hints_are_looked_up() -> None:
    found = shown(
        _TREE
        + """
hints = get_type_hints(Tree)
extras = get_type_hints(Tree, include_extras=True)
(hints['value'] is int, hints['label'] is str, hints['parent'] == Optional[Tree], repr(extras['label']),
 get_type_hints(Tree.child)['return'] is Tree)
"""
    )

    assert found == (True, True, True, "typing.Annotated[str, 'shown']", True)


def test_a_hint_that_names_nothing_is_a_name_error_when_it_is_looked_up() -> None:
    with pytest.raises(MontyRuntimeError) as caught:
        shown(_TREE + 'get_type_hints(find)')

    assert (caught.value.exception_type, caught.value.message) == ('NameError', "name 'undefined' is not defined")


def test_a_hint_that_names_nothing_is_a_name_error_where_annotations_are_evaluated() -> None:
    with pytest.raises(MontyRuntimeError) as caught:
        shown('def f(x: undefined.kind): pass\nf.__annotations__')

    assert (caught.value.exception_type, caught.value.message) == ('NameError', "name 'undefined' is not defined")


@pytest.mark.parametrize('hint', ["'os.system(1)'", "'[].append(1)'", "'(lambda: 1)()'", "'a' 'b c'", "'x' * 20000"])
def test_a_hint_that_is_text_is_never_run(hint: str) -> None:
    with pytest.raises(MontyRuntimeError) as caught:
        shown(f'from typing import get_type_hints\ndef f(x: {hint}): pass\nget_type_hints(f)')

    assert caught.value.exception_type in ('TypeError', 'SyntaxError', 'NameError')
