"""Counting the words of a source before it is parsed."""

from __future__ import annotations

import io
import sys
import time
import tokenize
from pathlib import Path

import pytest

from monty_flow import Monty
from monty_flow.interpreter.compiler.parse import MAX_SCOPES
from monty_flow.interpreter.compiler.words import MAX_WORDS, has_too_many_words
from monty_flow.interpreter.errors import MontySyntaxError
from tests.attacks.sources import SCRIPTS

#: Sources in which CPython finds more than ten words, however they are written.
MANY = [
    'a ' * 11,
    'x = ' + '1,' * 11,
    'x = ' + '[],' * 11,
    'x = ' + '(),' * 11,
    'x = ' + "'',\n" * 11,
    'x = ' + '...,' * 11,
    'x[' + ':,' * 11 + ']',
    "x = f'" + '{1}' * 11 + "'",
    'x = f"""' + '{1}\n' * 11 + '"""',
    "x = Rf'" + '{1}' * 11 + "'",
    "x = f'{{{a}}}' + " + '1,' * 11,
    "x = '\\'' + " + '1,' * 11,
    'x = "\'" + ' + '1,' * 11,
    "x = '''\\''' ''' + " + '1,' * 11,
    "# '''\n" + 'a\n' * 11,
    '\u00e9 = 1\n' * 6,
]
if sys.version_info >= (3, 12):
    # Fields with the quote of the text around them, which before were errors.
    MANY += [
        "x = f'{'\"'}' + " + '1,' * 11 + "f'{'\"'}'",
        'x = f\'{a + "#"}\' + ' + '1,' * 11,
        "x = f'{a['#']}' + " + '1,' * 11,
        "x = f'''{'''#'''}''' + " + '1,' * 11,
        'x = f"{\'}\' + "\'"}" + ' + '1,' * 11,
        'x = f"{\'}\' + "\'" + a}" + ' + '1,' * 11,
    ]
#: Sources that have few words, however long they are.
FEW = [
    "x = '" + 'a b ' * 1000 + "'",
    "x = '''" + 'a b\n' * 1000 + "'''",
    'x = """' + "'a' " * 1000 + '"""',
    "x = rb'" + 'a b ' * 1000 + "'",
    '# ' + 'a b ' * 1000,
    '# "\n' * 1000 + 'x',
    "x = f'{a}'  # " + 'a b ' * 1000,
    "x = f'{{}} {a:>{b}} ' '" + 'a b ' * 1000 + "'",
]


@pytest.mark.parametrize('source', MANY, ids=ascii)
def test_no_way_of_writing_hides_words(source: str) -> None:
    assert has_too_many_words(source, 10)


@pytest.mark.parametrize('source', FEW, ids=lambda source: ascii(source)[:40])
def test_what_texts_and_comments_hold_is_not_counted(source: str) -> None:
    assert not has_too_many_words(source, 12)


def test_a_source_of_ours_has_as_many_words_as_python_finds_in_it() -> None:
    source = Path(tokenize.__file__).read_text(encoding='utf-8')
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    words = sum(token.type in (tokenize.NAME, tokenize.NUMBER, tokenize.STRING) for token in tokens)

    assert has_too_many_words(source, words)
    assert not has_too_many_words(source, 2 * words)


@pytest.mark.parametrize(
    'source', [source for found in SCRIPTS.values() for source in found], ids=lambda s: ascii(s)[:40]
)
def test_a_source_that_takes_long_is_refused_before_it_is_parsed(source: str) -> None:
    began = time.process_time()

    assert has_too_many_words(source) in (True, False)

    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    'source',
    ["x = f'" + '{1}' * 100_000 + "'", 'x = [' + '1,' * 300_000 + ']', "x = '''''' " + "f'{1}'" * 60_000],
    ids=lambda source: source[:20],
)
def test_too_many_words_are_told_as_such(source: str) -> None:
    with pytest.raises(MontySyntaxError) as caught:
        Monty(source)

    assert caught.value.message == (
        f'SyntaxError: the source has more than {MAX_WORDS} words (names, numbers, texts and brackets); '
        'pass data in as inputs'
    )


def test_a_large_text_is_no_reason_to_refuse_a_source() -> None:
    assert Monty("len('" + 'a b ' * 250_000 + "')").run() == 1_000_000


def test_scopes_are_bounded_as_cpython_takes_the_square_of_their_number() -> None:
    source = 'x = [' + 'lambda: 1,' * (MAX_SCOPES + 1) + ']'

    with pytest.raises(MontySyntaxError) as caught:
        Monty(source)

    assert caught.value.message == (
        f'SyntaxError: the source has more than {MAX_SCOPES} functions, classes and comprehensions'
    )
