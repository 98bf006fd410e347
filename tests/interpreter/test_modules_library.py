"""The modules of the library: what they refuse, what they meter, and that they answer as CPython's."""

import array
import collections
import copy
import decimal
import heapq
import itertools
import operator
import random
import statistics
import textwrap
import zoneinfo

import pytest

from monty_flow import LimitError, Monty, MontyRuntimeError
from monty_flow.interpreter import modules
from monty_flow.interpreter.errors import SnapshotError
from monty_flow.interpreter.limits import ResourceLimits
from monty_flow.interpreter.modules.library import Stepper
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.universe import Rule, attribute_rule
from monty_flow.interpreter.snapshot.dataclass_kinds import dataclass_kinds
from monty_flow.interpreter.snapshot.file_kinds import file_kinds
from monty_flow.interpreter.snapshot.library_kinds import library_kinds


@pytest.fixture
def load():
    run = Run(None)
    run.begin()
    yield lambda name: modules.load(name, run)
    # A run that is left computing would be ended by the watcher when its time is over, wherever the thread is then.
    run.end()


def outcome(act):
    try:
        return act()
    except Exception as error:
        return type(error).__name__, str(error)


def error_of(source, **limits):
    settings = {'max_steps': 200_000, 'max_memory': 1 << 24, **limits}
    with pytest.raises((MontyRuntimeError, LimitError)) as caught:
        Monty(source).run(limits=ResourceLimits(**settings))
    error = caught.value
    return error.limit if isinstance(error, LimitError) else f'{error.exception_type}: {error.message}'


# Limits


@pytest.mark.parametrize(
    'source',
    [
        'import itertools; list(itertools.count())',
        'import itertools; sum(itertools.cycle([1]))',
        'import itertools; all(itertools.repeat(1))',
        'import itertools; next(itertools.islice(itertools.count(), 10**12, None))',
        'import itertools; next(itertools.filterfalse(None, itertools.repeat(1)))',
        'import itertools; next(itertools.dropwhile(bool, itertools.repeat(1)))',
        'import itertools; next(itertools.compress(itertools.count(), itertools.repeat(0)))',
        'import itertools; next(itertools.chain.from_iterable(itertools.repeat(())))',
        'import itertools; list(itertools.permutations(range(12)))',
        'import itertools; list(itertools.product(range(100), repeat=9))',
        'import itertools; list(itertools.starmap(list, [(range(10**15),)]))',
        'import itertools, functools; functools.reduce(lambda a, b: b, itertools.count())',
        'import itertools; from collections import Counter; Counter(itertools.count())',
        'import itertools; from collections import deque; deque(itertools.count(), maxlen=1)',
        'import itertools; from heapq import nsmallest; nsmallest(2, itertools.count())',
        'import itertools; from operator import countOf; countOf(itertools.count(), -1)',
        'from functools import partial; partial(list, range(10**15))()',
        'from functools import lru_cache; lru_cache(list)(range(10**15))',
        'import statistics; statistics.quantiles([1, 2], n=10**12)',
        'from collections import deque\nx = deque([1])\nfor i in range(100): x = deque([x, x])\nrepr(x)',
        'from collections import OrderedDict\nx = {}\nfor i in range(100): x = OrderedDict(a=x, b=x)\nrepr(x)',
    ],
)
def test_work_that_does_not_end_takes_up_the_steps(source):
    assert error_of(source, max_memory=None) == 'max_steps'


@pytest.mark.parametrize(
    'source',
    [
        'from collections import deque; deque([1]) * 10**10',
        'from collections import deque; 10**10 * deque([1])',
        'from collections import deque; deque(range(10**15))',
        'from collections import deque; deque().extendleft(range(10**15))',
        'import itertools; itertools.product(range(10**12))',
        'import itertools; itertools.product([1], repeat=10**12)',
        'import itertools; itertools.combinations([1], 10**12)',
        'import itertools; itertools.tee([1], 10**12)',
        "import operator; operator.mul('a', 10**12)",
        "import operator; operator.mod('%9999999999d', 1)",
        "import hashlib; hashlib.shake_128(b'a').digest(10**10)",
        "import io\ns = io.StringIO()\ns.seek(10**10)\ns.write('a')",
        'from decimal import Decimal; f"{Decimal(1):.9999999999f}"',
        "import gzip; gzip.decompress(gzip.compress(b'a' * 10**6) * 10**3)",
        "import bz2; bz2.decompress(bz2.compress(b'a' * 10**6) * 10**3)",
        "import lzma; lzma.decompress(lzma.compress(b'a' * 10**6) * 10**3)",
    ],
)
def test_a_result_that_does_not_fit_is_refused_before_it_is_made(source):
    assert error_of(source) == 'max_memory'


