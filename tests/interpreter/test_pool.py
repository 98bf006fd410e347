"""Scripts in processes of their own do what they do in this one, and what they break is theirs alone."""

from __future__ import annotations

import contextlib
import fcntl
import mmap
import os
import signal
import socket
import struct
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

import msgpack
import pytest

from monty_flow import (
    BoundaryError,
    Complete,
    MemoryFile,
    MemoryLimitError,
    Monty,
    MontyRuntimeError,
    MontySyntaxError,
    OSAccess,
    OutputLimitError,
    PauseLimitError,
    ResourceLimits,
    Returned,
    SandboxCrashed,
    SandboxPool,
    SandboxSnapshot,
    SandboxUnavailable,
    ScriptObject,
    SnapshotError,
    StepLimitError,
    TimeLimitError,
    load,
)
from monty_flow.interpreter.modules import NAMES
from monty_flow.interpreter.pool import messages, walls
from monty_flow.interpreter.pool.children import Child, Children, Template
from monty_flow.interpreter.snapshot.signing import KeyRing
from tests.interpreter.attacking import in_child

LIMITS = ResourceLimits(max_duration_secs=1.0, max_memory=64 * 1024 * 1024)
#: What a busy machine may add to a time.
NOISE = 1.5

TWO_FRAMES = 'def f(n):\n    label = "a" * n\n    return fetch(label, k=[n]) + 1\nprint(f(2))\nf(3)'


@pytest.fixture(scope='module')
def pool() -> Iterator[SandboxPool]:
    with SandboxPool(2) as made:
        yield made


def stopped(state: SandboxSnapshot | Complete) -> SandboxSnapshot:
    assert isinstance(state, SandboxSnapshot)
    return state


VALUES: list[Any] = [
    None, True, 1, -(1 << 80), 1.5, 2j, 'a\u20ac', 'x' * 100_000, b'a', bytearray(b'a'), [1, [2]], (1, (2,)), {'a': {1: 2}},
    {1, 2}, frozenset({(1, 2)}), range(3), datetime(2000, 1, 2, tzinfo=timezone(timedelta(hours=1), 'x')), Decimal('1.50'),
    Fraction(1, 3), UUID(int=5), [float('inf')], ValueError('a', 1),
]  # fmt: skip


@pytest.mark.parametrize('value', VALUES, ids=lambda value: type(value).__name__)
def test_values_cross_to_a_child_and_back_as_they_are(pool: SandboxPool, value: Any) -> None:
    if isinstance(value, ValueError):
        output = pool.run("e = ValueError('a', 1)\ne")

        assert (type(output), output.args) == (ValueError, value.args)
    else:
        output = pool.run('x', inputs={'x': value})

        assert (type(output), output) == (type(value), value)


def test_what_is_shared_and_cyclic_stays_so(pool: SandboxPool) -> None:
    output = pool.run('x = []\nx.append(x)\n[x, x]')

    assert output[0] is output[1]
    assert output[0][0] is output[0]


def test_a_function_leaves_as_an_inert_object(pool: SandboxPool) -> None:
    assert pool.run('def f(): pass\nf') == ScriptObject('function', '<function f>')


def test_run_calls_functions_of_the_host_in_its_own_process(pool: SandboxPool) -> None:
    printed: list[tuple[str, str]] = []
    calls: list[tuple[int, Any]] = []

    def fetch(*args: Any, **kwargs: Any) -> int:
        calls.append((os.getpid(), args))
        return len(args[0])

    output = pool.run(
        TWO_FRAMES,
        external_functions={'fetch': fetch},
        print_callback=lambda stream, text: printed.append((stream, text)),
    )

    assert (output, ''.join(text for _, text in printed)) == (4, '3\n')
    assert calls == [(os.getpid(), ('aa',)), (os.getpid(), ('aaa',))]


def test_an_error_of_a_function_of_the_host_can_be_caught(pool: SandboxPool) -> None:
    def fetch() -> None:
        raise KeyError('k')

    source = 'try:\n    fetch()\nexcept KeyError as e:\n    x = e.args\nx'

    assert pool.run(source, external_functions={'fetch': fetch}) == ('k',)


