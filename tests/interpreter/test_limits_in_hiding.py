"""A limit that a script meets ends the run wherever the script hides: it names the limit, its value and the line, and nothing goes on after it.

Each place is a source that calls `over()` and would print "escaped", or come to its end, if the limit could be caught, delayed or hidden there. Every
limit that a script can meet while it runs is met in every place, in a script that can stop at its calls and in one that cannot, and through a pool.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import Any

import pytest

from monty_flow import Complete, Monty, MontyRuntimeError, Snapshot
from monty_flow.interpreter.errors import (
    LimitError,
    MemoryLimitError,
    OutputLimitError,
    PauseLimitError,
    PauseRefused,
    SnapshotLimitError,
    SourceLimitError,
    StepLimitError,
    TimeLimitError,
)
from monty_flow.interpreter.limits import ResourceLimits
from monty_flow.interpreter.pool import SandboxPool


@dataclass(frozen=True)
class Met:
    """A limit, and a line that goes over it."""

    limit: str
    value: float
    statement: str
    error: type[LimitError]

    @property
    def limits(self) -> ResourceLimits:
        return ResourceLimits(**{self.limit: self.value})  # type: ignore[arg-type]


#: Seconds that a run is given, one after the other.
TIMES = (0.1, 1.0, 4.0)
MET = (
    Met('max_duration_secs', TIMES[0], 'while True: pass', TimeLimitError),
    Met('max_steps', 100_000, 'while True: pass', StepLimitError),
    Met('max_memory', 50_000_000, "'a' * 100_000_000", MemoryLimitError),
    Met('max_int_bits', 10_000, '1 << 20_000', MemoryLimitError),
    Met('max_output_bytes', 1_000, "print('a' * 2_000)", OutputLimitError),
    Met('max_pauses', 0, 'fetch()', PauseLimitError),
)
#: Limits that no statement of a script goes over: a deep recursion is an error of the script, as in CPython; the source is judged before the run, and a
#: snapshot when it is dumped.
NOT_MET_BY_A_STATEMENT = {'max_recursion_depth', 'max_source_bytes', 'max_snapshot_bytes'}

PLACES = {
    # handlers
    'except BaseException': 'try: over()\nexcept BaseException: pass',
    'bare except': 'try: over()\nexcept: pass',
    'except of a computed class': 'E = (ValueError, (OSError, BaseException)[1])\ntry: over()\nexcept E: pass',
    'except*': 'try: over()\nexcept* BaseException: pass',
    'finally that returns': 'def f():\n    try: over()\n    finally: return 1\nf()',
    'finally that breaks': 'while True:\n    try: over()\n    finally: break',
    'finally that continues': 'for i in range(2):\n    try: over()\n    finally: continue',
    'finally that raises': 'try:\n    try: over()\n    finally: raise ValueError\nexcept ValueError: pass',
    'else and finally': "try:\n    try: pass\n    except ValueError: pass\n    else: over()\n    finally: 1\nexcept BaseException: pass",
    'in a handler': 'try:\n    try: 1 / 0\n    except ZeroDivisionError: over()\nexcept BaseException: pass',
    # with
    'exit that is true': 'class C:\n    def __enter__(self): return self\n    def __exit__(self, *a): return True\nwith C(): over()',
    'exit that raises': 'class C:\n    def __enter__(self): return self\n    def __exit__(self, *a): raise ValueError\ntry:\n    with C(): over()\nexcept ValueError: pass',
    'in an exit': 'class C:\n    def __enter__(self): return self\n    def __exit__(self, *a): over()\ntry:\n    with C(): pass\nexcept BaseException: pass',
    'suppress': 'import contextlib\nwith contextlib.suppress(BaseException): over()',
    'ExitStack': 'import contextlib\nwith contextlib.ExitStack() as s:\n    s.push(lambda *a: True)\n    s.callback(print, "escaped")\n    over()',
    'callback of an ExitStack': 'import contextlib\nwith contextlib.ExitStack() as s:\n    s.push(lambda *a: True)\n    s.callback(over)',
    'contextmanager': 'import contextlib\n@contextlib.contextmanager\ndef m():\n    try: yield\n    except BaseException: pass\nwith m(): over()',
    'closing': 'import contextlib\nclass C:\n    def close(self): raise ValueError\ntry:\n    with contextlib.closing(C()): over()\nexcept ValueError: pass',
    # generators
    'generator': 'def g():\n    try:\n        yield 1\n        over()\n    except BaseException: yield 2\nlist(g())',
    'close of a generator': 'def g():\n    try: yield\n    finally: over()\nx = g()\nnext(x)\ntry: x.close()\nexcept BaseException: pass',
    'throw into a generator': 'def g():\n    try: yield\n    except ValueError: over()\nx = g()\nnext(x)\ntry: x.throw(ValueError())\nexcept BaseException: pass',
    'generator that is thrown away': 'def g():\n    try: yield\n    finally: over()\nx = g()\nnext(x)\nx = None\nfor i in range(10): pass\nprint("escaped")',
    'yield from': 'def g():\n    over()\n    yield\ndef h():\n    try: yield from g()\n    except BaseException: yield 1\nlist(h())',
    'a generator that C goes through': 'def g():\n    yield over()\ntry: tuple(g()), sum(g()), dict(g())\nexcept BaseException: pass',
    # tasks
    'coroutine': 'async def f():\n    try: over()\n    except BaseException: pass\nimport asyncio\nasyncio.run(f())',
    'task': 'import asyncio\nasync def f(): over()\nasync def m():\n    t = asyncio.create_task(f())\n    try: await t\n    except BaseException: pass\nasyncio.run(m())',
    'task that nobody awaits': 'import asyncio\nasync def f(): over()\nasync def m():\n    t = asyncio.create_task(f())\n    await asyncio.sleep(0)\n    await asyncio.sleep(0)\nasyncio.run(m())',
    'gather': 'import asyncio\nasync def f(): over()\nasync def m(): return await asyncio.gather(f(), f(), return_exceptions=True)\nasyncio.run(m())',
    'TaskGroup': 'import asyncio\nasync def f(): over()\nasync def m():\n    try:\n        async with asyncio.TaskGroup() as g: g.create_task(f())\n    except* BaseException: pass\nasyncio.run(m())',
    'wait_for': 'import asyncio\nasync def f(): over()\nasync def m():\n    try: await asyncio.wait_for(f(), 5)\n    except BaseException: pass\nasyncio.run(m())',
    'wait': 'import asyncio\nasync def f(): over()\nasync def m():\n    done, _ = await asyncio.wait([asyncio.create_task(f())])\n    [t.exception() for t in done]\nasyncio.run(m())',
    'shield': 'import asyncio\nasync def f(): over()\nasync def m():\n    try: await asyncio.shield(f())\n    except BaseException: pass\nasyncio.run(m())',
    'cancelled task': 'import asyncio\nasync def f():\n    try: await asyncio.sleep(10)\n    except asyncio.CancelledError: over()\nasync def m():\n    t = asyncio.create_task(f())\n    await asyncio.sleep(0)\n    t.cancel()\n    try: await t\n    except BaseException: pass\nasyncio.run(m())',
    'done callback': 'import asyncio\nasync def f(): pass\nasync def m():\n    t = asyncio.create_task(f())\n    t.add_done_callback(lambda t: over())\n    await t\n    await asyncio.sleep(0)\n    await asyncio.sleep(0)\nasyncio.run(m())',
    'call_soon': 'import asyncio\nasync def m():\n    asyncio.get_running_loop().call_soon(over)\n    await asyncio.sleep(0)\n    await asyncio.sleep(0)\nasyncio.run(m())',
    'async generator': 'import asyncio\nasync def g():\n    try:\n        yield 1\n        over()\n    except BaseException: yield 2\nasync def m(): return [x async for x in g()]\nasyncio.run(m())',
    'async exit': 'import asyncio\nclass C:\n    async def __aenter__(self): return self\n    async def __aexit__(self, *a): return True\nasync def m():\n    async with C(): over()\nasyncio.run(m())',
    'AsyncExitStack': 'import asyncio, contextlib\nasync def m():\n    async with contextlib.AsyncExitStack() as s:\n        s.push(lambda *a: True)\n        over()\nasyncio.run(m())',
    'end of the loop': 'import asyncio\nasync def f():\n    try: await asyncio.sleep(10)\n    finally: over()\nasync def m():\n    asyncio.create_task(f())\n    await asyncio.sleep(0)\nasyncio.run(m())',
    # the library
    'assertRaises': 'import unittest\nclass T(unittest.TestCase):\n    def runTest(self):\n        with self.assertRaises(BaseException): over()\nT().debug()',
    'a test that is run': 'import unittest\nclass T(unittest.TestCase):\n    def runTest(self): over()\nr = unittest.TestResult()\nT().run(r)',
    'clean-up of a test': 'import unittest\nclass T(unittest.TestCase):\n    def runTest(self): self.addCleanup(over)\nT().run(unittest.TestResult())',
    'doctest': 'import doctest\ndef f():\n    """\n    >>> over()\n    1\n    """\ndoctest.testmod()',
    'logging.exception': 'import logging\ntry: over()\nexcept BaseException: logging.exception("x")',
    'handler of a log': 'import logging\nclass H(logging.Handler):\n    def emit(self, record):\n        try: over()\n        except Exception: self.handleError(record)\nlog = logging.getLogger("x")\nlog.addHandler(H())\nlog.error("x")',
    'formatter of a log': 'import logging\nclass A:\n    def __str__(self): return over()\nlogging.error("%s", A())',
    'warnings': 'import warnings\nclass W(UserWarning):\n    def __str__(self): return over()\ntry: warnings.warn(W())\nexcept BaseException: pass',
    'traceback': 'import traceback\nclass E(Exception):\n    def __str__(self): return over()\ntraceback.format_exception_only(E())',
    'lru_cache': 'import functools\n@functools.lru_cache\ndef f(): over()\ntry: f()\nexcept BaseException: pass',
    'cached_property': 'import functools\nclass C:\n    @functools.cached_property\n    def x(self): return over()\ngetattr(C(), "x", 1), hasattr(C(), "x")',
    'partial': 'import functools\ntry: functools.partial(over)()\nexcept BaseException: pass',
    'reduce': 'import functools\ntry: functools.reduce(lambda a, b: over(), [1, 2, 3])\nexcept BaseException: pass',
    'cmp_to_key': 'import functools\ntry: sorted([2, 1], key=functools.cmp_to_key(lambda a, b: over()))\nexcept BaseException: pass',
    'singledispatch': 'import functools\n@functools.singledispatch\ndef f(x): over()\ntry: f(1)\nexcept BaseException: pass',
    'total_ordering': 'import functools\n@functools.total_ordering\nclass C:\n    def __lt__(self, o): return over()\n    def __eq__(self, o): return False\ntry: C() >= C()\nexcept BaseException: pass',
    'Thread': 'import threading\nt = threading.Thread(target=over)\nt.start()\nt.join()',
    'executor': 'import concurrent.futures\nwith concurrent.futures.ThreadPoolExecutor() as e:\n    f = e.submit(over)\n    f.exception()',
    'json.dumps': 'import json\ntry: json.dumps(object(), default=lambda o: over())\nexcept BaseException: pass',
    'json.loads': 'import json\ntry: json.loads("{}", object_hook=lambda o: over())\nexcept BaseException: pass',
    're.sub': 'import re\ntry: re.sub("a", lambda m: over(), "aaa")\nexcept BaseException: pass',
    'copy': 'import copy\nclass C:\n    def __deepcopy__(self, memo): return over()\n    def __copy__(self): return over()\ntry: copy.deepcopy([C()])\nexcept BaseException: pass',
    'itertools': 'import itertools\ntry: list(itertools.groupby([1, 2], key=lambda x: over()))\nexcept BaseException: pass',
    'takewhile': 'import itertools\ntry: list(itertools.takewhile(lambda x: over(), [1, 2]))\nexcept BaseException: pass',
    'bisect': 'import bisect\ntry: bisect.bisect([1, 2], 1, key=lambda x: over())\nexcept BaseException: pass',
    'heapq': 'import heapq\ntry: heapq.nsmallest(1, [1, 2], key=lambda x: over())\nexcept BaseException: pass',
    'Formatter': 'import string\nclass F(string.Formatter):\n    def get_value(self, *a): return over()\ntry: F().format("{}", 1)\nexcept BaseException: pass',
    'dataclass': 'from dataclasses import dataclass\n@dataclass\nclass C:\n    def __post_init__(self): over()\ntry: C()\nexcept BaseException: pass',
    'default factory': 'from dataclasses import dataclass, field\n@dataclass\nclass C:\n    x: int = field(default_factory=over)\ntry: C()\nexcept BaseException: pass',
    'defaultdict': 'import collections\ntry: collections.defaultdict(over)[1]\nexcept BaseException: pass',
    'Enum': 'from enum import Enum\nclass E(Enum):\n    A = 1\n    @classmethod\n    def _missing_(cls, v): over()\ntry: E(2)\nexcept BaseException: pass',
    'ABC': 'from abc import ABC\nclass A(ABC):\n    @classmethod\n    def __subclasshook__(cls, c): return over()\ntry: isinstance(1, A)\nexcept BaseException: pass',
    'graphlib and sched': 'import sched\ns = sched.scheduler(lambda: 0, lambda x: None)\ns.enter(0, 1, over)\ntry: s.run()\nexcept BaseException: pass',
    # callbacks of built-ins
    'sort key': 'try: sorted([2, 1], key=lambda x: over())\nexcept BaseException: pass',
    'min key': 'try: min([2, 1], key=lambda x: over())\nexcept BaseException: pass',
    'map': 'try: list(map(lambda x: over(), [1]))\nexcept BaseException: pass',
    'filter': 'try: list(filter(lambda x: over(), [1]))\nexcept BaseException: pass',
    'iter with a last value': 'try: list(iter(over, 1))\nexcept BaseException: pass',
    'any of a generator': 'try: any(over() for x in [1])\nexcept BaseException: pass',
    'getattr with a default': 'class C:\n    @property\n    def x(self): return over()\ngetattr(C(), "x", 1)',
    'hasattr': 'class C:\n    def __getattr__(self, name): return over()\nhasattr(C(), "x")',
    'next with a default': 'class C:\n    def __iter__(self): return self\n    def __next__(self): return over()\nnext(C(), 1)',
    # code made of text
    'exec': 'try: exec("over()")\nexcept BaseException: pass',
    'exec with handlers': 'exec("try: over()\\nexcept BaseException: pass\\nfinally: 1")',
    'eval': 'try: eval("over()")\nexcept BaseException: pass',
    'ValueError under another meaning': 'globals()["ValueError"] = BaseException\ntry: over()\nexcept ValueError: pass',
}  # fmt: skip
#: Methods that CPython calls, and what makes it call them: each answer would be dropped where CPython drops errors.
METHODS = {
    '__eq__': 'C() == 1, C() in [1], [C()].index(1), {C(): 1} == {C(): 1}',
    '__ne__': 'C() != 1',
    '__lt__': 'sorted([C(), C()]), max(C(), C())',
    '__bool__': 'not C(), [x for x in [1] if C()]',
    '__len__': 'bool(C()), len(C())',
    '__contains__': '1 in C()',
    '__iter__': 'list(C()), dict(C())',
    '__next__': 'for x in C(): pass',
    '__getitem__': 'C()[0]',
    '__missing__': 'class D(C, dict): pass\nD()[1]',
    '__index__': '[1][C()], range(C()), bytes(C())',
    '__int__': 'int(C())',
    '__float__': 'float(C())',
    '__hash__': '{C(): 1}, hash(C())',
    '__str__': 'str(C()), print(C())',
    '__repr__': 'repr([C()]), f"{C()!r}"',
    '__format__': 'f"{C()}", "{}".format(C())',
    '__add__': 'C() + 1, sum([C(), C()], C())',
    '__radd__': '1 + C()',
    '__iadd__': 'c = C()\nc += 1',
    '__call__': 'C()(), list(map(C(), [1]))',
    '__enter__': 'with C(): pass',
    '__getattr__': 'C().x',
    '__setattr__': 'C().x = 1',
    '__delattr__': 'del C().x',
    '__get__': 'class D: x = C()\nD().x',
    '__set__': 'class D: x = C()\nD().x = 1',
    '__set_name__': 'class D: x = C()',
    '__init_subclass__': 'class D(C): pass',
    '__class_getitem__': 'C[1]',
    '__new__': 'C()',
    '__init__': 'C()',
    '__length_hint__': 'import operator\noperator.length_hint(C(), 1)',
    '__reversed__': 'reversed(C())',
    '__round__': 'round(C())',
    '__instancecheck__': 'isinstance(1, C())',
    '__reduce_ex__': 'import copy\ncopy.copy(C())',
    '__fspath__': 'import os\nos.fspath(C())',
    '__dir__': 'dir(C())',
}
for _name, _use in METHODS.items():
    _indented = _use.replace('\n', '\n    ')
    _own = '' if _name in ('__iter__', '__enter__') else '\n    def __iter__(self): return self'
    PLACES[f'method {_name}'] = (
        f'class C:\n    def {_name}(self, *a, **k): return over(){_own if _name == "__next__" else ""}\n'
        f'    def __exit__(self, *a): return True\n'
        f'try:\n    {_indented}\nexcept BaseException: pass'
    )


def source_of(met: Met, place: str) -> str:
    """Return a script that goes over a limit in its second line."""
    return f"def over():\n    {met.statement}\n{PLACES[place]}\nprint('escaped')"


def check(met: Met, run: Callable[[ResourceLimits, Callable[[str, str], None]], Any]) -> None:
    """See that a limit ends a run; on a busy machine its time may be over before the line is reached, so it is given more."""
    for seconds in TIMES:
        printed: list[str] = []
        value = seconds if met.limit == 'max_duration_secs' else met.value

        with pytest.raises(LimitError) as caught:
            run(ResourceLimits(**{met.limit: value}), lambda stream, text, to=printed: to.append(text))  # type: ignore[misc, arg-type]

        error = caught.value
        if error.line == 2 or met.limit != 'max_duration_secs':
            break
    assert (type(error), error.limit, error.value, error.line) == (met.error, met.limit, value, 2)
    assert str(error) == (
        f'the script went over {met.limit}={value} at line 2; raise the limit or make the script do less'
    )
    assert 'escaped' not in ''.join(printed)


def import_what_is_used(place: str) -> None:
    """Compile the modules of a place: the time for that is the first script's that imports them."""
    imports = [line for line in PLACES[place].splitlines() if line.startswith(('import ', 'from '))]
    script = Monty('\n'.join([*imports, 'if 0: fetch()']))
    script.run(external_functions=FUNCTIONS)
    script.start()