def test_a_text_that_is_made_line_by_line_is_refused_before_it_is_whole():
    assert error_of("import textwrap; textwrap.indent('a\\n' * 10**2, ' ' * 10**6)", max_steps=None) == 'max_memory'


def test_a_small_text_that_unpacks_to_much_is_refused_on_the_way():
    source = "import zlib\nzlib.decompress(zlib.compress(b'a' * 10**7))"

    assert error_of(source, max_memory=12_000_000, max_steps=None) == 'max_memory'


def test_iterators_nested_too_deeply_are_refused():
    source = 'import itertools\nx = [1]\nfor i in range(5000):\n    x = itertools.chain(x)\nnext(x)'

    assert error_of(source) == 'RecursionError: iterators are nested too deeply'


def test_iterators_nested_where_chain_cannot_see_them_are_refused():
    source = (
        'import itertools\nx = iter([1])\nfor i in range(150):\n    x = map(abs, x)\n'
        'next(itertools.chain.from_iterable(iter([x])))'
    )

    assert error_of(source) == 'RecursionError: iterators are nested too deeply'


def test_a_decimal_with_an_exponent_that_no_operation_gives_is_refused():
    assert error_of("from decimal import Decimal; Decimal('1e1000000')") == (
        'OverflowError: the exponent of a Decimal is beyond 999999, the most that the sandbox takes'
    )


# The wall

_NO_DICT = ' and no __dict__ for setting new attributes'


@pytest.mark.parametrize(
    ('source', 'message'),
    [
        ("operator.attrgetter('__class__.__subclasses__')(1)", "the attribute '__subclasses__' is refused: classes do not list their subclasses"),
        ("operator.attrgetter('gi_frame')(1)", "the attribute 'gi_frame' is refused: frames and code objects are not part of a script"),
        (
            "operator.methodcaller('__subclasses__')(int)",
            "the attribute '__subclasses__' is refused: classes do not list their subclasses",
        ),
        (
            "types.SimpleNamespace(**{'__class__': int})",
            "the attribute '__class__' is refused: use a name without a leading underscore",
        ),
        ('collections.deque.x = 1', "'type' object attribute 'x' is read-only"),
        ('itertools.chain.x = 1', "'ChainOfRun' object attribute 'x' is read-only"),
        ('collections.deque().x = 1', "'deque' object has no attribute 'x'"),
        ('hashlib.sha256().x = 1', "'Hash' object has no attribute 'x'"),
    ],
)  # fmt: skip
def test_nothing_of_the_host_is_in_reach(source, message):
    imports = 'import collections, collections.abc, hashlib, itertools, operator, types\n'

    # From 3.13 on, CPython adds that there is no `__dict__`.
    assert error_of(imports + source).removesuffix(_NO_DICT) == f'AttributeError: {message}'


@pytest.mark.parametrize(
    'source', ['collections.abc.Mapping.register(int)', 'collections.abc.Mapping[str, int].register(int)']
)
def test_no_type_that_runs_share_is_registered_with_an_abstract_class(source):
    assert error_of(f'import collections.abc\n{source}') == (
        'TypeError: only classes of the script can be registered with Mapping, which all runs share'
    )


