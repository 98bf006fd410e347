"""The importable modules: what they export, that they are frozen, and that their work is bounded."""

import __future__

import base64
import importlib
import json
import math
import os.path
import sys
import time
import types
from collections import OrderedDict
from enum import IntEnum

import pytest

from monty_flow import Monty, Snapshot
from monty_flow import load as load_snapshot
from monty_flow.interpreter import modules
from monty_flow.interpreter.compiler.library import LIBRARIES
from monty_flow.interpreter.errors import LimitReached, MemoryLimitError, MontyRuntimeError, TimeLimitError
from monty_flow.interpreter.limits import ResourceLimits
from monty_flow.interpreter.modules import registry
from monty_flow.interpreter.runtime.run import Run

#: Modules without a source in the script language; the others are for test_library.py.
NATIVE = sorted(name for name in modules.NAMES if not modules.has_script(name) and name not in LIBRARIES)


class OutOfFuel(BaseException):
    """Raised in the place of a refuel."""


class FixedRun(Run):
    """A run whose fuel is not filled up, and whose clock stands still."""

    def refuel(self):
        raise OutOfFuel

    def now(self):
        return 1_700_000_000.25

    def monotonic(self):
        return 12.5


def make_run(fuel=10**9, print_callback=None, **limits):
    run = FixedRun(None, ResourceLimits(**limits), print_callback)
    run.fill(fuel)
    return run


def load(name, **settings):
    return modules.load(name, make_run(**settings))


#: Modules that CPython does not have.
OWN = frozenset({'flow'})


@pytest.mark.parametrize('name', sorted(modules.NAMES - OWN))
def test_every_public_name_of_the_real_module_is_exported_or_left_out_with_a_reason(name):
    real = importlib.import_module(name)
    definition = modules.DEFINITIONS[name]
    public = {
        attribute
        for attribute, value in vars(real).items()
        if not attribute.startswith('_')
        and not (name == '__future__' and attribute == 'annotations' and not value)
        # What freezegun leaves behind in other tests.
        and not (name == 'time' and attribute == 'clock')
    }
    if definition.scripted is not None and hasattr(real, '__all__'):
        # What the module itself imports is not its own.
        public = {export for export in real.__all__ if not export.startswith('_')}
    elif definition.scripted is not None:
        imported = (types.ModuleType, type(__future__.annotations))
        public = {export for export in public if not isinstance(getattr(real, export), imported)}

    assert sorted(public - definition.exports - set(definition.reasons)) == []


@pytest.mark.parametrize('name', sorted(modules.NAMES))
def test_no_name_is_both_exported_and_left_out(name):
    definition = modules.DEFINITIONS[name]

    assert sorted(definition.exports & set(definition.reasons)) == []


@pytest.mark.parametrize('name', NATIVE)
def test_a_module_binds_exactly_what_it_says_it_exports(name):
    module = load(name)

    assert {export for export in modules.exports(name) if hasattr(module, export)} == modules.exports(name)


@pytest.mark.parametrize('name', sorted(LIBRARIES))
def test_a_module_in_the_script_language_exports_what_it_says(name):
    names = sorted(modules.exports(name))

    Monty(f'from {name} import {", ".join(names)}').run()


@pytest.mark.parametrize('name', NATIVE)
def test_a_module_holds_no_module_and_no_plain_function_of_the_host(name):
    module = load(name)
    kinds = {type(getattr(module, export)) for export in modules.exports(name)}

    assert kinds.isdisjoint({types.ModuleType, types.FunctionType})
    assert 'module' not in {kind.__name__ for kind in kinds} or name in {'os', 'collections'}
    assert not hasattr(module, '__dict__')


def test_no_module_is_both_importable_and_refused():
    assert modules.NAMES.isdisjoint(modules.REFUSED)
    assert {'math', 'json', 're', 'datetime', 'time', 'sys', 'os', 'os.path'} <= modules.NAMES


def test_a_refused_module_has_a_reason_that_says_what_to_do():
    assert modules.REFUSED['subprocess'] == 'scripts cannot reach the host; make it an external function'
    assert modules.REFUSED['pickle'] == 'unpickling runs code; use json'


