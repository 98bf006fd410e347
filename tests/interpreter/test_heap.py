"""The heap codec: values come back as they were, with their identity; damaged bytes give one typed error."""

import datetime as dt
import gc
import math
import random
import types
import uuid
from collections import Counter, OrderedDict, defaultdict, deque
from decimal import Decimal
from fractions import Fraction

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monty_flow.interpreter.errors import SnapshotError
from monty_flow.interpreter.runtime.universe import EXCEPTIONS
from monty_flow.interpreter.snapshot.heap import Kind, Kinds, decode, encode
from monty_flow.interpreter.snapshot.kinds import builtin_kinds

LIMIT = 1 << 26
NAMED = {'len': len, 'int': int, 'list': list, 'ValueError': ValueError}
KINDS = builtin_kinds(NAMED, {'list.append', 'str.upper'})


def roundtrip(value, context=None):
    return decode(encode(value, KINDS, context, limit=LIMIT), KINDS, context)


def pack(*document):
    return msgpack.packb(list(document), unicode_errors='surrogatepass')


SCALARS = [
    None, True, False, 0, -1, 2**63 - 1, -(2**63), 2**64 - 1, 2**64, -(2**63) - 1, 10**400, -(10**400), 0.5, math.inf,
    '', 'text', '\ud800', '\U0001f600', b'', b'\x00\xff', 1 + 2j, Ellipsis, NotImplemented, 'long ' * 200, b'x' * 999,
]  # fmt: skip


@pytest.mark.parametrize('value', SCALARS, ids=lambda value: str(type(value).__name__))
def test_a_scalar_comes_back_equal_and_of_its_type(value):
    for holder in (value, [value], (value, [value]), {'k': value}, {'k': (value, [])}):
        back = roundtrip(holder)

        assert back == holder
        assert repr(back) == repr(holder)


def test_special_floats_keep_their_bits():
    back = roundtrip([math.nan, -0.0, (-0.0, [])])

    assert math.isnan(back[0])
    assert math.copysign(1, back[1]) == -1
    assert math.copysign(1, back[2][0]) == -1


def test_dict_keys_keep_type_and_order():
    value = {'b': 1, 'a': [], 2: 3, 2.5: 4, None: 5, True: 6, b'k': 7, (1, 2): 8, 2**80: 9, '\udcff': 10}

    back = roundtrip(value)

    assert [(type(key), key, item) for key, item in back.items()] == [
        (type(key), key, item) for key, item in value.items()
    ]


def test_shared_and_cyclic_objects_stay_shared_and_cyclic():
    shared = [1]
    value = {'a': shared, 'b': [shared], 'c': (shared,)}
    value['self'] = value
    inner = []
    knot = (inner,)
    inner.append(knot)
    value['knot'] = knot

    back = roundtrip(value)

    assert back['a'] is back['b'][0] is back['c'][0]
    assert back['self'] is back
    assert back['knot'][0][0] is back['knot']


def test_an_object_inside_a_tree_that_looked_plain_is_still_shared():
    inner = [1]
    value = ([[inner], 2], (inner,))

    back = roundtrip(value)

    assert back == value
    assert back[0][0][0] is back[1][0]


def test_what_hangs_beside_a_shared_or_strange_object_is_written_whole():
    last = {'role': 'user', 'parts': [{'n': 3}]}
    history = [{'role': 'user', 'parts': [{'n': n}]} for n in range(3)]
    history[1]['parts'].append((1, 2))
    history.append(last)

    records = msgpack.unpackb(encode((history, last), KINDS, limit=LIMIT))[2]

    assert [record[1] for record in records if record[0] == 0] == [
        {'role': 'user', 'parts': [{'n': 3}]},
        {'role': 'user', 'parts': [{'n': 0}]},
        {'role': 'user', 'parts': [{'n': 2}]},
        {'n': 1},
    ]
    back_history, back_last = roundtrip((history, last))
    assert back_history == history
    assert back_history[3] is back_last