def test_start_and_resume_go_from_call_to_call(pool: SandboxPool) -> None:
    printed: list[str] = []
    state = stopped(pool.start(TWO_FRAMES, print_callback=lambda stream, text: printed.append(text)))

    assert (state.function_name, state.args, state.kwargs) == ('fetch', ('aa',), {'k': [2]})
    assert [frame.function for frame in state.frames] == ['<module>', 'f']
    assert state.frames[1].variables == {'n': '2', 'label': "'aa'"}
    assert state.position.line == 3
    state = stopped(state.resume(return_value=10))
    assert (state.args, ''.join(printed)) == (('aaa',), '11\n')
    done = state.resume(return_value=20)
    assert isinstance(done, Complete)
    assert done.output == 21


def test_a_state_goes_between_pool_and_process_in_both_directions(pool: SandboxPool) -> None:
    script = pool.script(TWO_FRAMES)
    here = load(stopped(script.start()).dump())
    there = pool.load(Monty(TWO_FRAMES).start().dump())  # type: ignore[union-attr]
    bare = pool.load(stopped(script.start()).dump(with_source=False), script=script)

    assert [here.args, there.args, bare.args] == [('aa',)] * 3
    assert there.resume(return_value=1).args == bare.resume(return_value=1).args == ('aaa',)  # type: ignore[union-attr]


def test_a_state_may_be_signed_and_is_refused_when_it_is_not_what_was_signed(pool: SandboxPool) -> None:
    keys = KeyRing.generate()
    data = stopped(pool.start(TWO_FRAMES)).dump(keys=keys, binding=b'run 1')

    assert pool.load(data, keys=keys, binding=b'run 1').args == ('aa',)
    assert load(data, keys=keys, binding=b'run 1').args == ('aa',)
    with pytest.raises(SnapshotError):
        pool.load(data, keys=keys, binding=b'run 2')


def test_a_snapshot_is_resumed_once(pool: SandboxPool) -> None:
    state = stopped(pool.start(TWO_FRAMES))
    state.resume(return_value=1)

    with pytest.raises(SnapshotError, match='was resumed already'):
        state.resume(return_value=1)


def test_any_child_goes_on_when_the_one_that_stopped_is_gone() -> None:
    with SandboxPool(1) as own:
        state = stopped(own.start(TWO_FRAMES))
        with pytest.raises(SandboxCrashed):
            own.run('x = ()\nfor i in range(10 ** 7): x = (x,)\nhash({x})', limits=ResourceLimits(max_memory=None))

        assert stopped(state.resume(return_value=1)).args == ('aaa',)


def test_a_child_that_has_forgotten_a_state_or_a_script_is_told_again() -> None:
    with SandboxPool(1) as own:
        script = own.script(TWO_FRAMES)
        first = stopped(script.start())
        for number in range(300):
            own.start(f'x = {number}\nfetch()')

        assert stopped(first.resume(return_value=1)).args == ('aaa',)
        assert stopped(script.start()).args == ('aa',)


def test_errors_are_those_of_this_process(pool: SandboxPool) -> None:
    for source in ('x = 1\n1 / 0', 'raise KeyError(1)', 'def f(:', 'import subprocess'):
        with pytest.raises((MontyRuntimeError, MontySyntaxError)) as here:
            Monty(source).run()
        with pytest.raises(type(here.value)) as there:
            pool.run(source)
        assert vars(there.value) == vars(here.value)
    with pytest.raises(BoundaryError, match='inputs: missing x'):
        pool.script('x', inputs=['x']).run()


def test_files_are_the_scripts_own_and_files_of_the_host_are_refused(pool: SandboxPool) -> None:
    access = OSAccess(files=[MemoryFile('/a.txt', 'text')], environ={'A': 'b'})

    assert pool.run("import os\nopen('/a.txt').read() + os.environ['A']", os_access=access) == 'textb'
    with pytest.raises(BoundaryError, match='a process of its own has no way'):
        pool.run('1', os_access=OSAccess(clock=time.time))


@pytest.mark.parametrize(
    ('source', 'limits', 'error'),
    [
        ('while True: pass', {'max_duration_secs': 0.2}, TimeLimitError),
        # Nothing in the process can end this one.
        ('x = ()\nfor i in range(60): x = (x, x)\n{x}', {'max_duration_secs': 0.2}, TimeLimitError),
        ('x = [1]\nwhile True: x = [*x, *x]', {'max_memory': 32 << 20}, MemoryLimitError),
        ('x = []\nwhile True: x.append(1)', {'max_memory': 32 << 20}, MemoryLimitError),
        ('while True: pass', {'max_steps': 1000}, StepLimitError),
        ("while True: print('a' * 1000)", {'max_output_bytes': 10_000}, OutputLimitError),
        ('for i in range(3): fetch()', {'max_pauses': 2}, PauseLimitError),
    ],
)
def test_limits_hold_in_a_child(pool: SandboxPool, source: str, limits: dict[str, Any], error: type[Exception]) -> None:
    began = time.perf_counter()

    with pytest.raises(error) as caught:
        pool.run(source, limits=ResourceLimits(**limits), external_functions={'fetch': lambda: None})

    assert vars(caught.value).get('limit') == next(iter(limits))
    assert time.perf_counter() - began < 0.3 + NOISE