def test_a_missing_attribute_reads_as_in_cpython():
    with pytest.raises(AttributeError) as caught:
        _ = load('math').foo

    assert str(caught.value) == "module 'math' has no attribute 'foo'"


def test_a_name_that_is_left_out_says_why():
    with pytest.raises(AttributeError) as caught:
        _ = load('os').system

    assert str(caught.value) == (
        "module 'os' has no attribute 'system' in the sandbox: "
        'scripts cannot start or end processes; make it an external function'
    )


def test_a_module_cannot_be_changed():
    module = load('math')

    with pytest.raises(AttributeError, match=r"^module 'math' is read-only: cannot set 'pi'$"):
        module.pi = 3
    with pytest.raises(AttributeError, match=r"^module 'math' is read-only: cannot delete 'pi'$"):
        del module.pi
    assert module.pi == math.pi


@pytest.mark.parametrize(('module', 'name'), [('json', 'JSONDecodeError'), ('re', 'Pattern'), ('re', 'error')])
def test_an_exported_class_cannot_be_changed(module, name):
    exported = getattr(load(module), name)

    with pytest.raises(TypeError, match=r"^cannot set 'x' attribute of immutable type '\w+'$"):
        exported.x = 1
    with pytest.raises(TypeError, match=r"^cannot delete '__doc__' attribute of immutable type '\w+'$"):
        del exported.__doc__


def test_a_function_cannot_be_changed():
    with pytest.raises(AttributeError):
        load('math').factorial.x = 1


def test_a_module_prints_without_an_address():
    assert repr(load('math')) == "<module 'math'>"
    assert repr(load('math').factorial).endswith("of <module 'math'>>")


@pytest.mark.parametrize(
    ('module', 'export'), [('math', 'sqrt'), ('math', 'comb'), ('time', 'sleep'), ('datetime', 'date'), ('re', 'sub')]
)
def test_an_export_is_known_by_module_and_name(module, export):
    assert modules.reference_of(getattr(load(module), export)) == (module, export)


def test_a_value_of_no_module_has_no_reference():
    assert modules.reference_of(math.pi) is None
    assert modules.reference_of([]) is None


def test_an_external_function_takes_the_place_of_its_marker():
    def sleep(seconds):
        return seconds

    module = modules.load('time', make_run(), {'time.sleep': sleep})

    assert module.sleep is sleep


def test_describe_lists_every_module_by_name():
    described = modules.describe()

    assert [description.name for description in described] == sorted(modules.NAMES)
    left_out = {description.name: description.left_out for description in described}
    assert left_out['time']['tzset'] == 'the time zone is always UTC'


# math


@pytest.mark.parametrize(
    'call',
    [
        ('factorial', 0), ('factorial', 25), ('factorial', True), ('factorial', -1), ('factorial', 2.0),
        ('comb', 10, 3), ('comb', 3, 10), ('comb', -1, 2), ('comb', 1000, 500), ('perm', 10, 3), ('perm', 5),
        ('perm', 3, 5), ('perm', 'a', 1), ('isqrt', 10**40), ('isqrt', -1), ('gcd',), ('gcd', 12, -18), ('gcd', 1.5),
        ('lcm',), ('lcm', 4, 6, 0), ('lcm', 3**5000, 5**5000), ('prod', []), ('prod', [1, 2.5, 3]),
        ('prod', ['ab', 3]), ('prod', 5), ('fsum', [0.1] * 10), ('fsum', 'a'), ('dist', (1, 2), [4, 6]),
        ('dist', (1,), (1, 2)), ('sqrt', 2), ('sqrt', -1), ('floor', 1.5), ('hypot', 3, 4), ('log', 10**1000),
        ('isclose', 1.0, 1.0 + 1e-12),
    ],
)  # fmt: skip
def test_a_function_of_math_answers_as_cpython(call):
    name, *arguments = call

    assert outcome(lambda: getattr(load('math'), name)(*arguments)) == outcome(lambda: getattr(math, name)(*arguments))


def outcome(act):
    try:
        return act()
    except Exception as error:
        return type(error).__name__, str(error)


