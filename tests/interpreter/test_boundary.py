"""The boundary: what crosses is copied by exact type, and nothing of a script runs on the way out."""

import collections
import datetime as dt
import enum
import timeit
import types
import uuid
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monty_flow import Monty
from monty_flow.interpreter.boundary import ALLOWED, ScriptObject, exception_to_script, to_host, to_script
from monty_flow.interpreter.errors import BoundaryError

VALUES = [
    None, True, 1, 2**100, 1.5, 1j, 'a', b'b', bytearray(b'c'), [1, [2]], (1, [2]), {'a': [1], (1, 2): 3}, {1, (2, 3)},
    frozenset({1, (2, 3)}), range(1, 9, 2), dt.date(2026, 1, 2), dt.time(1, 2, tzinfo=dt.UTC),
    dt.datetime(2026, 1, 2, tzinfo=dt.timezone(dt.timedelta(hours=1))), dt.timedelta(1), dt.UTC, Decimal('1.50'),
    Fraction(1, 3), uuid.UUID(int=5),
]  # fmt: skip


@pytest.mark.parametrize('cross', [to_script, to_host])
@pytest.mark.parametrize('value', VALUES, ids=lambda value: type(value).__name__)
def test_each_type_on_the_list_crosses_as_itself(cross, value):
    back = cross([value, (value, [])])[0]

    assert type(back) is type(value)
    assert back == value


@pytest.mark.parametrize('cross', [to_script, to_host])
def test_nothing_mutable_is_shared(cross):
    value = {'list': [1], 'dict': {}, 'set': {1}, 'bytes': bytearray(b'x'), 'tuple': ([1],)}

    copied = cross(value)

    assert copied == value
    assert copied is not value
    assert all(copied[key] is not value[key] for key in value)
    assert copied['tuple'][0] is not value['tuple'][0]


@pytest.mark.parametrize('cross', [to_script, to_host])
def test_shared_and_cyclic_structures_keep_their_shape(cross):
    inner = [1]
    value = [inner, {'k': inner}, (inner,)]
    value.append(value)
    value.append((value,))

    copied = cross(value)

    assert copied[0] is copied[1]['k'] is copied[2][0]
    assert copied[3] is copied
    assert copied[4][0] is copied


@pytest.mark.parametrize('cross', [to_script, to_host])
@pytest.mark.parametrize('wrap', [lambda x: [x], lambda x: (x,), lambda x: (x, [x])], ids=['list', 'tuple', 'both'])
def test_nesting_has_no_bound_and_shared_parts_are_copied_once(cross, wrap):
    value = []
    for _ in range(50_000):
        value = wrap(value)

    copied = cross(value)

    depth = 0
    while copied:
        copied = copied[0]
        depth += 1
    assert depth == 50_000


class Foo:
    def __init__(self, state=0):
        self.state = state

    def __repr__(self):
        raise AssertionError('a method of a value ran')

    __str__ = __hash__ = __eq__ = __iter__ = __len__ = __bool__ = __repr__


class HashableFoo(Foo):
    __hash__ = object.__hash__
    __eq__ = object.__eq__


class Text(str):
    __slots__ = ()


class Number(int):
    pass


class Colour(enum.IntEnum):
    RED = 1


class Zone(dt.tzinfo):
    pass


@pytest.mark.parametrize(
    ('value', 'message'),
    [
        ([1, {'x': [0, Foo()]}], "inputs[1]['x'][1] is of type {here}.Foo, which cannot enter a script"),
        (
            {'a': Text('x')},
            "inputs['a'] is of type {here}.Text, which cannot enter a script (convert it with str() first)",
        ),
        ((1, Number(2)), 'inputs[1] is of type {here}.Number, which cannot enter a script (convert it with int() first)'),
        (Colour.RED, 'inputs is of type {here}.Colour, which cannot enter a script (convert it with int() first)'),
        ({Text('k'): 1}, 'inputs.keys()[0] is of type {here}.Text, which cannot enter a script (convert it with str() first)'),
        ({7: Foo()}, 'inputs[7] is of type {here}.Foo, which cannot enter a script'),
        ({(1,): Foo()}, 'inputs.values()[0] is of type {here}.Foo, which cannot enter a script'),
        (
            dt.datetime(2026, 1, 1, tzinfo=Zone()),
            'inputs is of type datetime.datetime, which cannot enter a script',
        ),
        (
            collections.OrderedDict(a=1),
            'inputs is of type collections.OrderedDict, which cannot enter a script (convert it with dict() first)',
        ),
        (len, 'inputs is of type builtins.builtin_function_or_method, which cannot enter a script'),
        (ValueError('x'), 'inputs is of type builtins.ValueError, which cannot enter a script'),
        (iter([]), 'inputs is of type builtins.list_iterator, which cannot enter a script'),
    ],
)  # fmt: skip
def test_what_cannot_enter_is_refused_with_its_place(value, message):
    with pytest.raises(BoundaryError) as caught:
        to_script(value, 'inputs')

    assert str(caught.value) == message.format(here=__name__) + f'; these can: {ALLOWED}'