FUNCTIONS: dict[str, Any] = {'fetch': lambda: 1}
#: Texts that a doctest prints are the doctest's; and where a script cannot stop, a call is refused before it is counted.
NOT_MET = {('max_output_bytes', 'doctest')}
REFUSED_WHERE_IT_STOPS = {
    ('max_pauses', place) for place in ('generator that is thrown away', 'default factory', 'method __fspath__')
}
PAIRS = [(met, place) for met in MET for place in PLACES if (met.limit, place) not in NOT_MET]
named = pytest.mark.parametrize(('met', 'place'), PAIRS, ids=[f'{met.limit}, {place}' for met, place in PAIRS])


def test_each_limit_is_met_or_said_not_to_be() -> None:
    assert {met.limit for met in MET} | NOT_MET_BY_A_STATEMENT == {field.name for field in fields(ResourceLimits)}


@named
def test_a_limit_ends_the_run_wherever_it_is_met(met: Met, place: str) -> None:
    script = Monty(source_of(met, place))
    import_what_is_used(place)

    check(met, lambda limits, show: script.run(limits=limits, external_functions=FUNCTIONS, print_callback=show))


@named
def test_a_limit_ends_a_script_that_stops_at_its_calls(met: Met, place: str) -> None:
    # Mentioned, a call makes the compiler leave room to stop everywhere that a function may be called from.
    script = Monty(source_of(met, place) + '\nif 0: fetch()')
    import_what_is_used(place)

    if (met.limit, place) not in REFUSED_WHERE_IT_STOPS:
        check(met, lambda limits, show: script.start(limits=limits, print_callback=show))