def test_time_in_the_host_is_not_the_scripts(pool: SandboxPool) -> None:
    done = threading.Event()

    def fetch() -> int:
        done.wait(0.5)
        return 1

    assert pool.run('fetch()', external_functions={'fetch': fetch}, limits=ResourceLimits(max_duration_secs=0.2)) == 1


def test_time_adds_up_over_the_steps_of_a_run(pool: SandboxPool) -> None:
    state: Any = pool.start(
        'while True:\n    for i in range(10 ** 6): pass\n    fetch()', limits=ResourceLimits(max_duration_secs=0.3)
    )

    def go_on() -> None:
        waiting = state
        while True:
            waiting = waiting.resume(return_value=1)

    with pytest.raises(TimeLimitError):
        go_on()


def test_limits_hold_after_many_steps_of_one_run_and_of_others_between(pool: SandboxPool) -> None:
    script = pool.script('for i in range(250): fetch(i)\nx = bytearray(10**9)')
    small = ResourceLimits(max_memory=32 * 1024 * 1024)
    state: Any = script.start(limits=small)
    for number in range(249):
        state = state.resume(return_value=None)
        if number % 50 == 0:
            assert pool.run('len(bytearray(10**8))', limits=ResourceLimits(max_memory=256 * 1024 * 1024)) == 10**8

    with pytest.raises(MemoryLimitError):
        state.resume(return_value=None)


@pytest.mark.parametrize(
    ('source', 'error'),
    [
        ("x = 'a' * 10**7\ne = ValueError(x)\ne.__context__ = KeyError(x)\nraise e", MemoryLimitError),
        ('{i * (2**61 - 1) for i in range(3000)}', BoundaryError),
    ],
)
def test_an_answer_that_cannot_be_made_is_no_crash(pool: SandboxPool, source: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        pool.run(source, limits=ResourceLimits(max_memory=48 * 1024 * 1024))


def test_a_crash_ends_one_run_and_the_child_is_replaced() -> None:
    with SandboxPool(2) as own:
        state = stopped(own.start(TWO_FRAMES))
        for child in list(own._children._free):
            os.kill(child.pid, signal.SIGSEGV)
        for _ in range(2):
            with contextlib.suppress(SandboxCrashed):
                own.run('1')

        assert [own.run('1 + 1') for _ in range(4)] == [2, 2, 2, 2]
        assert stopped(state.resume(return_value=1)).args == ('aaa',)


def test_children_that_ended_while_they_had_nothing_to_do_cost_no_run() -> None:
    with SandboxPool(4) as own:
        state = stopped(own.start(TWO_FRAMES))
        pids = [child.pid for child in own._children._free]
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not any(map(is_there, pids)))

        assert stopped(state.resume(return_value=1)).args == ('aaa',)


def test_a_request_that_a_child_never_read_goes_to_another() -> None:
    with SandboxPool(4) as own, ThreadPoolExecutor(1) as threads:
        children = list(own._children._free)
        for child in children:
            # Stopped, so that the request waits in its socket when it ends.
            os.kill(child.pid, signal.SIGSTOP)
        answer = threads.submit(own.run, '1 + 1')
        wait_until(lambda: any(unread_of(child) for child in children))
        for child in children:
            os.kill(child.pid, signal.SIGKILL)

        assert answer.result() == 2


def test_a_pool_whose_children_all_end_says_so_instead_of_trying_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    def send(child: Child, data: bytes) -> None:
        raise messages.Unread('gone')

    with SandboxPool(2) as own:
        monkeypatch.setattr(Child, 'send_bytes', send)

        with pytest.raises(SandboxCrashed, match='every process of the pool ended before it read the request'):
            own.run('1')


def unread_of(child: Child) -> int:
    """Return how many of the bytes that were sent to a child it has not read (SIOCOUTQ)."""
    return int.from_bytes(fcntl.ioctl(child._channel.socket, termios.TIOCOUTQ, bytes(4)), sys.byteorder)


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10.0
    while not is_so():
        assert time.monotonic() < deadline
        os.sched_yield()


