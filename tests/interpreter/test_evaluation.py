"""Code that a script makes of text: what it costs, what it leaves behind, and what it is in a snapshot."""

from __future__ import annotations

import pytest

from monty_flow import Complete, Monty, PauseRefused, Session, Snapshot, load
from monty_flow.interpreter.errors import MemoryLimitError, MontyRuntimeError, SnapshotError
from monty_flow.interpreter.limits import ResourceLimits
from monty_flow.interpreter.runtime.evaluation import make_code
from monty_flow.interpreter.runtime.run import Run

MANY_FUNCTIONS = "exec('\\n'.join(f'def f{i}(): return {i}' for i in range(200)))\n"


def last_error(source: str, **limits: float) -> str:
    with pytest.raises(MontyRuntimeError) as caught:
        Monty(source, external_functions=()).run(limits=ResourceLimits(**limits))  # type: ignore[arg-type]
    return f'{caught.value.exception_type}: {caught.value.message}'


def test_code_that_leaves_no_function_behind_is_let_go_of() -> None:
    run_of: list[Run] = []
    source = "for i in range(50): eval(f'{i} + 1')\nfor i in range(50):\n    try: exec(f'x = {i} / 0')\n    except ZeroDivisionError: pass\nstop()"

    state = Monty(source).start()
    assert isinstance(state, Snapshot)
    run_of.append(state._run)

    assert run_of[0].pieces == {}
    assert run_of[0].piece_bytes == 0


def test_code_whose_functions_live_counts_as_memory() -> None:
    source = "kept = []\nwhile True: kept.append(eval(f'lambda: {len(kept)}'))"

    with pytest.raises(MemoryLimitError):
        Monty(source).run(limits=ResourceLimits(max_memory=2 * 1024 * 1024, max_duration_secs=60))


def test_making_code_takes_steps_even_where_it_was_made_before() -> None:
    source = "for i in range(10): eval('1')"
    used = []
    for _ in range(2):
        state = Monty(source + '\nstop()').start(limits=ResourceLimits(max_steps=1_000_000))
        assert isinstance(state, Snapshot)
        used.append(state._run.steps_used)

    assert used[0] == used[1] > 30_000


def test_a_piece_has_a_size_that_compiling_it_takes_no_second() -> None:
    assert 'max_source_bytes=65536' in last_error("exec('x = 1\\n' * 20_000)")
    assert 'max_source_bytes=10000' in last_error("exec('x = 1\\n' * 2_000)", max_source_bytes=10_000)


@pytest.mark.parametrize('depth', [50, 1_000])
def test_nested_evaluation_is_as_deep_as_any_recursion(depth: int) -> None:
    source = "def f(n): return 0 if n == 0 else eval('f(n - 1)') + 1\nf(10_000)"

    assert 'RecursionError' in last_error(source, max_recursion_depth=depth)


def test_a_pause_in_a_piece_goes_on_in_another_process() -> None:
    source = """
kept = {}
exec('def f(x):\\n    return (fetch(x), x)\\ng = (f(i) for i in range(3))', kept)
first = next(kept['g'])
[first, list(kept['g']), kept['f']('end'), eval('fetch(1) + fetch(2)')]
"""
    state = Monty(source, external_functions=['fetch']).start()
    answers = 0
    while not isinstance(state, Complete):
        assert isinstance(state, Snapshot)
        answers += 1
        state = load(state.dump()).resume(return_value=answers)

    assert state.output == [(1, 0), [(2, 1), (3, 2)], (4, 'end'), 11]


def test_where_a_function_of_a_piece_cannot_be_stopped_the_pause_is_refused() -> None:
    source = "kept = {}\nexec('class A:\\n    def __hash__(self): return fetch()', kept)\n{kept['A']()}"

    with pytest.raises(PauseRefused, match='__hash__'):
        Monty(source, external_functions=['fetch']).start()


def test_what_calls_a_builtin_that_code_has_rebound_cannot_lose_a_pause() -> None:
    source = "exec('fetch2 = sorted')\nfetch2([2, 1], key=lambda x: fetch(x))"

    state = Monty(source, external_functions=['fetch', 'fetch2']).start()
    while not isinstance(state, Complete):
        assert isinstance(state, Snapshot)
        state = load(state.dump()).resume(return_value=state.args[0])

    assert state.output == [1, 2]


def test_names_with_two_underscores_and_builtins_of_code_live_through_a_pause() -> None:
    source = "__version__ = 3\nexec('id = 5\\n__all__ = [1]')\nstop()\n[__version__, eval('id'), __all__, callable(id)]"

    state = Monty(source, external_functions=['stop']).start()
    assert isinstance(state, Snapshot)
    end = load(state.dump()).resume(return_value=None)

    assert isinstance(end, Complete)
    assert end.output == [3, 5, [1], True]


def test_a_session_evaluates_with_the_names_of_all_feeds() -> None:
    session = Session()
    session.feed('x = 20')
    session.feed("exec('def double(n): return 2 * n')")

    assert session.feed("eval('double(x)') + double(1)") == 42
    assert Session.load(session.dump()).feed("double(eval('x'))") == 40


