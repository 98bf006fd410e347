"""Memory that has run out ends a run; a `MemoryError` that a script or a host function raises is an exception as any other."""

from __future__ import annotations

import pytest

from monty_flow import Monty, load
from monty_flow.interpreter.errors import MemoryLimitError, MontyRuntimeError
from monty_flow.interpreter.limits import ResourceLimits
from monty_flow.interpreter.pool import SandboxPool

UNBOUND = ResourceLimits(max_memory=None)
#: What no address space holds, and CPython tries to make all the same; with no limit of ours it is CPython that says so.
TOO_LARGE = '[0] * 2 ** 59'

HIDING = [
    'try: {}\nexcept Exception: print("escaped")',
    'try: {}\nexcept MemoryError: print("escaped")',
    'try: {}\nexcept (KeyError, MemoryError): print("escaped")',
    'try: {}\nexcept: print("escaped")',
    'try: {}\nexcept BaseException: print("escaped")',
    'kinds = Exception\ntry: {}\nexcept kinds: print("escaped")',
    'try: {}\nexcept* Exception: print("escaped")',
    'try: {}\nfinally: print("escaped")',
    'while True:\n    try: {}\n    finally: break\nprint("escaped")',
    'def f():\n    try: return {}\n    finally: return print("escaped")\nf()',
    'import contextlib\nwith contextlib.suppress(Exception): {}\nprint("escaped")',
    'class M:\n    def __enter__(self): return self\n    def __exit__(self, *a): return True\nwith M(): {}\nprint("escaped")',
    'def g():\n    try: yield {}\n    except Exception: print("escaped")\nlist(g())',
    'def g():\n    try: yield\n    except Exception: print("escaped")\ni = g()\nnext(i)\ni.throw(({})[0])',
    'import asyncio\nasync def f(): return {}\nasync def main(): print(await asyncio.gather(f(), return_exceptions=True), "escaped")\nasyncio.run(main())',
    'class D:\n    def __set_name__(self, owner, name): {}\ntry:\n    class C: d = D()\nexcept Exception: print("escaped")',
    'import enum\nclass E(enum.Enum):\n    A = 1\n    @classmethod\n    def _missing_(cls, value): {}\ntry: E(2)\nexcept Exception: print("escaped")',
    'class C:\n    def __getattr__(self, name): {}\ntry: hasattr(C(), "x")\nexcept Exception: print("escaped")',
    'class C:\n    def __lt__(self, o): {}\ntry: sorted([C(), C()])\nexcept Exception: print("escaped")',
]


@pytest.mark.parametrize('source', HIDING, ids=range(len(HIDING)))
def test_no_handler_of_a_script_sees_that_memory_has_run_out(source: str) -> None:
    printed: list[str] = []

    with pytest.raises(MemoryLimitError):
        Monty(source.format(TOO_LARGE)).run(limits=UNBOUND, print_callback=lambda stream, text: printed.append(text))

    assert printed == []


def test_the_error_names_the_line_and_that_no_limit_was_set() -> None:
    with pytest.raises(MemoryLimitError) as caught:
        Monty(f'x = 1\nfor i in range(2):\n    {TOO_LARGE}').run(limits=UNBOUND)

    assert (caught.value.limit, caught.value.line) == ('max_memory', 3)


def test_a_script_raises_and_catches_a_memory_error_of_its_own() -> None:
    source = """
class Full(MemoryError): pass
seen = []
for kind in (MemoryError, Full):
    try: raise kind('mine')
    except MemoryError as e: seen.append((repr(e), isinstance(e, Exception), type(e) is kind))
(seen, MemoryError, MemoryError.__mro__[1:3] == (Exception, BaseException), MemoryError.__doc__)
"""
    seen, _, has_bases, doc = Monty(source).run()

    assert seen == [("MemoryError('mine')", True, True), ("Full('mine')", True, True)]
    assert has_bases
    assert doc == MemoryError.__doc__


def test_it_goes_out_and_in_as_that_of_python() -> None:
    def fail() -> None:
        raise MemoryError('of the host')

    result = Monty('try: fail()\nexcept MemoryError as e: x = e\nx').run(external_functions={'fail': fail})
    with pytest.raises(MontyRuntimeError) as caught:
        Monty('raise MemoryError("mine")').run()

    assert type(result) is MemoryError
    assert result.args == ('of the host',)
    assert (caught.value.exception_type, caught.value.message) == ('MemoryError', 'mine')


def test_it_lives_through_a_snapshot() -> None:
    state = Monty('try: raise MemoryError("mine")\nexcept Exception as e: x = e\nf()\ntype(x) is MemoryError').start()

    end = load(state.dump()).resume(return_value=None)

    assert end.output is True


def test_in_a_pool_too_and_one_of_the_script_is_no_limit() -> None:
    printed: list[str] = []
    with SandboxPool(1) as pool:
        for source in HIDING[:8]:
            with pytest.raises(MemoryLimitError):
                pool.run(
                    source.format(TOO_LARGE), limits=UNBOUND, print_callback=lambda stream, text: printed.append(text)
                )
        with pytest.raises(MontyRuntimeError, match='mine'):
            pool.run('raise MemoryError("mine")')
        result = pool.run('MemoryError("mine")')

    assert printed == []
    assert type(result) is MemoryError


def test_an_allocation_that_the_kernel_refuses_ends_the_run_in_a_pool() -> None:
    """A bound on the addresses of the process is met where no guard judged: the copies that sets make."""
    source = 'a = set(range(500000))\ntry:\n    k = [a | {-i} for i in range(100)]\nexcept Exception: print("escaped")\nexcept BaseException: print("escaped")'
    printed: list[str] = []

    with SandboxPool(1) as pool, pytest.raises(MemoryLimitError):
        pool.run(
            source,
            limits=ResourceLimits(max_memory=64 << 20),
            print_callback=lambda stream, text: printed.append(text),
        )

    assert printed == []