@pytest.mark.parametrize(
    'call',
    [
        ('factorial', 10**12), ('factorial', 300), ('comb', 10**6, 5 * 10**5), ('perm', 10**6, 1000),
        ('lcm', *range(1, 2000)), ('prod', range(1, 1000)),
    ],
)  # fmt: skip
def test_a_result_of_too_many_bits_is_refused_before_it_is_computed(call):
    name, *arguments = call
    module = load('math', max_int_bits=1024)

    with pytest.raises(LimitReached) as caught:
        getattr(module, name)(*arguments)
    assert type(caught.value.error) is MemoryLimitError
    assert caught.value.error.limit == 'max_int_bits'


def test_a_factorial_just_within_the_limit_is_computed():
    bits = math.factorial(100).bit_length()

    assert load('math', max_int_bits=bits).factorial(100) == math.factorial(100)
    with pytest.raises(LimitReached):
        load('math', max_int_bits=bits - 1).factorial(100)


@pytest.mark.parametrize('name', ['gcd', 'lcm', 'isqrt'])
def test_quadratic_work_beyond_the_time_left_is_refused_before_it_starts(name):
    big = 1 << 2_000_000
    arguments = (big,) if name == 'isqrt' else (big, big - 1)

    with pytest.raises(LimitReached) as caught:
        getattr(load('math', max_duration_secs=0.5, max_int_bits=1 << 23), name)(*arguments)
    assert type(caught.value.error) is TimeLimitError


@pytest.mark.parametrize('name', ['prod', 'fsum'])
def test_an_endless_iterator_uses_up_the_fuel(name):
    def ones():
        while True:
            yield 1

    with pytest.raises(OutOfFuel):
        getattr(load('math', fuel=1000), name)(ones())


def test_a_range_of_any_length_is_metered_while_it_is_read():
    with pytest.raises(OutOfFuel):
        load('math', fuel=200_000).fsum(range(10**15))


def test_a_product_of_a_long_sequence_is_refused():
    with pytest.raises(LimitReached) as caught:
        load('math', max_memory=10**6).prod(['ab', 10**9])
    assert caught.value.error.limit == 'max_memory'


# json


class Level(IntEnum):
    HIGH = 3


SHARED = [1, 2]
DOCUMENTS = [
    None, True, 1, -1.5, 1e300, float('inf'), 'a"\\\n\u00e9\U0001f600\x7f\ud800', [], {}, [[]], (1, (2,)), [SHARED, SHARED],
    {'a': [1, 2, {'b': None}], 'c': 'x'}, {1: 2, None: 3, False: 4, 1.5: 'q'}, {'z': 1, 'a': {'y': [0.1], 'b': 2}},
    OrderedDict(b=1, a=2), {'level': Level.HIGH, Level.HIGH: 1}, {(1, 2): 3}, {1, 2}, [object], b'x', 10**50, [10**5000],
]  # fmt: skip
OPTIONS = [
    {}, {'indent': 2}, {'indent': 0}, {'indent': '\t'}, {'separators': (',', ':')}, {'ensure_ascii': False},
    {'allow_nan': False}, {'skipkeys': True}, {'default': lambda value: type(value).__name__},
    {'indent': 1, 'separators': (' ,', ' :'), 'ensure_ascii': False},
]  # fmt: skip


@pytest.mark.parametrize('options', OPTIONS, ids=[','.join(options) or 'none' for options in OPTIONS])
@pytest.mark.parametrize('document', DOCUMENTS, ids=range(len(DOCUMENTS)))
def test_dumps_writes_what_cpython_writes(document, options):
    assert outcome(lambda: load('json').dumps(document, **options)) == outcome(lambda: json.dumps(document, **options))


def test_dumps_sorts_keys_as_cpython():
    document = {'b': 1, 'a': {'d': 1, 'c': [{'z': 1, 'y': 2}]}}

    assert load('json').dumps(document, sort_keys=True) == json.dumps(document, sort_keys=True)