def test_a_shared_object_far_down_is_one_object():
    shared = []
    deep = shared
    for level in range(250):
        deep = [deep, level, {'k': [level]}]
    value = [deep, shared]
    del deep, shared

    back = roundtrip(value)

    found = back[0]
    for _ in range(250):
        found = found[0]
    assert found is back[1]
    assert back == value


def test_a_shared_tuple_is_one_tuple():
    pair = (1, [2])

    back = roundtrip([pair, pair])

    assert back[0] is back[1]


@pytest.mark.parametrize('wrap', [lambda x: [x], lambda x: (x,), lambda x: {'k': x}, lambda x: [(x, {'k': 1})]])
def test_nesting_of_100_000_levels_needs_no_stack(wrap):
    value = None
    for _ in range(100_000):
        value = wrap(value)

    back = roundtrip(value)

    depth = 0
    while back is not None:
        back = back[0] if type(back) is not dict else back['k']
        if type(back) is not int and back is not None:
            depth += 1
    assert depth >= 99_999


def test_long_strings_are_written_once():
    text = 'x' * 1_000_000

    data = encode([text] * 500, KINDS, limit=4_000_000)

    assert len(data) < 1_100_000
    assert decode(data, KINDS) == [text] * 500


def test_a_snapshot_over_the_limit_is_refused():
    with pytest.raises(SnapshotError) as caught:
        encode(list(range(1000)), KINDS, limit=100)

    assert str(caught.value) == (
        'the script went over max_snapshot_bytes=100; raise the limit or make the script do less'
    )


def test_a_value_of_an_unknown_type_is_named():
    class Strange:
        pass

    with pytest.raises(SnapshotError) as caught:
        encode({'a': [Strange()]}, KINDS, limit=LIMIT)

    assert str(caught.value) == (
        "a value of type 'Strange' cannot be stored in a snapshot; finish with it before the pause, "
        'or keep plain data in its place'
    )


def test_a_subclass_of_a_built_in_type_is_an_unknown_type():
    class Text(str):
        pass

    with pytest.raises(SnapshotError, match="a value of type 'Text' cannot be stored"):
        encode([1, {'k': Text('x')}], KINDS, limit=LIMIT)


def values_of_all_kinds():
    utc = dt.UTC
    return [
        bytearray(b'abc'), {1, 'a'}, set(), frozenset({1, (2, 3)}), frozenset(), {frozenset({1}): 'x'},
        {(1, frozenset({(2,)})): 'x'}, range(3), range(2**70, 5, -3), slice(1, None, 'a'), dt.date(2026, 1, 2),
        dt.time(1, 2, 3, 4, utc, fold=1), dt.datetime(2026, 1, 2, 3, 4, 5, 6, utc), dt.datetime(2026, 1, 1),
        dt.timedelta(-1, 2, 3), dt.timezone(dt.timedelta(hours=2), 'X'), utc, Decimal('1.50'), Decimal('-Infinity'),
        Fraction(1, 3), uuid.UUID(int=7), deque([1, [2]], maxlen=4), Counter('aab'), OrderedDict(b=1, a=2),
        defaultdict(list, {'k': [1]}), len, int, ValueError,
    ]  # fmt: skip


@pytest.mark.parametrize('value', values_of_all_kinds(), ids=lambda value: f'{type(value).__name__}')
def test_each_built_in_kind_comes_back_equal(value):
    back = roundtrip([value, (value,)])[0]

    assert type(back) is type(value)
    assert back == value
    assert repr(back) == repr(value)


def stepped(iterator, steps):
    for _ in range(steps):
        next(iterator)
    return iterator


