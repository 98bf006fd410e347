"""What the host is told by texts and names that a script has made: whatever they are, no method of the script runs in host code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from monty_flow import Monty, Session
from monty_flow.interpreter.boundary import ScriptObject
from monty_flow.interpreter.errors import LimitReached, MontyError, MontyRuntimeError, TimeLimitError
from monty_flow.interpreter.limits import ResourceLimits
from monty_flow.interpreter.stopped import FutureSnapshot, Snapshot
from tests.interpreter.attacking import in_child

SHORT = ResourceLimits(max_duration_secs=0.2)
#: A text whose every method tells that it ran.
TEXT = """
class Text(str):
    def __str__(self): raise SystemExit('str ran')
    def __repr__(self): raise SystemExit('repr ran')
    def __format__(self, spec): raise SystemExit('format ran')
    def __eq__(self, other): raise SystemExit('eq ran')
    __hash__ = str.__hash__
"""
#: What an exception may raise while its text is asked for.
RAISED = ['SystemExit', 'KeyboardInterrupt', 'GeneratorExit', "BaseException('x')", 'StopIteration', 'MemoryError']


def by_run(source: str, limits: ResourceLimits | None = None) -> Any:
    return Monty(source).run(limits=limits)


def by_start(source: str, limits: ResourceLimits | None = None) -> Any:
    return Monty(source).start(limits=limits)


def by_feed(source: str, limits: ResourceLimits | None = None) -> Any:
    return Session(limits=limits).feed(source)


EVERY_WAY = pytest.mark.parametrize('way', [by_run, by_start, by_feed])


@EVERY_WAY
@pytest.mark.parametrize('raised', RAISED)
@pytest.mark.parametrize('method', ['__str__(self)', '__repr__(self)', '__getattr__(self, name)'])
def test_what_the_methods_of_an_exception_raise_does_not_reach_the_host(
    way: Callable[..., Any], raised: str, method: str
) -> None:
    source = f'class E(Exception):\n    def {method}: raise {raised}\nraise E("told", 1)'

    with pytest.raises(MontyRuntimeError) as caught:
        way(source)

    assert caught.value.exception_type == 'E'
    assert caught.value.message in ('<text not available>', "('told', 1)")


@EVERY_WAY
@pytest.mark.parametrize(('method', 'error'), [('__str__(self)', 'E()'), ('__repr__(self)', 'KeyError(E())')])
def test_a_limit_that_the_text_of_an_exception_goes_over_ends_the_run(
    way: Callable[..., Any], method: str, error: str
) -> None:
    source = f'class E(Exception):\n    def {method}:\n        while True: pass\nraise {error}'

    with pytest.raises(TimeLimitError):
        way(source, SHORT)


@EVERY_WAY
@pytest.mark.parametrize('entries', ['5', '[(1, 2, 3)]', "[('a', 'b')]", '[(X(), 1)]', '{}', 'X()'])
@pytest.mark.parametrize('name', ['$traceback', '__notes__'])
def test_attributes_of_an_exception_that_mean_something_to_us_may_hold_anything(
    way: Callable[..., Any], name: str, entries: str
) -> None:
    source = (
        'class X(list):\n    def __iter__(self): raise SystemExit\n    def __format__(self, spec): raise SystemExit\n'
        f'e = ValueError("told")\ne.__dict__[{name!r}] = {entries}\nraise e'
    )

    with pytest.raises(MontyRuntimeError) as caught:
        way(source)

    assert caught.value.traceback.endswith('\n    raise e\nValueError: told')


@pytest.mark.parametrize('entries', ['5', '[(1, 2, 3)]', "[('a', 'b')]"])
def test_a_state_with_such_an_exception_is_dumped(entries: str) -> None:
    source = f"e = ValueError()\ne.__dict__['$traceback'] = {entries}\nask()\nraise e"

    assert Monty(source).start().dump()


def test_the_text_of_an_exception_is_asked_for_once() -> None:
    printed: list[str] = []
    source = 'class E(Exception):\n    def __str__(self):\n        print("asked")\n        return "told"\nraise E'

    with pytest.raises(MontyRuntimeError, match='told'):
        Monty(source).run(print_callback=lambda stream, text: printed.append(text))

    assert printed == ['asked\n']


def test_a_limit_that_a_generator_went_over_when_it_was_thrown_away_ends_the_run() -> None:
    source = 'def g():\n    try: yield\n    finally:\n        while True: pass\nnext(g())\n5'

    def attack() -> str:
        with pytest.raises(TimeLimitError):
            Monty(source).run(limits=SHORT)
        return 'limited'

    assert in_child(attack, 30.0).endswith('limited')


@pytest.mark.parametrize(
    'call', ['call(**{Text("a"): 1})', 'd = {}\nd[Text("a")] = 1\ncall(**d)', 'call(**{Text("a"): Text("b")})']
)
def test_names_of_keyword_arguments_reach_the_host_as_exact_texts(call: str) -> None:
    seen: list[Any] = []

    def note(**kwargs: Any) -> None:
        seen.extend(kwargs)

    Monty(TEXT + call).run(external_functions={'call': note})
    stopped = Monty(TEXT + call).start()
    assert isinstance(stopped, Snapshot)
    seen.extend(stopped.kwargs)

    assert [type(name) for name in seen] == [str, str]
    assert set(seen) == {'a'}


def test_names_of_keyword_arguments_of_pending_calls_are_exact_texts() -> None:
    source = (
        'import asyncio\nclass Text(str): pass\nasync def main():\n'
        '    await asyncio.gather(call(**{Text("a"): 1}), call(1))\nasyncio.run(main())'
    )

    stopped = Monty(source, external_functions=['call']).start()

    assert isinstance(stopped, FutureSnapshot)
    assert [type(name) for name in stopped.pending[0].kwargs] == [str]


def test_a_keyword_may_have_the_name_of_a_parameter_of_ours() -> None:
    source = "call(**{'self': 1})"

    assert Monty(source).run(external_functions={'call': lambda **kwargs: list(kwargs)}) == ['self']
    stopped = Monty(source).start()
    assert isinstance(stopped, Snapshot)
    assert stopped.kwargs == {'self': 1}


def test_a_function_under_a_name_of_the_scripts_own_class_is_described_by_its_text() -> None:
    source = TEXT + "def f(): pass\nf.__name__ = Text('x')\nf.__qualname__ = Text('y')\nf"

    assert Monty(source).run() == ScriptObject('function', '<function x>')


@pytest.mark.parametrize(
    'body',
    [
        'class set:\n    pass\nset.__iter__ = staticmethod(itertools.count)\nset.__len__ = staticmethod(int)\nx = set()',
        'class list:\n    def __len__(self): return 1\n    def __iter__(self): return itertools.count()\nx = list()',
        'class array(collections.deque):\n    typecode = 3\nx = array([1])',
    ],
)
def test_variables_are_shown_by_what_they_are_and_not_by_the_name_of_their_class(body: str) -> None:
    stopped = Monty(f'import collections, itertools\n{body}\nask()').start()
    assert isinstance(stopped, Snapshot)

    shown = stopped.frames[-1].variables['x']

    assert shown.startswith(('<', 'array([1])'))


def test_the_private_exception_of_limits_is_no_error_of_the_front_door() -> None:
    assert not issubclass(LimitReached, MontyError)
    assert not issubclass(LimitReached, Exception)


def test_notes_and_messages_of_a_chain_are_shown_up_to_a_megabyte() -> None:
    source = "e = ValueError('last')\ne.__cause__ = KeyError('b' * 10**6)\ne.__notes__ = ['a' * 10**6] * 1000\nraise e"

    with pytest.raises(MontyRuntimeError) as caught:
        Monty(source).run()

    assert len(caught.value.traceback) < 1_100_000
    assert caught.value.traceback.endswith('\n[998 more notes]')
    assert '[951425 more characters]' in caught.value.traceback


def test_a_long_line_is_shown_once_in_part() -> None:
    with pytest.raises(MontyRuntimeError) as caught:
        Monty(f"def f(n): return 1 / 0 if n == 0 else f(n - 1) or '{'a' * 100_000}'\nf(90)").run()

    assert len(caught.value.traceback) < 100 * 2_200