def test_a_call_that_is_refused_does_not_come_to_the_host() -> None:
    for _, place in sorted(REFUSED_WHERE_IT_STOPS):
        met = Met('max_pauses', 5, 'fetch()', PauseLimitError)
        try:
            ending = Monty(source_of(met, place)).start(limits=met.limits, print_callback=lambda *_: None)
        except PauseRefused:
            continue
        assert isinstance(ending, Complete)


@pytest.fixture(scope='module')
def pool() -> Iterator[SandboxPool]:
    with SandboxPool(1) as made:
        yield made


@pytest.mark.parametrize('met', MET[1:], ids=lambda met: met.limit)
def test_a_pool_tells_of_a_limit_as_this_process_does(met: Met, pool: SandboxPool) -> None:
    for place in [*PLACES][::10]:
        source = source_of(met, place)

        check(
            met,
            lambda limits, show, source=source: pool.run(  # type: ignore[misc]
                source, limits=limits, external_functions=FUNCTIONS, print_callback=show
            ),
        )


def test_a_pool_tells_the_line_of_a_time_limit_unless_it_had_to_kill(pool: SandboxPool) -> None:
    met = MET[0]
    for place in [*PLACES][:10]:
        printed: list[str] = []

        with pytest.raises(TimeLimitError) as caught:
            pool.run(source_of(met, place), limits=met.limits, print_callback=lambda stream, text: printed.append(text))  # noqa: B023

        assert (caught.value.value, printed) == (met.value, [])
        # Of a busy machine's child that is killed nobody knows the line.
        assert caught.value.line in (0, 2)