#: What scripts can read of our own types, apart from what the types' bases show.
_SHOWN = {
    'Partial': {'args', 'func', 'keywords'},
    'Key': {'obj'},
    'Cached': {'cache_clear', 'cache_info', 'cache_parameters'},
    'CacheInfo': {'count', 'currsize', 'hits', 'index', 'maxsize', 'misses'},
    'LinearRegression': {'count', 'index', 'intercept', 'slope'},
    'Hash': {'block_size', 'copy', 'digest', 'digest_size', 'hexdigest', 'name', 'update'},
    'NullContext': {'enter_result'},
    'Closing': {'thing'},
    'Reader': {'line_num'},
    'DictReader': {'fieldnames', 'line_num'},
    'Writer': {'writerow', 'writerows'},
    'DictWriter': {'fieldnames', 'writeheader', 'writerow', 'writerows'},
    'DirEntry': {'is_dir', 'is_file', 'is_symlink', 'name', 'path', 'stat'},
    'Entries': {'close'},
    'Field': {
        'compare',
        'default',
        'default_factory',
        'hash',
        'init',
        'kw_only',
        'metadata',
        'name',
        'repr',
        'type',
    },
    'Params': {
        'eq',
        'frozen',
        'init',
        'kw_only',
        'match_args',
        'order',
        'repr',
        'slots',
        'unsafe_hash',
        'weakref_slot',
    },
    'InitVar': {'type'},
    'Environ': {'copy', 'get', 'items', 'keys', 'pop', 'setdefault', 'update', 'values'},
    'StatResult': {
        'st_atime',
        'st_ctime',
        'st_dev',
        'st_gid',
        'st_ino',
        'st_mode',
        'st_mtime',
        'st_nlink',
        'st_size',
        'st_uid',
    },
}
_STREAM = {
    'close', 'closed', 'flush', 'getvalue', 'isatty', 'read', 'readable', 'readline', 'readlines', 'seek', 'seekable',
    'tell', 'truncate', 'writable', 'write', 'writelines',
}  # fmt: skip
_FILE = _STREAM - {'getvalue'} | {'mode', 'name'}
_STREAMS = {
    'StringIO': _STREAM, 'BytesIO': _STREAM | {'getbuffer'}, 'TextFile': _FILE | {'encoding'}, 'BinaryFile': _FILE,
}  # fmt: skip
_KINDS = {kind.type.__qualname__: kind.type for kind in (*library_kinds(), *file_kinds(), *dataclass_kinds())}
_OF_CPYTHON = {'deque', 'Counter', 'OrderedDict', 'defaultdict'}
_KINDS.pop('mappingproxy')
_SHOWN['Context'] = {name for name in dir(decimal.Context) if not name.startswith('_')}
_SHOWN['Random'] = {name for name in dir(random.Random) if not name.startswith('_')}
_SHOWN['Struct'] = {'format', 'iter_unpack', 'pack', 'pack_into', 'size', 'unpack', 'unpack_from'}
_SHOWN['DecimalTuple'] = {'count', 'digits', 'exponent', 'index', 'sign'}
# What would read files or drop what others use is refused when it is asked for.
_SHOWN['ZoneInfo'] = {name for name in dir(zoneinfo.ZoneInfo) if not name.startswith('_')}
# CPython's own type.
_SHOWN['array'] = {name for name in dir(array.array) if not name.startswith('_')}
_SHOWN['Signals'] = {'copy', 'get', 'items', 'keys', 'update', 'values'}


@pytest.mark.parametrize('name', sorted(_KINDS))
def test_an_object_of_ours_shows_nothing_that_is_not_listed(name):
    kind = _KINDS[name]
    public = {each for each in dir(kind) if not each.startswith('_')} - {'script_type_name'}
    if name in _OF_CPYTHON:
        expected = {each for each in dir(getattr(collections, name)) if not each.startswith('_')}
    elif issubclass(kind, BaseException):
        native = next(base for base in kind.__mro__ if base.__module__ == 'builtins')
        expected = {each for each in dir(native) if not each.startswith('_')}
    else:
        expected = _STREAMS.get(name, _SHOWN.get(name, set()))

    assert public == expected


@pytest.mark.parametrize('name', sorted(_KINDS))
def test_the_slots_of_an_object_of_ours_are_public_or_refused(name):
    slots = [slot for kind in _KINDS[name].__mro__ for slot in kind.__dict__.get('__slots__', ())]
    hidden = [slot for slot in slots if slot.startswith('_') and slot not in ('__name__', '__qualname__', '__dict__')]

    assert {attribute_rule(slot).rule for slot in hidden} <= {Rule.REFUSED}


# As CPython