@pytest.mark.parametrize('error', [ValueError, TimeoutError, OSError, KeyError])
@pytest.mark.parametrize(
    'source', ['print(1)', 'for i in range(20000): print(1)', 'print(1)\nfetch()', 'print(1)\n1 / 0']
)
def test_an_error_of_the_print_callback_is_the_hosts(pool: SandboxPool, error: type[Exception], source: str) -> None:
    def write(stream: str, text: str) -> None:
        raise error('the file is closed')

    with pytest.raises(error, match='the file is closed') as caught:
        pool.start(source, print_callback=write)

    assert caught.type is error
    assert pool.run('1 + 1') == 2


def test_many_threads_share_the_children(pool: SandboxPool) -> None:
    results: list[int] = []

    def work(number: int) -> None:
        state: Any = pool.start('x = n\nfor i in range(5): x += fetch(i)\nx', inputs={'n': number})
        while isinstance(state, SandboxSnapshot):
            state = state.resume(return_value=1)
        results.append(state.output)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == [number + 5 for number in range(8)]


def test_a_closed_pool_runs_nothing_and_leaves_no_process() -> None:
    own = SandboxPool(1)
    pid = own._children._free[0].pid
    own.close()

    with pytest.raises(SandboxUnavailable, match='the pool is closed'):
        own.run('1')
    # The kernel ends it with its template; nothing is left to wait for.
    wait_until(lambda: not is_there(pid))


def is_there(pid: int) -> bool:
    """Tell whether a process lives; one that has ended and was not waited for does not."""
    try:
        with open(f'/proc/{pid}/stat') as stat:
            return stat.read().rpartition(')')[2].split()[0] != 'Z'
    except OSError:
        return False


@pytest.mark.parametrize('name', sorted(NAMES))
def test_every_module_can_be_imported_where_no_file_can_be_opened(pool: SandboxPool, name: str) -> None:
    assert pool.run(f'import {name}\n1') == 1


def test_several_calls_under_way_are_answered_in_a_child_too(pool: SandboxPool) -> None:
    state: Any = pool.start(
        'import asyncio\nasync def main():\n    return await asyncio.gather(asyncio.sleep(1, "a"), asyncio.sleep(2, "b"))\nasyncio.run(main())'
    )

    assert [(call.function_name, call.args) for call in state.pending] == [
        ('asyncio.sleep', (1,)),
        ('asyncio.sleep', (2,)),
    ]
    first, second = [call.call_id for call in state.pending]
    state = pool.load(state.dump()).resume({second: Returned(None)})  # type: ignore[arg-type,union-attr]
    assert [call.call_id for call in state.pending] == [first]
    with pytest.raises(BoundaryError, match='is not pending'):
        state.resume({second: Returned(None)})
    assert state.resume({first: Returned(None)}).output == ['a', 'b']


# The walls


def behind_walls(act: str) -> str:
    """Return what Python code of a host says behind the walls, in a process of its own."""

    def attack() -> str:
        walls.raise_walls()
        try:
            exec(act, {'os': os, 'socket': socket, 'signal': signal, 'mmap': mmap, 'parent': os.getppid()})
        except OSError as error:
            return f'errno {error.errno}'
        return 'done'

    return in_child(attack, 10.0).split(' ', 1)[1]


@pytest.mark.skipif(walls.platform.machine() not in ('x86_64', 'aarch64'), reason='no filter for this machine')
@pytest.mark.parametrize(
    'act',
    [
        "open('/etc/passwd')", "open('/proc/self/environ')", "open('/tmp/x', 'w')", "os.listdir('/')", "os.stat('/')",
        "os.mkdir('/tmp/x')", "os.unlink('/tmp/x')", 'socket.socket()', 'socket.socketpair()', 'os.fork()', 'os.pipe()',
        "os.execv('/bin/sh', ['sh'])", "os.posix_spawn('/bin/sh', ['sh'], {})", 'os.kill(parent, 9)', 'os.kill(os.getpid(), 9)',
        'os.setuid(0)', 'os.chdir("/")', 'os.dup(0)', 'os.memfd_create("x")', 'os.sched_setaffinity(0, [0])', 'os.getppid()',
        "import resource\nresource.prlimit(parent, resource.RLIMIT_CPU, (0, 0))",
        "mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC)",
    ],
)  # fmt: skip
def test_the_kernel_refuses_what_no_script_needs(act: str) -> None:
    if act == 'os.getppid()':
        # It tells an error as a number.
        act = 'if os.getppid() < 0: raise OSError(1, "")'

    assert behind_walls(act) in ('errno 1', 'errno 13', 'errno 22')