def test_bytes_that_name_a_builtin_as_a_variable_are_refused() -> None:
    # The compiler took `except ValueError` for the built-in; a variable of that name would be another exception.
    state = Monty("value = 1\nstop()\ntry: int('x')\nexcept ValueError: pass").start()
    assert isinstance(state, Snapshot)
    state._run.globals['ValueError'] = BaseException
    data = state.dump()

    with pytest.raises(SnapshotError, match='a name that the script cannot bind'):
        load(data)


def test_a_piece_in_a_snapshot_is_compiled_as_strictly_as_in_the_script() -> None:
    state = Monty("code = compile('1', '', 'eval')\nstop()\ncode").start()
    assert isinstance(state, Snapshot)
    (held,) = (state._run.pieces or {}).values()
    object.__setattr__(held.code, '_source', '().__class__.__subclasses__')
    data = state.dump()

    with pytest.raises(SnapshotError, match='__subclasses__'):
        load(data)


def test_the_same_text_in_two_runs_shares_code_and_no_names() -> None:
    source = "exec('def f():\\n    global n\\n    n += 1\\n    return n')\n[f(), f()]"

    outputs = [Monty(f'n = {start}\n{source}').run() for start in (0, 10)]

    assert outputs == [[1, 2], [11, 12]]


def test_an_error_in_a_piece_is_an_error_of_the_script() -> None:
    assert last_error("eval('1 +')") == 'SyntaxError: invalid syntax (<string>, line 1)'
    assert last_error("exec('  x = 1\\n y = 2')").startswith('IndentationError: ')
    assert last_error("eval('missing')") == "NameError: name 'missing' is not defined"
    assert "the built-in 'help' is refused" in last_error("eval('help()')")
    assert last_error('eval(1)') == 'TypeError: eval() arg 1 must be a string, bytes or code object'


def test_code_is_made_for_a_run_alone() -> None:
    state = Monty('stop()').start()
    assert isinstance(state, Snapshot)
    run = state._run
    run.active = True

    held = make_code(run, 'lambda: 1', 'eval', stays=False)

    assert held.stays
    assert repr(held.code) == '<code object <module>, file "<string>", line 1>'


def test_the_examples_of_a_script_are_run_by_testmod() -> None:
    source = """
import doctest

def good(n):
    '''
    >>> good(2)
    4
    '''
    return 2 * fetch(n)

class Box:
    @property
    def side(self):
        '''
        >>> Box().side
        5
        '''
        return 4

found = doctest.testmod()
(found.failed, found.attempted)
"""
    printed: list[str] = []
    state = Monty(source, external_functions=['fetch']).start(print_callback=lambda stream, text: printed.append(text))
    while not isinstance(state, Complete):
        assert isinstance(state, Snapshot)
        state = load(state.dump(), print_callback=lambda stream, text: printed.append(text)).resume(return_value=2)

    assert state.output == (1, 2)
    assert ''.join(printed).splitlines()[1:] == [
        'Line 2, in __main__.Box.side', 'Failed example:', '    Box().side', 'Expected:', '    5', 'Got:', '    4', '*' * 70,
        '1 items had failures:', '   1 of   1 in __main__.Box.side', '***Test Failed*** 1 failures.',
    ]  # fmt: skip


def test_testmod_takes_wrapped_functions_and_no_part_of_the_library() -> None:
    source = """
import doctest
from collections import Counter, deque
from contextlib import contextmanager
from functools import cache
from statistics import mean

@cache
def twice(n):
    '''
    >>> twice(2)
    4
    '''
    return 2 * n

@contextmanager
def opened():
    '''
    >>> with opened() as it:
    ...     print(it)
    5
    '''
    yield 5

class Box:
    @cache
    def held(self):
        '''
        >>> 1
        1
        '''

doctest.testmod() == (0, 3)
"""

    assert Monty(source).run() is True


def test_main_of_unittest_ends_the_script_with_its_verdict() -> None:
    source = (
        'import unittest\nclass T(unittest.TestCase):\n    def test_it(self): self.assertEqual(1, {})\nunittest.main()'
    )
    shown: list[str] = []
    for value, code in ((1, 'False'), (2, 'True')):
        with pytest.raises(MontyRuntimeError) as caught:
            Monty(source.format(value)).run(print_callback=lambda stream, text: shown.append(text))
        assert (caught.value.exception_type, caught.value.message) == ('SystemExit', code)

    text = ''.join(shown)
    assert 'Ran 1 test in ' in text
    assert 'FAILED (failures=1)' in text


@pytest.mark.parametrize('declared', [None, ['fetch']])
def test_text_calls_the_functions_that_the_run_was_given(declared: list[str] | None) -> None:
    monty = Monty("eval('fetch(2)')", external_functions=declared)

    assert monty.run(external_functions={'fetch': lambda x: x + 1}) == 3


def test_text_has_no_function_that_the_run_was_not_given() -> None:
    for names, given in ((['fetch'], None), (['other'], {'fetch': abs})):
        with pytest.raises(MontyRuntimeError, match="NameError: name 'fetch' is not defined"):
            Monty("exec('fetch(2)')", external_functions=names).run(external_functions=given)
