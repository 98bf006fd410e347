"""Regular expressions that are compiled when they are first used."""

from __future__ import annotations

import re

import pytest

from monty_flow.interpreter.compiler.slices import may_hold_slices
from monty_flow.interpreter.patterns import pattern


def test_a_pattern_has_the_methods_of_a_compiled_one() -> None:
    digits = pattern(r'(\d+)[a-z]', re.IGNORECASE)

    assert digits.findall('1a 22B 3') == ['1', '22']
    assert digits.sub('-', '1a 22B 3') == '- - 3'
    assert pattern(b'[\xf0-\xff]').search(b'a\xf1') is not None


def test_a_pattern_is_compiled_once_and_only_when_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    native = re.compile

    def compile_noted(text: str, flags: int = 0) -> re.Pattern[str]:
        compiled.append(text)
        return native(text, flags)

    monkeypatch.setattr(re, 'compile', compile_noted)
    digits = pattern(r'\d+')
    before = list(compiled)
    for _ in range(2):
        assert digits.fullmatch('12')
        assert digits.search('a1')

    assert (before, compiled) == ([], [r'\d+'])


@pytest.mark.parametrize(
    'source',
    [
        's = slice(1)', 'x.__getitem__', 'x.__class_getitem__', 'x.__delitem__', 'import builtins', 'eval(t)', 'exec(t)',
        'setattr(x, n, v)', 'types.new_class(n)', 'make_dataclass(n, f)', "type('A', (), {})",
    ],
)  # fmt: skip
def test_each_way_to_get_hold_of_a_slice_is_seen(source: str) -> None:
    assert may_hold_slices(source)


@pytest.mark.parametrize('source', ['xs[1:2]', 'slices = 1', 'my_item__', 'evaluate(1)', 'type(x)', 'executor = 2'])
def test_what_only_looks_like_one_is_not_taken_for_it(source: str) -> None:
    assert not may_hold_slices(source)
