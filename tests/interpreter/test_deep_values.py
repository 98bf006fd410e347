"""Values that CPython's C code recurses on: deeper than the usual stack, and no run ends the process."""

from __future__ import annotations

import resource
import subprocess
import sys
import threading

import pytest

from monty_flow import Monty
from monty_flow.interpreter.errors import BoundaryError, MontyRuntimeError
from monty_flow.interpreter.limits import ResourceLimits
from monty_flow.interpreter.runtime import stack
from tests.interpreter.attacking import end_of, in_child

LIMITS = ResourceLimits(max_duration_secs=20.0, max_memory=256 * 1024 * 1024)
DEEP = 'x = ()\nfor i in range(400000): x = (x,)\n'


@pytest.mark.parametrize(
    'use',
    ['{x}; None', 'y = {}; y[x] = 1; None', '{x: 1}; None', 'x in {1}', '{1}.add(x)', '{}.get(x)', '{1, *[x]}; None'],
)
def test_hashing_a_deep_tuple_does_not_overflow_the_stack(use: str) -> None:
    text = in_child(lambda: end_of(DEEP + use, LIMITS).kind, 120.0)

    assert text.split(' ', 1)[1] == 'ended'


def test_a_thread_with_as_large_a_stack_holds_the_same() -> None:
    def attack() -> str:
        kinds: list[str] = []
        threading.stack_size(stack.STACK_BYTES)
        thread = threading.Thread(target=lambda: kinds.append(end_of(DEEP + '{x: 1}; None', LIMITS).kind))
        thread.start()
        thread.join()
        return kinds[0]

    assert in_child(attack, 120.0).split(' ', 1)[1] == 'ended'


def test_the_stack_is_wide_while_scripts_run_and_then_as_the_host_has_set_it() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_STACK)

    def limits() -> str:
        stack.narrow()
        resource.setrlimit(resource.RLIMIT_STACK, (8 << 20, hard))
        seen = []
        Monty('for i in range(3): note()').run(
            external_functions={'note': lambda: seen.append(resource.getrlimit(resource.RLIMIT_STACK)[0])}
        )
        slept = threading.Event()
        for _ in range(1000):
            if resource.getrlimit(resource.RLIMIT_STACK)[0] == 8 << 20:
                break
            slept.wait(0.01)
        return f'{seen == [stack.STACK_BYTES] * 3} {resource.getrlimit(resource.RLIMIT_STACK)[0] == 8 << 20}'

    assert in_child(limits, 60.0).split(' ', 1)[1] == 'True True'


@pytest.mark.parametrize('source', ['[[] for _ in range(600000)]', 'x = {}\nfor i in range(300000): x = {1: x}\nx'])
def test_the_copy_of_a_result_counts_as_memory_of_the_run(source: str) -> None:
    limits = ResourceLimits(max_duration_secs=30.0, max_memory=64 * 1024 * 1024)

    text = in_child(lambda: end_of(source, limits).text, 120.0)

    assert 'max_memory' in text


def test_what_the_host_cannot_get_is_told_as_such() -> None:
    with pytest.raises(BoundaryError, match='cannot be told apart outside the script'):
        Monty('class C: pass\nfor i in [1]: pass\n{C(): 1, C(): 2}').run()


_KEEPS = """
class A:
    def __getitem__(self, key): return key if type(key) is slice else key[0]
    def __setitem__(self, key, value): self.key = key
    def __delitem__(self, key): self.key = key
a = A()
x = 1
for i in range(levels):
"""


@pytest.mark.parametrize(
    'made',
    [
        'x = slice(x)', 'x = slice(1, x)', 'x = [slice][0](None, None, x)', 'x = a[x:1]', 'x = a[x:]', 'x = a[:x]', 'x = a[::x]', 'x = a[x:1, 1]',
        'a[x:1] = 1; x = a.key', 'del a[x:]; x = a.key', 'a[x:i] = 1; x = a.key',
    ],
)  # fmt: skip
def test_slices_are_not_nested_deeper_than_the_stack_of_c_takes_them_apart(made: str) -> None:
    source = f'{_KEEPS}    {made}\nrepr(x).count("slice")'

    assert Monty(f'levels = 90{source}').run() == 90
    with pytest.raises(MontyRuntimeError, match='RecursionError: slices are nested too deeply'):
        Monty(f'levels = 102{source}').run()


RECURSING = """
import threading

from monty_flow import Monty, ResourceLimits

SCRIPT = '''
def f(n):
    return sorted([n], key=lambda x: f(n + 1) if n < 9000 else 0)

try:
    f(0)
except RecursionError:
    r = "deep"
r
'''


def run():
    print(Monty(SCRIPT).run(limits=ResourceLimits(max_recursion_depth=10_000)))


thread = threading.Thread(target=run)
thread.start()
thread.join()
"""


def test_a_depth_that_a_threads_stack_does_not_hold_is_a_recursion_error() -> None:
    # In a process of its own: the bound of calls is one for all threads, and never lowered.
    ended = subprocess.run([sys.executable, '-c', RECURSING], capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, 'deep\n', '')
