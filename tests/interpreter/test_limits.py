"""Each limit holds at its value and not below, and no single operation runs far over the time.

What may hang or crash CPython is run in a process of its own, which is killed after `PATIENCE` seconds.
"""

from __future__ import annotations

import bisect
import resource
import subprocess
import sys
import time
from typing import Any

import pytest

from monty_flow import Complete, Monty, load
from monty_flow.interpreter.errors import (
    LimitError,
    MemoryLimitError,
    MontyRuntimeError,
    MontySyntaxError,
    OutputLimitError,
    PauseLimitError,
    SnapshotError,
    SourceLimitError,
    StepLimitError,
    TimeLimitError,
)
from monty_flow.interpreter.limits import ResourceLimits
from monty_flow.interpreter.runtime import watch
from monty_flow.interpreter.runtime.memory import resident_bytes
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.snapshot import state as snapshot_state
from tests.interpreter.attacking import end_of, in_child

#: Seconds of computing that an attack gets, by how much it may go over them, and after how many it is killed.
SECONDS = 0.3
OVERRUN = 0.1
PATIENCE = 5.0
#: A machine that runs other tests at the same time may be slower by this much.
NOISE = 1.5
LIMITS = ResourceLimits(max_duration_secs=SECONDS, max_memory=32 * 1024 * 1024)

#: Work without end, or nearly so; each must end by a limit.
ENDLESS: list[str] = [
    # loops and recursion
    'while True: pass',
    'for i in range(10 ** 12): pass',
    'def fib(n):\n    return n if n < 2 else fib(n - 1) + fib(n - 2)\nfib(60)',
    'f = lambda n: f(n - 1) + f(n - 1) if n else 1\nf(60)',
    # a limit that is caught, delayed, or met inside a handler
    'while True:\n    try:\n        while True: pass\n    except:\n        pass',
    'while True:\n    try:\n        while True: pass\n    except BaseException:\n        pass',
    'while True:\n    try:\n        while True: pass\n    finally:\n        continue',
    'def f():\n    while True:\n        try:\n            while True: pass\n        finally:\n            return f()\nf()',
    # comprehensions and iterators that run in C
    '[0 for x in range(10 ** 12)]',
    '{x: x for x in range(10 ** 12)}',
    'any(x < 0 for x in range(10 ** 12))',
    'sum(range(10 ** 12))',
    'max(range(10 ** 12))',
    'list(range(10 ** 12))',
    'set(range(10 ** 12))',
    'dict.fromkeys(range(10 ** 12))',
    'all(map(lambda x: 1, range(10 ** 12)))',
    '10 ** 11 in iter(range(10 ** 12))',
    'x = [0]\nfor i in x: x.append(i)',
    'x = [1]\nx.extend(map(int, x))',
    # big ints
    'x = 3\nwhile True: x *= x',
    'x = 3\nwhile True: x = x ** 2',
    'x = 3\nwhile True: x <<= x',
    'divmod((1 << 4000000) - 1, (1 << 2000000) - 1)',
    'round(1 << 4000000, -1000000)',
    'pow(3, 1 << 4000000, (1 << 4000000) - 1)',
    'import math\nmath.comb(10 ** 6, 5 * 10 ** 5)',
    'import math\nmath.factorial(10 ** 7)',
    'import math\nmath.perm(10 ** 6)',
    # doubling
    'x = [1]\nwhile True: x = x + x',
    'x = [1]\nwhile True: x *= 2',
    'x = [1]\nwhile True: x.extend(x)',
    "x = 'a'\nwhile True: x += x",
    "x = 'a'\nwhile True: x = x * 2",
    "x = 'a'\nwhile True: x = '%s%s' % (x, x)",
    "x = 'a'\nwhile True: x = '%(a)s%(a)s' % {'a': x}",
    "x = 'a'\nwhile True: x = '{0}{0}'.format(x)",
    "x = 'a'\nwhile True: x = x.replace('a', 'aa')",
    "x = 'a'\nwhile True: x = x.join([x, x, x])",
    "x = '\\0'\nwhile True: x = repr(x)",
    "x = bytearray(b'a')\nwhile True: x.extend(x)",
    # views of bytes
    "x = bytearray(b'a')\nwhile True: x += memoryview(bytes(x))",
    "b''.join([memoryview(bytes(10 ** 6)).cast('Q')] * 10 ** 6)",
    "(b'a' * 10 ** 6).replace(b'a', memoryview(b'b' * 10 ** 5))",
    'x, y = memoryview(bytes(10 ** 6)), []\nwhile True: y.append(x[1:].tobytes())',
    'x, y = memoryview(bytes(10 ** 6)), []\nwhile True: y.append(x.tolist())',
    'x, y = memoryview(bytes(10 ** 6)), []\nwhile True: y.append(bytes(x))',
    # widths and sizes
    "'a' * 10 ** 12",
    '[0] * 10 ** 12',
    "'a'.ljust(10 ** 12)",
    "f'{1:{10 ** 12}}'",
    "'%*d' % (10 ** 12, 1)",
    "'{:>{}}'.format(1, 10 ** 12)",
    "format(1.0, '.2000000000f')",
    "'a\\t'.expandtabs(10 ** 12)",
    "(1).to_bytes(10 ** 12, 'big')",
    'bytes(10 ** 12)',
    "list(map('a'.__mul__, [10 ** 12]))",
    "list(map(str.ljust, ['a'], [10 ** 12]))",
    # texts and joins
    "'a'.join(['b' * 10 ** 6] * 10 ** 6)",
    "print(*['a' * 10 ** 6] * 1000)",
    "('a' * 10 ** 7).split('a')",
    "('b' * 10 ** 6).strip(''.join(map(chr, range(100, 50000))))",
    "x = ['a' * 10 ** 6] * 900\nprint(x)",
    "import re\nre.match('(a|a)*$', 'a' * 50 + 'b')",
    "import re\nre.sub('a', 'b' * 10 ** 4, 'a' * 10 ** 6)",
    # shared parts, keys of one hash, sorting
    'x = [1]\nfor i in range(60): x = [x, x]\nprint(x)',
    'import json\nx = [1]\nfor i in range(60): x = [x, x]\njson.dumps(x)',
    'set([i * (2 ** 61 - 1) for i in range(100000)])',
    'dict.fromkeys([i * (2 ** 61 - 1) for i in range(100000)])',
    'sorted(range(10 ** 5), key=lambda x: [y for y in range(1000)])',
    'import random\nrandom.shuffle(list(range(10 ** 7)))',
    "while True: print('a' * 10 ** 5)",
]