SOURCES = {
    'list': lambda: iter([1, 2, 3, 4]),
    'tuple': lambda: iter((1, 2, 3, 4)),
    'ascii str': lambda: iter('abcd'),
    'unicode str': lambda: iter('äöd\u1234'),
    'bytes': lambda: iter(b'abcd'),
    'bytearray': lambda: iter(bytearray(b'abcd')),
    'range': lambda: iter(range(1, 9, 2)),
    'long range': lambda: iter(range(2**70, 2**70 + 8, 2)),
    'dict keys': lambda: iter(dict.fromkeys('abcd', 0)),
    'dict values': lambda: iter({'a': 1, 'b': 2, 'c': 3, 'd': 4}.values()),
    'dict items': lambda: iter({'a': 1, 'b': 2, 'c': 3, 'd': 4}.items()),
    'reversed dict keys': lambda: reversed(dict.fromkeys('abcd', 0)),
    'reversed dict values': lambda: reversed({'a': 1, 'b': 2, 'c': 3, 'd': 4}.values()),
    'reversed dict items': lambda: reversed({'a': 1, 'b': 2, 'c': 3, 'd': 4}.items()),
    'set': lambda: iter({1, 2, 3, 4}),
    'ordered dict': lambda: iter(OrderedDict(a=1, b=2, c=3, d=4)),
    'deque': lambda: iter(deque([1, 2, 3, 4])),
    'reversed list': lambda: reversed([1, 2, 3, 4]),
    'reversed tuple': lambda: reversed((1, 2, 3, 4)),
    'reversed str': lambda: reversed('abcd'),
    'enumerate': lambda: enumerate('abcd', 7),
    'zip': lambda: zip('abcd', [1, 2, 3, 4], strict=False),
    'strict zip': lambda: zip('abcd', [1, 2, 3, 4], strict=True),
    'map': lambda: map(int, '1234'),
    'filter': lambda: filter(None, [1, 2, 3, 4]),
}


@pytest.mark.parametrize('name', SOURCES)
@pytest.mark.parametrize('steps', [0, 1, 3, 4])
def test_an_iterator_goes_on_where_it_was_and_is_not_disturbed(name, steps):
    iterator = stepped(SOURCES[name](), steps)

    back = roundtrip({'it': iterator})['it']

    rest = list(iterator)
    assert len(rest) == 4 - steps
    assert list(back) == rest


@pytest.mark.parametrize('name', SOURCES)
def test_an_exhausted_iterator_stays_exhausted(name):
    iterator = SOURCES[name]()
    list(iterator)

    back = roundtrip([iterator])[0]

    assert list(back) == []


def test_an_iterator_stays_on_its_source():
    items = [1, 2, 3]
    pairs = {'a': 1, 'b': 2}
    back_items, at_items, back_pairs, at_pairs = roundtrip([items, stepped(iter(items), 1), pairs, iter(pairs)])

    back_items.append(4)
    back_pairs['c'] = 3

    assert list(at_items) == [2, 3, 4]
    with pytest.raises(RuntimeError, match='dictionary changed size during iteration'):
        next(at_pairs)


def test_an_iterator_over_a_dict_that_changed_still_raises():
    pairs = {'a': 1, 'b': 2}
    iterator = stepped(iter(pairs), 1)
    pairs['c'] = 3

    back_pairs, back = roundtrip((pairs, iterator))

    assert back_pairs == pairs
    with pytest.raises(RuntimeError, match='dictionary changed size during iteration'):
        next(back)


def test_containers_may_hold_iterators_over_themselves():
    items = [1, 2]
    items.append(stepped(iter(items), 1))
    pairs = {'a': 1, 'it': None}
    pairs['it'] = iter(pairs.items())

    back_items, back_pairs = roundtrip([items, pairs])

    assert next(back_items[2]) == 2
    assert next(back_pairs['it']) == ('a', 1)


def test_views_follow_their_dict():
    pairs = {'a': [1]}
    back = roundtrip([pairs, pairs.keys(), pairs.values(), pairs.items()])

    back[0]['b'] = 2

    assert list(back[1]) == ['a', 'b']
    assert list(back[2]) == [[1], 2]
    assert list(back[3]) == [('a', [1]), ('b', 2)]


def test_cells_come_back_full_or_empty_and_may_be_cyclic():
    full, empty = types.CellType(), types.CellType()
    full.cell_contents = [full]

    back_full, back_empty = roundtrip((full, empty))

    assert back_full.cell_contents[0] is back_full
    with pytest.raises(ValueError, match='Cell is empty'):
        _ = back_empty.cell_contents