def test_computing_goes_on_behind_the_walls() -> None:
    assert behind_walls('assert sum(range(10)) == 45\nx = bytearray(10 ** 7)\nos.urandom(8)') == 'done'


def test_the_filter_is_a_valid_program() -> None:
    for column, arch in ((0, 0xC000003E), (1, 0xC00000B7)):
        program = walls.filter_program(column, arch)
        instructions = list(struct.iter_unpack('HBBI', program))

        assert len(instructions) < 4096
        for index, (code, yes, no, _) in enumerate(instructions):
            if code & 7 == 5:
                assert index + 1 + max(yes, no) < len(instructions)
        assert instructions[-1] == (6, 0, 0, 0x00050001)


def test_all_walls_are_named(pool: SandboxPool) -> None:
    assert set(pool.walls) == {
        'descriptors', 'environment', 'rlimits', 'parent_death', 'not_dumpable', 'no_new_privs', 'landlock', 'seccomp',
        'one_watcher',
    }  # fmt: skip
    assert pool.walls['descriptors']
    assert pool.walls['environment']


# What a child says


def said(data: bytes) -> list[Any]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(data)
        theirs.close()
        return messages.Channel(ours).receive()


def framed(message: Any) -> bytes:
    body = msgpack.packb(message)
    return struct.pack('>I', len(body)) + body


@pytest.mark.parametrize(
    'data',
    [
        b'', b'\0\0', b'\0\0\0\5ab', b'\xff\xff\xff\xff' + b'a' * 100, framed(1), framed([]), framed([1]), framed({'a': 1}),
        framed('x'), struct.pack('>I', 3) + b'\xdd\xff\xff', struct.pack('>I', 5) + b'\xdd\xff\xff\xff\xff', b'\0\0\0\1\xc1',
        framed(['x', msgpack.ExtType(1, b'x')]), struct.pack('>I', 3000) + b'\x91' * 3000,
    ],
)  # fmt: skip
def test_bytes_that_are_no_message_are_refused(data: bytes) -> None:
    with pytest.raises(messages.Broken):
        said(data)


@pytest.mark.parametrize(
    'part',
    [
        b'x', {}, [], [2], [True], [1, 'a'], [1, 2, 3], [0, [1]], [0, b'x'], [0] * 20, [b''], [b'x'], [b'\x93\xa0\xc0\x90'], ['x'], [b'x', b'y'], {'a': 1},
        [msgpack.packb([['named'], [0], [[1, ['print']]]])],
    ],
)  # fmt: skip
def test_parts_that_are_no_value_are_refused(part: Any) -> None:
    with pytest.raises(messages.Broken):
        messages.unpacked(part)


@pytest.mark.parametrize('value', [(), {}, (1, 'a', None, 0.5, True), {'limit': 3, 'name': 'x'}, (1 << 62,), {'': ''}])
def test_short_tuples_and_dicts_of_plain_values_take_no_heap(value: Any) -> None:
    part = messages.packed(value)

    assert bytes not in map(type, part)
    assert messages.unpacked(part) == value


@pytest.mark.parametrize('value', [(1 << 70,), (b'x',), ([],), tuple(range(9)), {1: 2}, {'a': ()}, [], [1]])
def test_other_values_take_one(value: Any) -> None:
    part = messages.packed(value)

    assert [type(each) for each in part] == [bytes]
    assert messages.unpacked(part) == value


@pytest.mark.parametrize(
    'part',
    [
        None, [], ['Exception', 'x'], ['SystemExit'], ['SnapshotError'], ['SnapshotError', 1], ['TimeLimitError', 'x', 'y', 1],
        ['TimeLimitError', 'x', 1], ['MontyRuntimeError', 1, 2, 3], [1], ['MontySyntaxError', 'a', 'b', 'c', 1, 'd'],
    ],
)  # fmt: skip
def test_parts_that_are_no_error_are_refused(part: Any) -> None:
    with pytest.raises(messages.Broken):
        messages.error_of(part)


GOES_ON = 'x = fetch(1)\nprint(x)\nfetch(x + 1)'