def test_dumps_in_pieces_writes_the_same_text():
    document = [{'text': 'x' * 50}] * 20
    expected = json.dumps(document)

    assert load('json', max_memory=len(expected)).dumps(document) == expected
    with pytest.raises(LimitReached):
        load('json', max_memory=len(expected) - 1).dumps(document)


def test_dumps_refuses_a_cycle():
    cycle = {'a': []}
    cycle['a'].append(cycle)

    with pytest.raises(ValueError, match=r'^Circular reference detected$'):
        load('json').dumps(cycle)


def test_dumps_refuses_deep_nesting():
    nested = []
    for _ in range(2000):
        nested = [nested]

    with pytest.raises(RecursionError, match=r'^maximum recursion depth exceeded while encoding a JSON array$'):
        load('json').dumps(nested)


def test_dumps_counts_shared_values_as_a_tree():
    shared = [1]
    for _ in range(60):
        shared = [shared, shared]

    with pytest.raises(OutOfFuel):
        load('json', fuel=100_000).dumps(shared)


def test_dumps_refuses_a_wide_indent():
    with pytest.raises(LimitReached):
        load('json', max_memory=10**6).dumps([1], indent=10**9)


def test_a_default_that_answers_with_its_own_argument_is_a_cycle():
    with pytest.raises(ValueError, match=r'^Circular reference detected$'):
        load('json').dumps(object(), default=lambda value: value)


def test_an_exception_of_a_default_comes_through():
    class Stop(BaseException):
        pass

    def stop(value):
        raise Stop

    with pytest.raises(Stop):
        load('json').dumps([object()], default=stop)


@pytest.mark.parametrize(
    'text',
    [
        '1', '"a"', '[1, 2.5, null, true, {"a": "\\u00e9"}]', ' [] ', '', '[', '[1,]', '{"a":}', 'nul', '"\\x"', '1 2',
        b'{"a": 1}', '{"a": 1}'.encode('utf-16'), bytearray(b'[]'), None, 5, 'NaN', '\ufeff1', '["[[[", "\\"["]',
    ],
)  # fmt: skip
def test_loads_reads_what_cpython_reads(text):
    assert repr(outcome(lambda: load('json').loads(text))) == repr(outcome(lambda: json.loads(text)))


def test_loads_calls_hooks_as_cpython():
    text = '{"a": {"b": 1.5}, "c": 7}'
    hooks = {'object_hook': lambda value: sorted(value), 'parse_float': str, 'parse_int': lambda digits: digits * 2}

    assert load('json').loads(text, **hooks) == json.loads(text, **hooks)
    assert load('json').loads(text, object_pairs_hook=tuple) == json.loads(text, object_pairs_hook=tuple)


def test_a_decode_error_is_of_the_exported_class_and_says_where():
    module = load('json')

    with pytest.raises(module.JSONDecodeError) as caught:
        module.loads('[1,\n x]')
    error = caught.value
    assert (error.msg, error.doc, error.pos, error.lineno, error.colno) == ('Expecting value', '[1,\n x]', 5, 2, 2)
    assert type(error) is module.JSONDecodeError


def test_loads_refuses_deep_nesting_but_not_many_brackets():
    module = load('json')

    assert module.loads('[' + '[],' * 5000 + '[]]') == [[]] * 5001
    assert module.loads('["' + '[' * 5000 + '"]') == ['[' * 5000]
    with pytest.raises(RecursionError, match=r'^maximum recursion depth exceeded while decoding a JSON document$'):
        module.loads('[' * 5000 + ']' * 5000)


# sys and os


def test_sys_tells_nothing_of_the_host():
    module = load('sys')

    assert module.version == '3.14.0 (Monty)'
    assert module.version_info >= (3, 14)
    assert module.version_info[:2] == (3, 14)
    assert (module.version_info.major, module.version_info.minor, module.version_info.micro) == (3, 14, 0)
    assert repr(module.version_info) == ("sys.version_info(major=3, minor=14, micro=0, releaselevel='final', serial=0)")
    assert (module.platform, module.argv, module.path) == ('monty', [''], [])
    assert module.float_info is sys.float_info