def test_bound_methods_on_the_list_stay_bound_to_their_owner():
    items = []
    back, append, upper = roundtrip((items, items.append, 'ab'.upper))

    append(1)

    assert back == [1]
    assert upper() == 'AB'
    with pytest.raises(SnapshotError, match="a value of type 'builtin_function_or_method' cannot be stored"):
        roundtrip(items.pop)


class Entries:
    """A context that keeps traceback entries of exceptions."""

    def __init__(self):
        self.set = {}

    def traceback_entries(self, exc):
        return [['main', 3]]

    def set_traceback_entries(self, exc, entries):
        self.set[id(exc)] = entries


def test_exceptions_keep_arguments_links_notes_and_traceback():
    inner = KeyError('k')
    exc = ValueError('bad', [1])
    exc.__cause__ = inner
    exc.__context__ = inner
    exc.add_note('look')
    exc.args[1].append(exc)
    context = Entries()

    back = roundtrip(exc, context)

    assert type(back) is ValueError
    assert back.args[0] == 'bad'
    assert back.args[1][1] is back
    assert repr(back.__cause__) == "KeyError('k')"
    assert back.__context__ is back.__cause__
    assert back.__suppress_context__
    assert back.__notes__ == ['look']
    assert context.set[id(back)] == [['main', 3]]


@pytest.mark.parametrize(
    'exc',
    [
        FileNotFoundError(2, 'No such file', 'f.txt'),
        OSError('x'),
        UnicodeDecodeError('utf-8', b'\xff', 0, 1, 'bad'),
        UnicodeEncodeError('ascii', 'ä', 0, 1, 'bad'),
        StopIteration(5),
        ImportError('no', name='m'),
        SyntaxError('bad', ('f', 1, 2, 'text')),
        ZeroDivisionError(),
        ExceptionGroup('two', [ValueError(1), KeyError(2)]),
    ],
    ids=lambda exc: type(exc).__name__,
)
def test_exceptions_with_state_of_their_own_keep_it(exc):
    back = roundtrip(exc)

    assert type(back) is type(exc)
    assert repr(back) == repr(exc)
    assert str(back) == str(exc)
    assert getattr(back, 'value', None) == getattr(exc, 'value', None)
    assert getattr(back, 'errno', None) == getattr(exc, 'errno', None)


def test_every_built_in_exception_class_makes_the_round_trip():
    # `MemoryError` of a script is a class of ours.
    classes = [cls for cls in EXCEPTIONS.values() if issubclass(cls, Exception)]
    for cls in classes:
        if not issubclass(cls, BaseExceptionGroup):
            exc = cls.__new__(cls)

            assert type(roundtrip(exc)) is cls


class Thing:
    """What the rows of another part of the package hold; equal by name."""

    def __init__(self, name=None):
        self.name = name

    def __eq__(self, other):
        return self.name == other.name

    def __hash__(self):
        return hash(self.name)


def _reduce_thing(value, context):
    return ((), (tuple(vars(value)), *vars(value).values())) if type(value) is Thing else None


def _fill_thing(context, thing, names, *values):
    vars(thing).update(zip(names, values, strict=True))


THING_KINDS = KINDS.copy()
THING_KINDS.add(Kind('thing', None, _reduce_thing, lambda _: Thing(), _fill_thing))


def test_keys_are_hashed_after_their_attributes_are_in_place():
    first = Thing('a')
    table = {first: 1, frozenset({Thing('b')}): 2, (Thing('c'),): 3}
    first.table = table

    back = decode(encode((table, {Thing('d')}), THING_KINDS, limit=LIMIT), THING_KINDS)

    assert back[0][Thing('a')] == 1
    assert back[0][frozenset({Thing('b')})] == 2
    assert back[0][(Thing('c'),)] == 3
    assert Thing('d') in back[1]
    assert next(iter(back[0])).table is back[0]


def test_a_name_of_a_kind_can_be_used_once():
    with pytest.raises(ValueError, match="there is a kind 'set' already"):
        KINDS.copy().add(Kind('set', int, lambda v, _: None, lambda _: None))


LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(), st.binary())
HASHABLE = st.recursive(LEAVES, lambda inner: st.one_of(st.lists(inner).map(tuple), st.frozensets(inner)), max_leaves=5)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner), st.lists(inner).map(tuple), st.dictionaries(HASHABLE, inner), st.sets(HASHABLE)
    ),
    max_leaves=30,
)