@pytest.mark.parametrize('source', ENDLESS, ids=lambda source: ascii(source)[:60])
def test_endless_work_ends_by_a_limit_in_time(source: str) -> None:
    def attack() -> str:
        ending = end_of(source, LIMITS)
        return ending.kind

    took, kind = in_child(attack, PATIENCE).split(' ', 1)

    assert kind == 'limited'
    # What the script did until the limit was met, one operation more, and letting go of what it had made.
    assert float(took) < SECONDS + OVERRUN + NOISE


@pytest.mark.parametrize('clause', ['except', 'finally'])
def test_errors_at_the_depth_of_the_stack_do_not_keep_a_limit_away(clause: str) -> None:
    source = f'def f():\n    try:\n        f()\n    {clause}:\n        f()\nf()'

    # Each error links to the one before, so one step may take long: only the end is sure, not the moment.
    text = in_child(lambda: end_of(source, LIMITS).kind, 4 * PATIENCE)

    assert text.split(' ', 1)[1] == 'limited'


#: Operations that CPython would do item by item, and that need not be.
CHEAP: list[tuple[str, object]] = [
    ('1.5 in range(10 ** 12)', False),
    ("'a' in range(10 ** 12)", False),
    ('range(10 ** 12).count(1.5)', 0),
    ("('a' * 10 ** 6).rfind('b' + 'a' * 10 ** 5)", -1),
    ("('b' * 10 ** 6).lstrip('a' * 10 ** 5 + 'b')", ''),
    ("'xxabxx'.strip('x' * 100)", 'ab'),
    ('round(5, -10 ** 9)', 0),
]


@pytest.mark.parametrize(('source', 'value'), CHEAP)
def test_what_need_not_be_endless_is_not(source: str, value: object) -> None:
    text = in_child(lambda: repr(Monty(source).run(limits=LIMITS)), PATIENCE)

    assert text.split(' ', 1)[1] == repr(value)


def run(source: str, **limits: float | None) -> object:
    return Monty(source).run(limits=ResourceLimits(**limits))  # type: ignore[arg-type]


def over(source: str, **limits: float | None) -> LimitError:
    with pytest.raises(LimitError) as caught:
        run(source, **limits)
    return caught.value