@pytest.mark.parametrize(
    ('name', 'args'),
    [
        ('islice', ([1, 2, 3], 2)), ('islice', ([1, 2, 3], 1, None)), ('islice', (range(9), 1, 8, 3)),
        ('islice', ([1], -1)), ('islice', ([1], 1, -1)), ('islice', ([1], 1, -2)), ('islice', ([1], -1, 1)), ('islice', ([1], 0, 1, 0)), ('islice', ([1], 'a')),
        ('islice', ([1],)), ('count', ('a',)), ('repeat', (1, -1)), ('accumulate', ([1, 2, 3],)),
        ('accumulate', ([1, 2, 3], max)), ('accumulate', ([],)), ('combinations', ([1, 2], 3)),
        ('combinations', ([1, 2], -1)), ('combinations', ([1, 2, 3], 0)), ('permutations', ([1, 2, 3, 4], 2)),
        ('permutations', ([1, 2], 3)), ('permutations', ('ab', None)), ('permutations', ('ab', 'x')),
        ('combinations_with_replacement', ('abc', 3)), ('combinations_with_replacement', ('', 2)),
        ('product', ()), ('product', ('ab', '')), ('product', ('ab', (1, 2), [None])), ('zip_longest', ()),
        ('zip_longest', ('ab', [1, 2, 3], ())), ('compress', ('abc', [1, 0])), ('pairwise', ('a',)),
        ('chain', ('a', 1)), ('starmap', (pow, [(2, 3)])), ('takewhile', (str.isalpha, 'ab1c')),
        ('dropwhile', (str.isalpha, 'ab1c')), ('filterfalse', (None, [0, 1, '']),), ('pairwise', (5,)), ('cycle', (5,)),
    ],
)  # fmt: skip
def test_an_iterator_gives_what_cpythons_gives(name, args, load):
    limited = list if name != 'count' else next

    ours = outcome(lambda: limited(getattr(load('itertools'), name)(*args)))
    expected = outcome(lambda: limited(getattr(itertools, name)(*args)))

    assert ours == expected


@pytest.mark.parametrize('size', range(5))
@pytest.mark.parametrize('r', range(6))
def test_arrangements_come_in_cpythons_order(size, r, load):
    ours, items = load('itertools'), 'abcd'[:size]

    assert list(ours.permutations(items, r)) == list(itertools.permutations(items, r))
    assert list(ours.combinations(items, r)) == list(itertools.combinations(items, r))
    assert list(ours.combinations_with_replacement(items, r)) == list(itertools.combinations_with_replacement(items, r))
    assert list(ours.product(items, repeat=min(r, 3))) == list(itertools.product(items, repeat=min(r, 3)))


def test_a_group_ends_when_the_next_one_is_asked_for(load):
    def trace(module):
        groups = module.groupby([1, 1, 2, 3, 3, 1])
        key, first = next(groups)
        taken = next(first)
        after = [(key, list(group)) for key, group in groups]
        return key, taken, after, list(first)

    assert trace(load('itertools')) == trace(itertools)


def test_readers_of_one_source_each_see_all_items(load):
    first, second, third = load('itertools').tee(iter(range(4)), 3)
    taken = [next(first), next(first), next(second)]

    assert (taken, list(third), list(second), list(first)) == ([0, 1, 0], [0, 1, 2, 3], [1, 2, 3], [2, 3])


@pytest.mark.parametrize('reverse', [False, True])
def test_sorted_sources_are_merged_as_cpython_merges(reverse, load):
    sources = [sorted(words, key=len, reverse=reverse) for words in (['a', 'bbb', 'cc'], ['dd', 'e'], [], ['ffff'])]

    ours = list(load('heapq').merge(*sources, key=len, reverse=reverse))

    assert ours == list(heapq.merge(*sources, key=len, reverse=reverse))


@pytest.mark.parametrize(
    ('name', 'args'),
    [
        ('mean', ([1, 2, 4],)), ('mean', ([],)), ('mean', (['a'],)), ('median', ([3, 1, 2, 4],)), ('mode', ('aab',)),
        ('stdev', ([1],)), ('stdev', ([1.5, 2.5, 4],)), ('variance', ([1, 2, 3], 2)), ('harmonic_mean', ([1, 2],)),
        ('harmonic_mean', ([-1, 2],)), ('geometric_mean', ([1, 4],)), ('fmean', ([1, 2], [3, 1])),
        ('correlation', ([1, 2, 3], [2, 4, 7])), ('covariance', ([1, 2], [2])), ('linear_regression', ([1, 2], [2, 4])),
        ('median_grouped', ([1, 2, 2, 3],)), ('quantiles', ([1, 2, 3, 4],)), ('multimode', ('aabbc',)),
    ],
)  # fmt: skip
def test_a_statistic_is_cpythons(name, args):
    source = f"""
import statistics
try:
    found = repr(statistics.{name}(*{args!r}))
except Exception as error:
    found = type(error).__name__, str(error)
found
"""
    assert Monty(source).run() == outcome(lambda: repr(getattr(statistics, name)(*args)))