def test_a_limit_that_was_dropped_ends_the_run_before_the_host_is_called() -> None:
    called: list[int] = []
    source = 'def g():\n    try: yield\n    finally: 1 << 20_000\nx = g()\nnext(x)\nx = None\nfetch(1)\nfetch(1)'
    limits = ResourceLimits(max_int_bits=10_000)

    with pytest.raises(MemoryLimitError, match='max_int_bits=10000 at line 3'):
        Monty(source).run(limits=limits, external_functions={'fetch': called.append})
    with pytest.raises(MemoryLimitError, match='max_int_bits=10000 at line 3'):
        Monty(source).start(limits=limits)
    assert called == []


def test_a_generator_of_a_run_that_has_ended_ends_no_other_run() -> None:
    source = 'def g():\n    try: yield\n    finally: 1 << 20_000\nx = g()\nnext(x)\nfetch()'
    state = Monty(source).start(limits=ResourceLimits(max_int_bits=10_000))
    held = [state]
    del state

    def let_go() -> None:
        held.clear()

    assert Monty('let_go()\nfor i in range(10): pass\nprint(i)\n5').run(external_functions={'let_go': let_go}) == 5


def test_a_recursion_that_is_too_deep_is_an_error_of_the_script() -> None:
    source = 'def f(): f()\ntry: f()\nexcept RecursionError: print(1)'

    assert Monty(source).run(limits=ResourceLimits(max_recursion_depth=100), print_callback=lambda *_: None) is None
    with pytest.raises(MontyRuntimeError, match='RecursionError'):
        Monty('def f(): f()\nf()').run(limits=ResourceLimits(max_recursion_depth=100))


def test_a_source_and_a_state_that_are_too_large_name_their_limits() -> None:
    with pytest.raises(SourceLimitError) as source:
        Monty('x = 1234567890').run(limits=ResourceLimits(max_source_bytes=10))
    state = Monty("x = 'a' * 10_000\nfetch()").start(limits=ResourceLimits(max_snapshot_bytes=9_000))
    assert isinstance(state, Snapshot)
    with pytest.raises(SnapshotLimitError) as snapshot:
        state.dump()

    assert (source.value.limit, source.value.value) == ('max_source_bytes', 10)
    assert (snapshot.value.limit, snapshot.value.value) == ('max_snapshot_bytes', 9_000)