def paused(found: Any) -> SandboxSnapshot:
    assert isinstance(found, SandboxSnapshot)
    return found


def test_a_step_that_was_begun_is_the_one_that_resume_takes(pool: SandboxPool) -> None:
    state, value, printed = paused(pool.start(GOES_ON)), 1000, []

    ahead = state.begin(value)
    assert ahead is not None
    assert ahead.wait(60)
    following = paused(state.resume(return_value=value, print_callback=lambda *piece: printed.append(piece)))

    assert following.args == (1001,)
    assert printed == [('stdout', '1000\n')]
    with pytest.raises(SnapshotError, match='resumed already'):
        state.begin(value)


def test_a_step_that_was_begun_with_another_value_is_dropped(pool: SandboxPool) -> None:
    state = paused(pool.start(GOES_ON))

    state.begin(1000)

    assert paused(state.resume(return_value=7)).args == (8,)


def test_a_state_is_as_it_was_when_a_step_is_dropped(pool: SandboxPool) -> None:
    state = paused(pool.start(GOES_ON))
    data = state.dump()
    ahead = state.begin(1000)
    assert ahead is not None

    ahead.drop()

    assert state.dump() == data
    assert paused(state.resume(return_value=7)).args == (8,)


def test_a_step_of_a_child_that_has_ended_is_taken_by_another() -> None:
    with SandboxPool(2) as pool:
        state, value = paused(pool.start(GOES_ON)), 1000
        os.kill(state._pause.child.pid, signal.SIGSTOP)
        ahead = state.begin(value)
        os.kill(state._pause.child.pid, signal.SIGKILL)

        assert ahead is not None
        assert ahead.wait(60)
        assert paused(state.resume(return_value=value)).args == (1001,)


def test_a_step_that_was_begun_is_bound_by_the_limits_of_its_run(pool: SandboxPool) -> None:
    state = paused(pool.start('fetch(1)\nwhile True: pass', limits=ResourceLimits(max_duration_secs=0.2)))
    value = 1000
    ahead = state.begin(value)
    assert ahead is not None

    assert not ahead.wait(0)
    assert ahead.wait(60)
    with pytest.raises(TimeLimitError):
        state.resume(return_value=value)


def test_a_start_that_was_begun_is_taken_from_there(pool: SandboxPool) -> None:
    script, printed = pool.script('print(x)\nfetch(x + 1)', inputs=['x']), []

    begun = script.begin(inputs={'x': 1})
    assert begun is not None
    assert begun.wait(60)
    state = paused(begun.go_on(lambda *piece: printed.append(piece)))

    assert state.args == (2,)
    assert printed == [('stdout', '1\n')]
    state.resume(return_value=None)


def test_when_no_child_is_free_to_start_a_script_it_stands_in_line_and_one_more_is_made() -> None:
    with SandboxPool(2, ahead=1) as pool:
        script = pool.script('1')
        begun = [script.begin(), script.begin()]
        with pool._children._changed:
            pool._children._changed.wait_for(lambda: pool._children._free, 60)
        begun.append(script.begin())

        assert None not in begun
        first, second, third = [step.process for step in begun if step is not None]
        assert first is second is not third
        assert all(isinstance(step.go_on(None), Complete) for step in begun if step is not None)


def test_another_thread_starts_no_script_in_a_child_that_is_not_its_own() -> None:
    with SandboxPool(1) as pool, ThreadPoolExecutor(1) as thread:
        script = pool.script('1')
        begun = script.begin()

        assert begun is not None
        assert thread.submit(script.begin).result() is None


def test_an_answer_of_the_template_that_comes_too_late_is_not_taken_for_another_one() -> None:
    template = Template()
    child = template.fork()
    os.kill(template._process.pid, signal.SIGSTOP)
    template._control.settimeout(0.05)

    try:
        assert child.kill() == -1
        os.kill(template._process.pid, signal.SIGCONT)
        with pytest.raises(OSError, match='Bad file descriptor'):
            template.fork()
    finally:
        template.close()


def test_a_template_that_did_not_answer_in_time_is_replaced() -> None:
    children = Children(2, 1)
    child, old = children.borrow(None), children._template
    os.kill(old._process.pid, signal.SIGSTOP)
    old._control.settimeout(0.05)

    try:
        assert child.kill() == -1
        children.give_back(child)
        another = children.borrow(None)

        assert another.is_alive
        assert another.pid != child.pid
        assert children._template is not old
    finally:
        children.close()
