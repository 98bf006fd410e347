"""Built-in functions give what Python's give, and show nothing of the host."""

from __future__ import annotations

import builtins
import copy
import datetime
import io
import itertools
from collections.abc import Callable
from itertools import repeat
from typing import Any

import pytest

from monty_flow.interpreter.builtins.functions import Builtins
from monty_flow.interpreter.builtins.table import BUILTINS, REFUSED_BUILTINS
from monty_flow.interpreter.limits import ResourceLimits
from monty_flow.interpreter.runtime.run import Run

#: Results that are ours by design.
OWN = {
    'compile',
    'dir',
    'eval',
    'exec',
    'exit',
    'quit',
    'globals',
    'open',
    'hash',
    'id',
    'iter',
    'locals',
    'print',
    'type',
    'vars',
}
GUARDED = sorted(name for name, row in BUILTINS.items() if row.guard is not None and name not in OWN)
VALUES: tuple[Any, ...] = (
    None, True, 0, -3, 7, 2.5, 1j, '', 'abc', ' 12 ', '1_0', 'x y', b'ab', bytearray(b'cd'), [], [1, 2, 3], [3, 'a'],
    [[1, 2], ['a', 4]], (), (1, 2), {}, {'a': 1}, set(), {1}, frozenset({2}), range(3), slice(1, 2), ..., int, str, list,
    len, datetime.date(2020, 1, 1), 'real', '{}',
)  # fmt: skip
#: Encodings are not Python's: the sandbox knows few.
ENCODERS = {'str', 'bytes', 'bytearray'}


class Screen(Run):
    """A run that keeps what is printed."""

    def __init__(self) -> None:
        super().__init__(None, ResourceLimits())
        self.fill(10**12)
        self.shown: list[tuple[str, str]] = []

    def write(self, stream: str, text: str) -> None:
        self.shown.append((stream, text))


@pytest.fixture
def objects() -> Builtins:
    return Builtins(Screen())


def outcome(function: Callable[..., Any], *args: Any, **kwargs: Any) -> tuple[str, str]:
    """Return the type and text of what a call gives or raises; iterators are used up."""
    try:
        value = function(*args, **kwargs)
        if hasattr(value, '__next__'):
            return type(value).__name__, repr(list(value))
    except Exception as error:
        return type(error).__name__, str(error)
    return type(value).__name__, repr(value)