def test_steps_are_counted_the_same_each_time() -> None:
    source = 'n = 0\nfor i in range(1000):\n    n += len([j for j in range(100)])\nn'

    def passes(steps: int) -> bool:
        try:
            return run(source, max_steps=steps) == 100_000
        except StepLimitError:
            return False

    needed = bisect.bisect_left(range(1_000_000), True, key=passes)

    assert 50_000 < needed < 500_000
    assert run(source, max_steps=needed) == 100_000
    error = over(source, max_steps=needed - 1)
    assert type(error) is StepLimitError
    assert error.limit == 'max_steps'
    assert error.value == needed - 1


def test_a_value_may_take_the_memory_limit_and_no_more() -> None:
    assert run("len('a' * 100000)", max_memory=100_000) == 100_000
    error = over("len('a' * 100001)", max_memory=100_000)
    assert type(error) is MemoryLimitError
    assert str(error) == 'the script went over max_memory=100000 at line 1; raise the limit or make the script do less'


def test_an_int_may_take_the_bits_of_the_limit_and_no_more() -> None:
    assert run('(1 << 9999).bit_length()', max_int_bits=10_000) == 10_000
    error = over('1 << 10000', max_int_bits=10_000)
    assert type(error) is MemoryLimitError
    assert str(error) == (
        'the script went over max_int_bits=10000 at line 1; raise the limit or make the script do less'
    )


def test_output_may_take_the_limit_and_no_more() -> None:
    assert run("print('a' * 99)", max_output_bytes=100) is None
    error = over("print('a' * 100)", max_output_bytes=100)
    assert type(error) is OutputLimitError
    assert str(error) == (
        'the script went over max_output_bytes=100 at line 1; raise the limit or make the script do less'
    )


def test_the_time_limit_names_its_line() -> None:
    error = over('x = 1\nwhile True: pass', max_duration_secs=0.05)

    assert type(error) is TimeLimitError
    assert str(error) == (
        'the script went over max_duration_secs=0.05 at line 2; raise the limit or make the script do less'
    )


def test_recursion_has_room_for_its_limit_and_ends_as_an_error_of_the_script() -> None:
    source = 'def down(n):\n    return 0 if n == 0 else 1 + down(n - 1)\ndown({})'

    assert run(source.format(2900), max_recursion_depth=3000) == 2900
    with pytest.raises(MontyRuntimeError, match='RecursionError: maximum recursion depth exceeded'):
        run(source.format(10**6), max_recursion_depth=3000)


_DEEP = """
import sys
def down(n):
    return {end} if n == 0 else 1 + down(n - 1)
sys.setrecursionlimit({limit})
[down(9_000), sys.getrecursionlimit()] """


def test_a_script_that_is_alone_in_its_process_may_ask_for_deeper_recursion() -> None:
    source = _DEEP.format(end='0', limit=10**6)

    code = f'from monty_flow import Monty; print(Monty({source!r}).run())'
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=False)

    assert done.stdout == '[9000, 1000000]\n', done.stderr


def test_deep_recursion_goes_on_after_a_pause_and_the_host_has_its_own_bound_again() -> None:
    code = f"""
import sys
from monty_flow import Monty, load
state = Monty({_DEEP.format(end='wait()', limit=10_000) + '+ [down(9_000)]'!r}, external_functions=['wait']).start()
assert sys.getrecursionlimit() < 4_000
for answer in 5, 6:
    state = load(state.dump()).resume(return_value=answer)
print(state.output)
"""
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=False)

    assert done.stdout == '[9005, 10000, 9006]\n', done.stderr[-2000:]


def test_a_source_may_have_the_bytes_of_the_limit_and_no_more() -> None:
    size = ResourceLimits().max_source_bytes
    prefix = 'x = 1 #'

    assert Monty(prefix + 'a' * (size - len(prefix))).run() is None
    with pytest.raises(MontySyntaxError, match=f'the source has {size + 1} bytes, more than max_source_bytes={size}'):
        Monty(prefix + 'a' * (size + 1 - len(prefix)))


def test_a_snapshot_may_have_the_bytes_of_the_limit_and_no_more() -> None:
    script = Monty("x = 'a' * 10000\nfetch()\nlen(x)")

    assert script.start(limits=ResourceLimits(max_snapshot_bytes=20_000)).dump()  # type: ignore[union-attr]
    with pytest.raises(SnapshotError):
        script.start(limits=ResourceLimits(max_snapshot_bytes=9_000)).dump()  # type: ignore[union-attr]