def test_streams_write_to_the_run():
    written = []
    module = load('sys', print_callback=lambda stream, text: written.append((stream, text)))

    assert module.stdout.write('out\n') == 4
    module.stderr.write('err')
    module.stdout.flush()

    assert written == [('stdout', 'out\n'), ('stderr', 'err')]
    with pytest.raises(TypeError, match=r'^write\(\) argument must be str, not int$'):
        module.stdout.write(1)


def test_the_input_of_a_script_has_ended():
    module = load('sys')

    assert (module.stdin.read(), module.stdin.readline(), module.stdin.readlines(), list(module.stdin)) == (
        '',
        '',
        [],
        [],
    )
    with pytest.raises(ValueError, match=r'^not writable$'):
        module.stdin.write('a')
    with pytest.raises(ValueError, match=r'^not readable$'):
        module.stdout.read()


def test_a_script_knows_its_name():
    state = Monty('import sys\nstop()\n[__file__, sys.argv]', script_name='tools/report.py').start()
    assert isinstance(state, Snapshot)

    state = load_snapshot(state.dump()).resume(return_value=None)

    assert state.output == ['tools/report.py', ['tools/report.py']]


def test_a_prompt_is_printed_and_the_input_has_ended():
    printed = []

    with pytest.raises(MontyRuntimeError) as caught:
        Monty("input('name? ')").run(print_callback=lambda stream, text: printed.append(text))

    assert (caught.value.exception_type, caught.value.message) == ('EOFError', 'EOF when reading a line')
    assert printed == ['name? ']


@pytest.mark.parametrize('status', [None, 0, 3, 'bye'])
def test_exit_raises_system_exit(status):
    with pytest.raises(SystemExit) as caught:
        load('sys').exit(status)

    assert caught.value.code == status


def test_one_run_does_not_see_the_lists_of_another():
    load('sys').argv.append('x')

    assert load('sys').argv == ['']


def test_the_environment_is_empty_and_the_runs_own():
    module, other = load('os'), load('os')

    assert module.getenv('HOME') is None
    assert module.getenv('HOME', 'x') == 'x'
    assert module.environ.get('HOME', 1) == 1
    assert (len(module.environ), list(module.environ), 'HOME' in module.environ) == (0, [], False)
    with pytest.raises(KeyError):
        module.environ['HOME']
    module.environ['A'] = 'b'
    assert (module.getenv('A'), other.getenv('A'), os.environ.get('A')) == ('b', None, None)
    with pytest.raises(TypeError, match=r'^str expected, not int$'):
        module.environ['A'] = 1
    assert module.getcwd() == '/'


@pytest.mark.parametrize(
    'call',
    [
        ('join', 'a', 'b', '/c', 'd'), ('join', 'a', ''), ('join', b'a', b'b'), ('join', 1), ('join', 'a', b'b'),
        ('basename', '/a/b.txt'), ('dirname', '/a/b.txt'), ('split', 'a/b/'), ('splitext', 'a/.b.c'),
        ('splitdrive', '/a'), ('normpath', 'a//../b/./c'), ('normpath', ''), ('isabs', '/a'), ('isabs', 'a'),
        ('commonpath', ['/a/b', '/a/c']), ('commonpath', []), ('commonprefix', ['abc', 'abd']), ('normcase', 'A'),
        ('relpath', '/a/b', '/a/c'), ('relpath', ''), ('abspath', '/a/../b'),
    ],
)  # fmt: skip
def test_a_function_of_paths_answers_as_cpython(call):
    name, *arguments = call

    assert outcome(lambda: getattr(load('os.path'), name)(*arguments)) == outcome(
        lambda: getattr(os.path, name)(*arguments)
    )


def test_os_path_is_an_attribute_of_os():
    assert load('os').path.join('a', 'b') == 'a/b'
    assert load('os').path.abspath('x') == '/x'


# random and string


def test_a_seed_gives_cpythons_numbers():
    import random

    module = load('random')
    real = random.Random()
    for source in (module, real):
        source.seed(7)
    drawn = [
        (source.random(), source.randint(1, 9), source.choice('abc'), source.sample(range(100), 3), source.gauss(0, 1),
         source.choices([1, 2], [1, 3], k=4), source.uniform(1, 2), source.getrandbits(70), source.randbytes(3))
        for source in (module, real)
    ]  # fmt: skip

    assert drawn[0] == drawn[1]