@pytest.mark.parametrize('name', GUARDED)
def test_a_builtin_gives_what_python_gives(objects: Builtins, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr('sys.stdin', io.StringIO())
    ours, theirs = objects.value(name), getattr(builtins, name)
    guard = getattr(objects, BUILTINS[name].guard or '')
    for args in itertools.chain([()], *(itertools.product(VALUES, repeat=count) for count in (1, 2))):
        if name in ENCODERS and len(args) == 2:
            continue
        first, second = copy.deepcopy(args), copy.deepcopy(args)

        assert (args, outcome(guard, *first), repr(first)) == (args, outcome(theirs, *second), repr(second))
    assert ours is (theirs if isinstance(theirs, type) else objects.value(name))


@pytest.mark.parametrize(
    ('name', 'args', 'kwargs'),
    [
        ('sorted', ([3, 1, 2],), {'reverse': True}),
        ('sorted', (['bb', 'a'],), {'key': len}),
        ('sorted', ([1],), {'wrong': 1}),
        ('max', ([1, 2],), {'key': lambda item: -item}),
        ('min', ([],), {'default': 5}),
        ('min', (), {'key': None}),
        ('max', (1, 2), {'default': 3}),
        ('sum', ([1, 2],), {'start': 10}),
        ('sum', ([[1], [2]], []), {}),
        ('sum', ([[1], 2], []), {}),
        ('sum', ([0.1] * 10,), {}),
        ('sum', (['a'], ''), {}),
        ('enumerate', ('ab',), {'start': 5}),
        ('enumerate', (), {'iterable': 'ab'}),
        ('zip', ([1], [1, 2]), {'strict': True}),
        ('zip', ('ab', [1, 2]), {'strict': True}),
        ('dict', ([('a', 1)],), {'b': 2}),
        ('dict', (), {'b': 2}),
        ('dict', ([1, 2],), {}),
        ('int', ('ff', 16), {}),
        ('int', ('12',), {'base': 5}),
        ('int', ('1' * 5000,), {}),
        ('int', ('1' * 500,), {'base': 16}),
        ('str', (b'\xc3\xa9', 'utf-8'), {}),
        ('str', (), {'object': 5}),
        ('str', (), {'object': b'a', 'encoding': 'ascii'}),
        ('str', (b'\xff', 'ascii', 'replace'), {}),
        ('bytes', ('é', 'utf-8'), {}),
        ('bytes', ('é', 'ascii'), {}),
        ('pow', (3, 4, 5), {}),
        ('pow', (3, -1, 7), {}),
        ('pow', (2,), {'exp': 5}),
        ('pow', (2, 5), {'mod': 0}),
        ('round', (12345, -2), {}),
        ('round', (2.675,), {'ndigits': 2}),
        ('getattr', (1, 'nothing', 'default'), {}),
        ('getattr', (1, 'nothing'), {}),
        ('getattr', (1, 2), {}),
        ('hasattr', (1, 'real'), {}),
        ('map', (max, [1, 5], [3, 4]), {}),
        ('filter', (None, [0, 1, '', 'a']), {}),
        ('isinstance', (1, (str, (int, float))), {}),
        ('isinstance', (1, int | str), {}),
        ('isinstance', (1, (str, 5)), {}),
        ('issubclass', (bool, (str, int)), {}),
        ('issubclass', (KeyError, LookupError), {}),
        ('format', (3.14159, '.2f'), {}),
    ],
)
def test_a_call_with_more_arguments_gives_what_python_gives(
    objects: Builtins, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    guard = getattr(objects, BUILTINS[name].guard or '')

    assert outcome(guard, *args, **dict(kwargs)) == outcome(getattr(builtins, name), *args, **dict(kwargs))


def test_every_builtin_name_is_given_or_refused() -> None:
    names = {name for name in dir(builtins) if not name.startswith('_')} - {'True', 'False', 'None'}
    left_out = {'WindowsError', 'PythonFinalizationError'}

    assert names - BUILTINS.keys() - REFUSED_BUILTINS.keys() - left_out == set()
    assert BUILTINS.keys() & REFUSED_BUILTINS.keys() == set()


def test_every_guard_of_the_table_exists() -> None:
    guards = {row.guard for row in BUILTINS.values() if row.guard is not None}

    assert guards == {name for name in dir(Builtins) if name.startswith('b_')}


def test_a_builtin_held_as_a_value_is_one_object(objects: Builtins) -> None:
    assert objects.value('print') is objects.value('print')
    assert objects.value('list') is list
    assert objects.value('len') is len


def test_a_builtin_held_as_a_value_cannot_be_changed(objects: Builtins) -> None:
    kind, _ = outcome(setattr, objects.value('print'), 'x', 1)

    assert kind == 'AttributeError'


def test_a_round_far_to_the_left_is_zero_at_once(objects: Builtins) -> None:
    assert objects.b_round(12345, -(10**9)) == 0


def test_print_writes_one_text(objects: Builtins) -> None:
    objects.b_print(1, 'a', [None, len], sep='-', end='!', flush=True)
    objects.b_print()

    assert objects.run.shown == [('stdout', '1-a-[None, <built-in function len>]!'), ('stdout', '\n')]  # type: ignore[attr-defined]


def test_print_refuses_what_python_refuses(objects: Builtins) -> None:
    for kwargs in ({'sep': 1}, {'end': b''}, {'wrong': 1}):
        assert outcome(objects.b_print, 'a', **kwargs) == outcome(print, 'a', **kwargs)
    assert objects.run.shown == []  # type: ignore[attr-defined]


@pytest.mark.parametrize('name', ['__class__', '__ｃlass__'])
def test_getattr_with_a_computed_name_follows_the_rules(objects: Builtins, name: str) -> None:
    assert objects.b_getattr(1, name) is int


@pytest.mark.parametrize('name', ['__globals__', '__ｇlobals__', 'gi_frame', '__code__', '__subclasses__', 'tb_frame'])
def test_getattr_refuses_what_the_compiler_refuses(objects: Builtins, name: str) -> None:
    kind, text = outcome(objects.b_getattr, objects.b_getattr, name)

    assert kind == 'AttributeError'
    assert 'is refused: ' in text
    assert objects.b_hasattr(int, name) is False
    assert objects.b_getattr(int, name, 'default') == 'default'


def test_id_is_a_number_that_stays_and_is_no_address(objects: Builtins) -> None:
    first, second = [1], [1]

    assert [objects.b_id(item) for item in (first, second, first)] == [1, 2, 1]


def test_hash_shows_no_address_and_survives_depth(objects: Builtins) -> None:
    deep: tuple[Any, ...] = ()
    for _ in range(200_000):
        deep = (deep,)

    assert objects.b_hash(('a', 1)) == hash(('a', 1))
    assert objects.b_hash(outcome) == hash(objects.b_id(outcome))
    assert outcome(objects.b_hash, (1, [])) == ('TypeError', "unhashable type: 'list'")
    assert outcome(objects.b_hash, deep) == ('RecursionError', 'maximum recursion depth exceeded while hashing a tuple')


def test_iterators_nest_up_to_a_depth(objects: Builtins) -> None:
    made: Any = [1]
    for _ in range(1_000):
        made = objects.b_map(abs, made)

    with pytest.raises(RecursionError) as caught:
        objects.b_map(abs, made)

    assert str(caught.value) == 'iterators are nested too deeply'


def test_iter_with_a_sentinel_calls_until_it_comes(objects: Builtins) -> None:
    assert outcome(objects.b_iter, [1, 2, 3].pop, 1) == outcome(iter, [1, 2, 3].pop, 1)
    assert outcome(objects.b_iter, 1) == outcome(iter, 1)


def test_a_namespace_is_shown_without_what_is_ours(objects: Builtins) -> None:
    objects.run.globals = {
        '__name__': '__main__',
        '$fuel': repeat(None, 9),
        '__builtins__': {},
        'a.b': 1,
        'a:b': 1,
        'x': 1,
    }

    assert objects.b_globals().copy() == {'__name__': '__main__', 'x': 1}
    assert outcome(objects.b_vars, 1) == outcome(vars, 1)
    assert outcome(objects.b_locals) == ('TypeError', 'locals() has to be called by its name, where the names are')
    assert 'append' in objects.b_dir([])
    assert '__globals__' not in objects.b_dir(lambda: 0)


def test_type_answers_with_one_argument_only(objects: Builtins) -> None:
    assert objects.b_type(1) is int
    assert objects.b_isinstance(int, objects.value('type'))
    assert objects.b_isinstance(outcome, (int, objects.b_type(outcome)))
    assert not objects.b_isinstance(1, objects.value('type'))
    assert objects.b_type(objects.value('print')) is objects.b_type(len)