def test_steps_add_up_over_pauses() -> None:
    state = Monty('for i in range(30): pass\nfetch()\nfor i in range(30): pass').start(
        limits=ResourceLimits(max_steps=50)
    )

    with pytest.raises(StepLimitError):
        state.resume(return_value=None)  # type: ignore[union-attr]


@pytest.mark.parametrize('source', ['list(range(500))', 'sum(range(5000))'])
def test_a_straight_script_meets_max_steps_in_run_as_in_start(source):
    limits = ResourceLimits(max_steps=10)

    with pytest.raises(StepLimitError):
        Monty(source).run(limits=limits)
    with pytest.raises(StepLimitError):
        Monty(source).start(limits=limits)


#: Turns of a loop that are one operation of CPython each, on as much as fits: no tick comes between the items.
HEAVY: list[str] = [
    'a, b = set(range(500000)), set(range(400000))\nwhile True: a & b',
    'a = list(range(10 ** 6))\nwhile True: a[1:]',
    'a = list(range(10 ** 6))\nwhile True: first, *rest = a',
    'a = list(range(10 ** 6))\nwhile True: a.reverse()',
    "a = 'a' * 10 ** 6\nwhile True: a.upper()",
    'a = tuple(range(10 ** 6))\nd = {}\nwhile True: d[a] = 1',
    'def f(*args): pass\na = list(range(10 ** 6))\nwhile True: f(*a)',
    'd = {}\nfor i in range(10 ** 6): d[i * (2 ** 61 - 1)] = 1',
    'class C:\n    def __exit__(self, *args):\n        while True: pass\n    def __enter__(self): pass\nwith C(): pass',
    'while True:\n    try:\n        while True: a = list(range(10 ** 6))[1:]\n    except BaseException: pass\n    finally: pass',
]


@pytest.mark.parametrize('source', HEAVY, ids=lambda source: ascii(source)[:60])
def test_heavy_turns_of_a_loop_do_not_delay_the_time_limit(source: str) -> None:
    limits = ResourceLimits(max_duration_secs=SECONDS, max_memory=128 * 1024 * 1024)

    took, kind = in_child(lambda: end_of(source, limits).text.split(' ')[0], PATIENCE).split(' ', 1)

    assert kind == 'max_duration_secs'
    assert float(took) < SECONDS + OVERRUN + NOISE


#: What grows by many small values, or by results that no guard sees.
GROWING: list[str] = [
    'x = []\nwhile True: x = [x]',
    'x = ()\nwhile True: x = (x,)',
    'x = []\nwhile True: x.append((1, 2))',
    '[(i, i) for i in range(10 ** 9)]',
    '{i: (i, i) for i in range(10 ** 9)}',
    'a, kept = list(range(10 ** 5)), []\nwhile True: kept.append(a[1:])',
    'def f(x):\n    return lambda: x\nx = None\nwhile True: x = f(x)',
    'class C: pass\nx = None\nwhile True:\n    c = C()\n    c.x = x\n    x = c',
    'e = None\nwhile True:\n    try:\n        raise ValueError(e)\n    except ValueError as error:\n        e = error',
    'kept = []\nwhile True:\n    class C: x = 1\n    kept.append(C)',
]


@pytest.mark.parametrize('source', GROWING, ids=lambda source: ascii(source)[:60])
def test_memory_in_small_pieces_ends_by_its_limit(source: str) -> None:
    def attack() -> str:
        Monty('for i in range(3): pass').run(limits=LIMITS)
        before = resident_bytes()
        ending = end_of(source, ResourceLimits(max_duration_secs=60.0, max_memory=32 * 1024 * 1024))
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before
        return f'{ending.text.split(" ")[0]} {grown >> 20}'

    _, limit, grown = in_child(attack, 60.0).split(' ')

    assert limit == 'max_memory'
    # 32 MB, 8 of slack, and what a busy machine lets a script make before the watcher has its turn.
    assert int(grown) < 32 + 8 + 24


class _Looking(Run):
    """Count the looks at the memory."""

    looks = 0

    def look_at_memory(self, limit: int, nbytes: int) -> None:
        super().look_at_memory(limit, nbytes)
        self.looks += 1