def test_a_script_exception_leaves_as_a_new_one_of_its_type_without_its_context():
    error = ValueError('bad', 3, Foo())
    error.__context__ = KeyError('inner')

    out = to_host([error])[0]

    assert type(out) is ValueError
    assert out.args == ('bad', 3, ScriptObject('Foo', '<Foo object>'))
    assert out.__context__ is None


def test_script_values_leave_as_inert_objects_and_run_nothing():
    def function():
        return 1

    shared = HashableFoo()
    value = [function, len, Foo, Foo(), iter([]), types, {shared: shared}]

    out = to_host(value)

    assert out == [
        ScriptObject('function', '<function function>'),
        ScriptObject('function', '<function len>'),
        ScriptObject('type', "<class 'Foo'>"),
        ScriptObject('Foo', '<Foo object>'),
        ScriptObject('list_iterator', '<list_iterator object>'),
        ScriptObject('module', '<module object>'),
        {ScriptObject('HashableFoo', '<HashableFoo object>'): ScriptObject('HashableFoo', '<HashableFoo object>')},
    ]


def test_members_that_look_the_same_outside_are_not_lost_silently():
    with pytest.raises(BoundaryError) as caught:
        to_host([{HashableFoo(1), HashableFoo(2)}])

    assert str(caught.value) == (
        'the result[0] has keys or members that cannot be told apart outside the script; '
        'use strings, numbers or tuples of these'
    )


class HostError(Exception):
    pass


class Unprintable(Exception):
    def __str__(self):
        raise RuntimeError('no text')


@pytest.mark.parametrize(
    ('exc', 'expected'),
    [
        (ValueError('bad', 1), ValueError('bad', 1)),
        (KeyError('k'), KeyError('k')),
        (ValueError(), ValueError()),
        (ValueError([1, 2]), ValueError([1, 2])),
        (ValueError(Number(3)), ValueError('3')),
        (FileNotFoundError(2, 'No such file', '/host/path'), FileNotFoundError(2, 'No such file')),
        (UnicodeDecodeError('utf-8', b'\xff', 0, 1, 'bad'), UnicodeDecodeError('utf-8', b'\xff', 0, 1, 'bad')),
        (SyntaxError('bad', ('/host/path', 1, 2, 'text')), SyntaxError('bad')),
        (HostError('x'), Exception('HostError: x')),
        (HostError(), Exception('HostError')),
        (Unprintable('x'), Exception('Unprintable: <Unprintable object>')),
        (SystemExit(3), Exception('SystemExit: 3')),
        (KeyboardInterrupt(), Exception('KeyboardInterrupt')),
        (GeneratorExit(), Exception('GeneratorExit')),
        (BaseException('b'), Exception('BaseException: b')),
        (ExceptionGroup('g', [ValueError(1)]), Exception('ExceptionGroup: g (1 sub-exception)')),
    ],
    ids=lambda exc: type(exc).__name__,
)
def test_a_host_exception_enters_as_a_new_one(exc, expected):
    entered = exception_to_script(exc)

    assert entered is not exc
    assert type(entered) is type(expected)
    assert repr(entered) == repr(expected)
    assert str(entered) == str(expected)


def test_nothing_but_type_and_arguments_of_an_exception_enters():
    try:
        try:
            raise OSError('inner')
        except OSError as inner:
            raise ValueError('outer', [1]) from inner
    except ValueError as caught:
        exc = caught
    exc.secret = 'x'
    exc.add_note('note')

    entered = exception_to_script(exc)

    assert entered.args == ('outer', [1])
    assert entered.args[1] is not exc.args[1]
    assert (entered.__cause__, entered.__context__, entered.__traceback__) == (None, None, None)
    assert vars(entered) == {}


def test_a_scalar_crosses_at_the_cost_of_a_call():
    call = min(timeit.repeat('f(5)', 'def f(x, y=None):\n    return x', number=20_000, repeat=5))

    cross = min(timeit.repeat('f(5)', globals={'f': to_script}, number=20_000, repeat=5))

    assert cross < 5 * call


SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(), st.binary())
TREES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner), st.lists(inner).map(tuple), st.dictionaries(SCALARS, inner), st.sets(SCALARS)
    ),
)


@given(TREES)
def test_any_tree_crosses_both_ways_unchanged(value):
    assert to_host(to_script(value)) == value


def test_a_member_of_an_enumeration_leaves_as_its_plain_value():
    seen = []
    source = (
        'from enum import Enum, IntEnum\n'
        'class Color(Enum):\n    RED = "red"\n    PAIR = (1, 2)\n'
        'class Size(IntEnum):\n    BIG = 3\n'
        'show([Color.RED, Size.BIG])\n'
        '{"color": Color.RED, "pair": Color.PAIR}'
    )

    output = Monty(source).run(external_functions={'show': seen.append})

    assert seen == [['red', 3]]
    assert type(seen[0][1]) is int
    assert output == {'color': 'red', 'pair': ScriptObject('Color', '<Color object>')}