def test_a_seed_of_one_run_does_not_reach_another():
    first, second = load('random'), load('random')
    first.seed(1)
    second.seed(1)
    first.random()

    assert second.random() != first.random()


@pytest.mark.parametrize(('name', 'argument'), [('randbytes', 10**12), ('getrandbits', 10**13)])
def test_random_bytes_over_the_memory_limit_are_refused(name, argument):
    with pytest.raises(LimitReached):
        getattr(load('random'), name)(argument)


def test_string_has_the_constants_and_capwords():
    module = load('string')

    assert module.ascii_letters == 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
    assert module.capwords('hello  big world') == 'Hello Big World'


# base64


@pytest.mark.parametrize(
    'call',
    [
        ('b64encode', b'\xff\xfe?'), ('b64encode', bytearray(b'ab')), ('b64encode', b'\xff\xfe?', b'-_'), ('b64encode', 'a'),
        ('b64decode', 'YWI='), ('b64decode', b'YWI='), ('b64decode', 'YWI'), ('b64decode', 'Y*WI=', None, True),
        ('b64decode', 5), ('standard_b64encode', b'a'), ('standard_b64decode', 'YQ=='), ('urlsafe_b64encode', b'\xff\xfe?'),
        ('urlsafe_b64decode', '__4_'), ('b32encode', b'abc'), ('b32decode', 'MFRGG==='), ('b16encode', b'\xab'),
        ('b16decode', 'ab', True), ('b16decode', 'ab'),
    ],
)  # fmt: skip
def test_a_function_of_base64_answers_as_cpython(call):
    name, *arguments = call

    assert outcome(lambda: getattr(load('base64'), name)(*arguments)) == outcome(
        lambda: getattr(base64, name)(*arguments)
    )


def test_the_table_of_places_names_every_definition_and_its_source():
    for name, place in registry.PLACES.items():
        definition = modules.DEFINITIONS[name]
        script = None if definition.scripted is None else definition.scripted.name

        assert (definition.name, script) == (name, place.script)


def test_no_definition_of_a_file_is_missing_from_the_table_of_places():
    for file in {place.file for place in registry.PLACES.values()}:
        found = importlib.import_module(f'monty_flow.interpreter.modules.{file}')

        assert {definition.name for definition in registry.defined_in(found)} <= registry.PLACES.keys()


def test_no_export_of_a_module_shows_the_name_of_this_package():
    imported = [name for name in sorted(modules.NAMES) if '.' not in name and name != '__future__']
    source = '\n'.join(f'import {name}' for name in imported)
    source += '\nshown = []\nfor module in [' + ', '.join(imported) + ']:\n    for name in dir(module):\n'
    source += '        value = getattr(module, name, None)\n'
    source += '        shown.append(f"{name} {value!r} {type(value)!r} {getattr(value, "__module__", None)}")\nshown'

    shown = Monty(source.replace('"__module__"', "'__module__'")).run(limits=ResourceLimits(max_duration_secs=120))

    assert len(shown) > 1500
    assert [text for text in shown if 'monty_flow' in text] == []


def test_a_limit_does_not_break_off_what_all_runs_share_of_a_module(monkeypatch):
    ends = []

    def slow(name):
        until = time.perf_counter() + 0.15
        while time.perf_counter() < until:
            pass
        ends.append(name)
        return importlib.import_module(name)

    monkeypatch.setattr(registry, 'importlib', types.SimpleNamespace(import_module=slow))
    monkeypatch.setattr(registry, 'DEFINITIONS', registry._Definitions())
    monkeypatch.setattr(modules, 'DEFINITIONS', registry.DEFINITIONS)

    with pytest.raises(TimeLimitError):
        Monty('import bisect\nwhile True: pass').run(limits=ResourceLimits(max_duration_secs=0.05))

    assert ends == ['monty_flow.interpreter.modules.bisect']
