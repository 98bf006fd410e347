"""What fails in a generator that nothing holds any more is not told to the host's stderr."""

from __future__ import annotations

import gc
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from monty_flow import Monty, load
from monty_flow.interpreter.runtime.async_generators import AsyncGenerator
from monty_flow.interpreter.runtime.unraisable import quietened
from monty_flow.interpreter.runtime.watch import Stopped

SOURCE = """
def numbers():
    try:
        yield 1
    finally:
        1 / 0

held = numbers()
next(held)
"""


def test_a_generator_that_fails_when_it_is_collected_prints_nothing() -> None:
    program = f'from monty_flow import Monty\nMonty({SOURCE!r}).run()\nimport gc\ngc.collect()'

    done = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True, check=True)

    assert (done.stdout, done.stderr) == ('', '')


def test_the_hook_of_the_host_is_told_all_else(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr(sys, 'unraisablehook', quietened(lambda unraisable: told.append(type(unraisable.object))))

    def of_the_host() -> Any:
        try:
            yield 1
        finally:
            raise ValueError('lost')

    held = of_the_host()
    next(held)
    del held
    Monty(SOURCE).run()
    gc.collect()
    sys.unraisablehook(SimpleNamespace(object=None, exc_type=ValueError))  # type: ignore[arg-type]

    assert told == [type(of_the_host()), type(None)]


def test_the_end_of_a_run_that_is_dropped_in_a_finalizer_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr(sys, 'unraisablehook', quietened(lambda unraisable: told.append(unraisable.exc_type)))

    class Finalized:
        def __del__(self) -> None:
            raise Stopped

    Finalized()
    gc.collect()

    assert told == []


def test_an_asynchronous_generator_that_a_limit_has_kept_from_being_made_tells_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[Any] = []
    monkeypatch.setattr(sys, 'unraisablehook', told.append)

    made = AsyncGenerator.__new__(AsyncGenerator)
    del made

    assert told == []


#: What goes over an `OrderedDict`; CPython 3.13 tells the hook of errors of its keys, earlier ones drop them.
GOING_OVER = ['list(items.items())', 'a, b = items.items()', 'items.items() | {1}', 'list(items.values())']


@pytest.mark.parametrize('method', ['__hash__(self)', '__eq__(self, other)'])
def test_an_error_of_a_script_that_cpython_drops_prints_nothing(method: str) -> None:
    result = 'return 1' if 'hash' in method else 'return self is other\n    def __hash__(self): return 1'
    tries = ''.join(f'for left in range(1, 9):\n    try: {use}\n    except Exception: pass\n' for use in GOING_OVER)
    source = (
        'import collections\nleft = 0\n'
        f'class Key:\n    def {method}:\n        global left\n        left -= 1\n        if not left: 1 / 0\n        {result}\n'
        f'items = collections.OrderedDict((Key(), n) for n in range(2))\n{tries}'
    )
    program = f'from monty_flow import Monty\nMonty({source!r}).run()'

    done = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True, check=True)

    assert (done.stdout, done.stderr) == ('', '')


#: What CPython warns of: in the code, while it runs, in a pattern, in code made of text.
WARNED = [
    'x = 1\nx is 1',
    "assert (1, 'x')",
    'bool(NotImplemented)',
    'for i in range(3): bool(NotImplemented)',
    'class C:\n    def __index__(self): return True\n[0, 1][C()]',
    "import re\nre.compile('[[a]')",
    "exec('1 is 1')",
    "import datetime\ndatetime.datetime.strptime('1 2', '%d %m')",
    'def g():\n    yield\nx = g()\nnext(x)\ntry: x.throw(ValueError, ValueError(1), None)\nexcept ValueError: pass',
]


@pytest.mark.parametrize('source', WARNED)
def test_warnings_for_a_script_are_not_told_to_the_host(source: str) -> None:
    program = f'from monty_flow import Monty\nMonty({source!r}).run()'

    done = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True, check=True)

    assert (done.stdout, done.stderr) == ('', '')


def test_warnings_of_the_host_are_told_as_ever() -> None:
    program = "from monty_flow import Monty\nMonty('1').run()\nimport warnings\nwarnings.warn('told')"

    done = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True, check=True)

    assert 'UserWarning: told' in done.stderr


def test_a_script_does_not_see_what_was_warned_of() -> None:
    source = "bool(NotImplemented)\nexec('bool(NotImplemented)')\n'__warningregistry__' in globals(), '__warningregistry__' in dir()"

    assert Monty(source).run() == (False, False)


def test_what_was_warned_of_is_not_stored() -> None:
    state = Monty('bool(NotImplemented)\nfetch()\nbool(NotImplemented)\nsorted(globals())').start()

    again = load(state.dump())  # type: ignore[union-attr]

    assert again.resume(return_value=None).output == ['__doc__', '__file__', '__name__']  # type: ignore[union-attr]