def test_big_results_make_the_run_look_at_its_memory_every_thirty_second_part_of_the_limit() -> None:
    run = _Looking(None, ResourceLimits(max_memory=64 << 20))  # type: ignore[arg-type]

    for _ in range(63):
        run.reserve(1 << 20)

    assert run.looks == 21


def test_external_calls_are_counted_over_pauses() -> None:
    state = Monty('fetch()\nfetch()').start(limits=ResourceLimits(max_pauses=1))

    with pytest.raises(PauseLimitError) as caught:
        state.resume(return_value=None)  # type: ignore[union-attr]
    assert str(caught.value) == (
        'the script went over max_pauses=1 at line 2; raise the limit or make the script do less'
    )
    with pytest.raises(PauseLimitError):
        Monty('for i in range(3): fetch()').run(
            external_functions={'fetch': lambda: None}, limits=ResourceLimits(max_pauses=2)
        )


def test_a_source_over_the_limits_of_a_run_is_not_run() -> None:
    with pytest.raises(SourceLimitError, match='max_source_bytes=10'):
        run('x = 1 # and a comment', max_source_bytes=10)


def test_output_is_counted_in_bytes() -> None:
    assert run("print('\u20ac' * 33)", max_output_bytes=100) is None
    with pytest.raises(OutputLimitError):
        run("print('\u20ac' * 34)", max_output_bytes=100)


def test_time_adds_up_over_pauses() -> None:
    source = 'while True:\n    for i in range(10 ** 6): pass\n    fetch()'
    state = Monty(source).start(limits=ResourceLimits(max_duration_secs=SECONDS))

    def go_on() -> None:
        waiting = state
        while True:
            waiting = load(waiting.dump()).resume(return_value=None)  # type: ignore[union-attr]

    with pytest.raises(TimeLimitError):
        go_on()


def test_code_of_the_host_is_never_ended_by_a_limit_of_the_script() -> None:
    def compute() -> int:
        ends = time.perf_counter() + 4 * SECONDS
        turns = 0
        while time.perf_counter() < ends:
            turns += 1
        return turns

    script = Monty('for i in range(2): fetch()\n1')

    assert script.run(external_functions={'fetch': compute}, limits=LIMITS) == 1
    assert script.run(external_functions={'fetch': lambda: script.run(external_functions={'fetch': compute})}) == 1


def test_a_call_in_which_the_first_look_finds_a_run_is_no_time_of_the_script() -> None:
    found: list[float] = []

    def until_seen(argument: int) -> int:
        run = watch.current()
        assert run is not None
        began = time.perf_counter()
        while not run.timed:
            assert not found
        found.append(time.perf_counter() - began)
        return argument

    def look(argument: int) -> int:
        run = watch.current()
        assert run is not None
        found.append(run.waited)
        return argument

    script = Monty('for i in range(1): until_seen(i)\nlook(1)')

    assert script.run(external_functions={'until_seen': until_seen, 'look': look}) == 1
    lasted, waited = found
    assert waited >= lasted


def test_calls_of_one_argument_are_counted_and_raise_like_others() -> None:
    def fail(argument: Any) -> int:
        raise KeyError(argument)

    source = """
found = []
for way in (lambda: fail(1), lambda: fail([1]), lambda: fail(1, 2), lambda: fail()):
    try:
        way()
    except Exception as error:
        found.append(repr(error))
found
"""

    script = Monty(source)

    assert script.run(external_functions={'fail': fail})[:2] == ['KeyError(1)', 'KeyError([1])']
    assert all(text.startswith('TypeError(') for text in script.run(external_functions={'fail': fail})[2:])
    with pytest.raises(PauseLimitError):
        script.run(external_functions={'fail': fail}, limits=ResourceLimits(max_pauses=3))


def test_the_end_of_a_run_leaves_nothing_behind_in_its_thread() -> None:
    for _ in range(20):
        with pytest.raises(TimeLimitError):
            run('while True: pass', max_duration_secs=0.01)
        # Whatever was still to be raised would be raised here.
        assert sum(i for i in range(20_000)) == 199_990_000


def test_the_watcher_outlives_a_look_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []
    judged = Run.judged

    def failing(run: Run, now: float, resident: int) -> LimitError | None:
        looks.append(1)
        if len(looks) == 1:
            raise RuntimeError('dictionary changed size during iteration')
        return judged(run, now, resident)

    monkeypatch.setattr(Run, 'judged', failing)
    source = 'a, b = set(range(300000)), set(range(200000))\nwhile True: a & b'

    assert type(over(source, max_duration_secs=SECONDS)) is TimeLimitError
    assert len(looks) > 1