@given(TREES)
def test_any_tree_comes_back_equal(value):
    assert roundtrip(value) == value


def shape(root):
    """Return the graph under `root` as rows of (type, leaf values or numbers of objects), by first visit."""
    numbers, rows, alive = {}, [], []

    def number(value):
        if type(value) not in (list, tuple, dict):
            return repr(value)
        if id(value) not in numbers:
            numbers[id(value)] = len(numbers)
            alive.append(value)
        return numbers[id(value)]

    number(root)
    position = 0
    while position < len(alive):
        value = alive[position]
        position += 1
        parts = list(value.items()) if type(value) is dict else [(None, part) for part in value]
        rows.append((type(value), [(key, number(part)) for key, part in parts]))
    return rows


@st.composite
def graphs(draw):
    nodes = [draw(st.sampled_from([list, dict]))() for _ in range(draw(st.integers(1, 8)))]
    for _ in range(draw(st.integers(0, 4))):
        nodes.append((*draw(st.lists(st.sampled_from(nodes), max_size=3)), 1))
    for node in list(nodes):
        for number in range(draw(st.integers(0, 4))):
            part = draw(st.one_of(st.sampled_from(nodes), LEAVES))
            if type(node) is list:
                node.append(part)
            elif type(node) is dict:
                node[number] = part
    return nodes[0]


@given(graphs())
def test_any_graph_keeps_its_shape(value):
    assert shape(roundtrip(value)) == shape(value)


def rich_state():
    pairs = {'a': 1, (1, 'x'): [2]}
    items = [1, 2, pairs]
    exc = OSError(2, 'x')
    exc.__cause__ = ValueError(items)
    return {
        'items': items, 'it': iter(items), 'keys': iter(pairs), 'zip': zip(items, 'abc', strict=True), 'set': {1, (2, 3)},
        'frozen': frozenset({(1, 2)}), 'exc': exc, 'when': dt.datetime(2026, 1, 2, tzinfo=dt.UTC), 'big': 2**100,
        'deque': deque(items, 5), 'count': Counter('ab'), 'method': items.append, 'len': len, 'text': 'x' * 300,
        'view': pairs.items(), 'decimal': Decimal('1.5'), 'cell': types.CellType(items), 'range': iter(range(5)),
        'default': defaultdict(list, k=[1]), 'fraction': Fraction(1, 2), 'uuid': uuid.UUID(int=1),
    }  # fmt: skip


def mutations(data, seed, count):
    rng = random.Random(seed)
    size = len(data)
    for number in range(count):
        start, stop = sorted((rng.randrange(size), rng.randrange(size)))
        match number % 5:
            case 0:
                damaged = bytearray(data)
                damaged[start] ^= 1 << rng.randrange(8)
            case 1:
                damaged = data[:start]
            case 2:
                damaged = data[:start] + data[stop:]
            case 3:
                damaged = data[:stop] + data[start:]
            case _:
                damaged = bytearray(data)
                for _ in range(3):
                    damaged[rng.randrange(size)] = rng.randrange(256)
        yield bytes(damaged)


@pytest.mark.parametrize('state', [rich_state(), [{'a': [1, {}]}, 'x' * 20, {'b': None}]], ids=['rich', 'plain'])
def test_damaged_bytes_give_a_value_or_a_snapshot_error(state):
    gc.collect()
    data = encode(state, KINDS, limit=LIMIT)

    answers = {'value': 0, 'error': 0}
    for damaged in mutations(data, 1, 10_000):
        try:
            decode(damaged, KINDS)
            answers['value'] += 1
        except SnapshotError:
            answers['error'] += 1

    assert answers['value'] + answers['error'] == 10_000
    assert answers['error'] > 1_000


def deep_tuple_records(levels):
    return [[1, []], *[[1, [[index]]] for index in range(levels)]]