@pytest.mark.parametrize(
    'name', ['add', 'mul', 'pow', 'mod', 'lshift', 'concat', 'contains', 'getitem', 'countOf', 'indexOf']
)
@pytest.mark.parametrize(
    'operands', [(2, 3), ('ab', 'a'), ('a%s', 3), ([1, 2], [3]), ([1, 2], 1), ({1: 2}, 1), (None, 1)]
)
def test_an_operator_answers_as_cpythons(name, operands, load):
    ours = outcome(lambda: getattr(load('operator'), name)(*operands))

    assert ours == outcome(lambda: getattr(operator, name)(*operands))


def test_a_deep_copy_keeps_what_was_shared_and_cyclic(load):
    shared = [1]
    cycle = [shared, (shared, {2: shared}), {3}]
    cycle.append((cycle,))

    ours, expected = load('copy').deepcopy(cycle), copy.deepcopy(cycle)

    assert ours[:3] == expected[:3]
    assert ours[3][0] is ours
    assert ours[0] is ours[1][0] is ours[1][1][2]
    assert ours[0] is not shared


def test_a_deep_copy_does_not_recurse(load):
    nested = []
    for _ in range(100_000):
        nested = [(nested,)]

    made = load('copy').deepcopy(nested)

    assert made is not nested
    assert type(made[0]) is tuple


def test_a_generator_cannot_be_copied(load):
    assert outcome(lambda: load('copy').deepcopy([(x for x in [1])])) == (
        'TypeError',
        "cannot pickle 'generator' object",
    )


@pytest.mark.parametrize(
    'options', [{}, {'width': 5}, {'width': 12, 'subsequent_indent': '> '}, {'width': 0}, {'wdth': 3}]
)
def test_text_is_wrapped_as_cpython_wraps_it(options):
    text = 'The quick brown-fox jumps over\tthe lazy dog.'

    source = f'import textwrap\ntry:\n    r = textwrap.wrap({text!r}, **{options!r})\nexcept Exception as e:\n    r = type(e).__name__, str(e)\nr'

    assert Monty(source).run() == outcome(lambda: textwrap.wrap(text, **options))


def test_a_cache_drops_what_was_used_least_recently():
    source = """
from functools import lru_cache
calls = []
cached = lru_cache(maxsize=2)(lambda x: calls.append(x) or x)
for value in (1, 2, 1, 3, 2):
    cached(value)
calls, repr(cached.cache_info())
"""
    assert Monty(source).run() == ([1, 2, 3, 2], 'CacheInfo(hits=1, misses=4, maxsize=2, currsize=2)')


def test_a_hash_that_was_fed_too_much_cannot_be_put_in_a_snapshot():
    source = "import hashlib\nh = hashlib.sha256(b'a' * 2**21)\next(1)\nh.hexdigest()"

    with pytest.raises(SnapshotError) as caught:
        Monty(source, external_functions=['ext']).start().dump()

    assert str(caught.value) == (
        'a sha256 hash that was fed more than 1048576 bytes cannot be put in a snapshot; '
        'take its digest before the external call'
    )


def test_every_iterator_of_ours_has_a_kind():
    def leaves(kind):
        below = kind.__subclasses__()
        return {kind} if not below else set().union(*map(leaves, below))

    assert leaves(Stepper) <= set(_KINDS.values())


@pytest.mark.parametrize('name', ['betavariate', 'gammavariate', 'lognormvariate', 'vonmisesvariate', 'weibullvariate'])
def test_a_distribution_gives_cpythons_numbers(name, load):
    ours = load('random')
    ours.seed(7)

    assert getattr(ours, name)(1.5, 2.5) == getattr(random.Random(7), name)(1.5, 2.5)


def test_a_parameter_that_no_loop_would_accept_is_refused(load):
    assert outcome(lambda: load('random').gammavariate(float('nan'), 1)) == (
        'ValueError',
        'the parameters must be finite',
    )