def test_many_short_runs_are_watched_from_the_first_moment() -> None:
    script = Monty('for i in range(3): pass\nfetch()\n1')

    def fetch() -> None:
        # Lets the watcher have a look between the beginning and the end of each run.
        time.sleep(0)

    for _ in range(2000):
        assert script.run(external_functions={'fetch': fetch}) == 1
    assert type(over('a = list(range(10 ** 6))\nwhile True: a[1:]', max_duration_secs=SECONDS)) is TimeLimitError


def test_steps_are_counted_alike_straight_through_and_across_pauses():
    source = 't = 0\nfor i in range(300):\n    t += 1\n    if i % 50 == 7: f(i)\nx = [1] * 500\nfor a in x: t += a\nf(0)\nfor a in x: t += a\nt'

    def straight(steps):
        return Monty(source).run(limits=ResourceLimits(max_steps=steps), external_functions={'f': lambda i: None})

    def in_pieces(steps):
        state = Monty(source).start(limits=ResourceLimits(max_steps=steps))
        while not isinstance(state, Complete):
            state = load(state.dump()).resume(return_value=None)
        return state.output

    for way in (straight, in_pieces):
        assert way(1_300) == 1_300
        with pytest.raises(StepLimitError):
            way(1_299)


def test_a_script_catches_its_own_recursion_error_as_in_cpython():
    source = 'def f(n):\n    return f(n + 1)\ntry: f(0)\nexcept RecursionError as e: x = str(e)\nx'

    assert run(source) == 'maximum recursion depth exceeded'


@pytest.mark.parametrize(
    'source',
    [
        'class A: make = list\nA.make(numbers)',
        'class A: items = list\nA.items(numbers)',
        'class A: pop = list\nA.pop(numbers)',
        'class A:\n    def __init__(self): self.make = list\nA().make(numbers)',
        "class A: pass\nsetattr(A, 'keys', list)\nA.keys(numbers)",
        'class A: make = list\n[a.make(numbers) for a in [A]]',
        'class A:\n    @(lambda f: list)\n    def make(self): pass\nA.make(numbers)',
        "from collections import namedtuple\nnamedtuple('P', 'make')(list).make(numbers)",
        'import builtins\nbuiltins.list(numbers)',
        'import types\ntypes.SimpleNamespace(make=list).make(numbers)',
        "exec('class A: items = list')\nexec('A.items(numbers)')",
        "exec('make = list')\nmake(numbers)",
    ],
)
def test_a_built_in_type_is_judged_under_whatever_name_it_is_called(source: str) -> None:
    limits = ResourceLimits(max_memory=16 * 1024 * 1024)

    with pytest.raises(MemoryLimitError):
        Monty('numbers = range(10 ** 12)\n' + source, external_functions=()).run(limits=limits)


def test_what_is_asked_of_the_script_when_its_state_is_loaded_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks at a run loads its state: a `__hash__` of it must not keep a server for a day."""
    source = """
class Key:
    def __hash__(self):
        while hangs:
            pass
        return 1
hangs = False
held = {Key(): 1}
hangs = slow
wait()
"""
    monkeypatch.setattr(snapshot_state, 'LOADING_SECONDS', 0.2)
    snapshot_state._while_loading.cache_clear()
    day = ResourceLimits(max_duration_secs=86400)
    hostile, harmless = (
        Monty(source, inputs=['slow']).start(inputs={'slow': slow}, limits=day).dump()  # type: ignore[union-attr]
        for slow in (True, False)
    )
    begin = time.perf_counter()
    with pytest.raises(SnapshotError, match='methods of the script that are asked for it, such as __hash__, took over'):
        load(hostile)
    took = time.perf_counter() - begin
    loaded = load(harmless)
    snapshot_state._while_loading.cache_clear()

    assert took < PATIENCE
    assert loaded._run.limits == day


@pytest.mark.parametrize(
    'source',
    [
        "from collections import Counter\nlen(Counter('ab' * 1_000_000))",
        'len(set([1, 2] * 1_000_000))',
        'len({*[1, 2] * 1_000_000})',
        'len(dict.fromkeys(map(abs, [1, 2] * 1_000_000)))',
    ],
)
def test_keys_that_come_again_take_no_memory(source: str) -> None:
    assert run(source, max_memory=32 * 1024 * 1024) == 2