HOSTILE = {
    'not MessagePack': b'\xc1',
    'empty': b'',
    'lengths that lie': b'\xdd\xff\xff\xff\xff' * 1000,
    'deep arrays': b'\x91' * 100_000,
    'ext type': msgpack.packb([[], msgpack.ExtType(5, b'x'), []]),
    'unhashable key': b'\x93\x90\x91\x00\x91\x92\x00\x81\x90\x01',
    'reference to nothing': pack([], [7], []),
    'negative reference': pack([], [-1], [[0, [1]]]),
    'cycle of builds': pack(['tuple'], [0], [[1, [[1]]], [1, [[0]]]]),
    'unknown code': pack([], [0], [[4]]),
    'negative code': pack(['list'], [0], [[-1]]),
    'record that is no array': pack(['list'], [0], [5]),
    'too many values': pack(['dict'], [0], [[1, [], [1, 2], ['a']]]),
    'key twice': pack(['dict'], [0], [[1, [], [1, 2], ['a', 'a']]]),
    'list as a key': pack(['dict', 'list'], [0], [[1, [], [1], [[1]]], [2]]),
    'set in itself': pack(['set'], [0], [[1, [], [], [[0]]]]),
    'frozenset of a dict that waits for it': pack(
        ['frozenset', 'dict'], [0], [[2, [], [1], [[1]]], [1, [[0]]]]
    ),
    'key nested too deep': pack(
        ['tuple', 'dict'], [0], [*deep_tuple_records(200_000), [2, [], [1], [[200_000]]]]
    ),
    'key that is a tree of 2**60': pack(
        ['tuple', 'set'], [61], [[1, [1]], *[[1, [[index], [index]]] for index in range(60)], [2, [], [], [[60]]]]
    ),
    'keys of one hash': pack(
        ['int', 'set'], [0],
        [[2, [], [], [[index] for index in range(1, 5000)]]]
        + [[1, [((2**61 - 1) * (index + 2**70)).to_bytes(40, 'big', signed=True)]] for index in range(1, 5000)],
    ),
    'iterator past the end': pack(['dict_keyiterator', 'dict'], [1], [[2], [1, [[0], 5]]]),
    'method off the list': pack(['method', 'list'], [1], [[2], [1, [[0], '__class__']]]),
    'exception class off the list': pack(['exception'], [0], [[1, ['BaseExceptionGroup']]]),
    'huge range step': pack(['range'], [0], [[1, [0, 1, 0]]]),
    'list iterator with a huge position': pack(['list_iterator', 'list'], [1], [[2], [1, [[0]], ['x']]]),
}  # fmt: skip


@pytest.mark.parametrize('name', HOSTILE)
def test_hostile_bytes_are_refused(name):
    with pytest.raises(SnapshotError):
        decode(HOSTILE[name], KINDS)


def test_an_unknown_kind_asks_for_a_newer_release():
    with pytest.raises(SnapshotError) as caught:
        decode(pack(['future'], [0], [[1]]), KINDS)

    assert str(caught.value) == (
        "the snapshot holds values of kind 'future', which this release does not know; "
        'load it with the release that wrote it, or a newer one'
    )


def test_damage_is_named_with_what_to_do():
    with pytest.raises(SnapshotError) as caught:
        decode(b'\xc0', KINDS)

    assert str(caught.value) == 'the snapshot is damaged: it is not an array of three; load an earlier copy of it'


def test_the_format_of_released_snapshots_does_not_change():
    shared = [2]
    value = {'a': (1, shared), 'b': shared, 'c': [[3], {'d': None}], 'e': {(1,): 'f'}}

    data = encode(value, KINDS, limit=LIMIT)

    assert msgpack.unpackb(data) == [
        ['dict', 'tuple'],
        [0],
        [
            [1, [], [[2], [1], [3], [4]], ['a', 'b', 'c', 'e']],
            [0, [2]],
            [2, [1, [1]]],
            [0, [[3], {'d': None}]],
            [1, [], ['f'], [[5]]],
            [2, [1]],
        ],
    ]


def test_a_table_without_kinds_holds_plain_data():
    value = [1, (2, {'a': [3.5, b'x']})]

    assert decode(encode(value, Kinds(), limit=LIMIT), Kinds()) == value
