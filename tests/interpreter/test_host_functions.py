"""Host functions of a script belong to the run that was given them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import pytest

from monty_flow import Monty, Snapshot
from monty_flow.interpreter.errors import MemoryLimitError, TimeLimitError
from monty_flow.interpreter.limits import ResourceLimits
from monty_flow.interpreter.machine import answered


class Alike:
    """A function that claims to be equal to any other."""

    def __init__(self, answer: int) -> None:
        self.answer = answer

    def __call__(self) -> int:
        return self.answer

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


def test_each_run_calls_the_function_that_it_was_given_even_one_equal_to_the_last() -> None:
    script = Monty('fetch()')

    answers = [script.run(external_functions={'fetch': Alike(number)}) for number in range(3)]

    assert answers == [0, 1, 2]


def test_runs_in_several_threads_do_not_mix_their_functions() -> None:
    script = Monty('fetch()')

    def runs(number: int) -> set[int]:
        function: Callable[[], int] = lambda: number  # noqa: E731
        return {script.run(external_functions={'fetch': function}) for _ in range(2000)}

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(runs, range(4)))

    assert found == [{0}, {1}, {2}, {3}]


@pytest.mark.parametrize('call', ['sorted([2, -1], key=fetch)', 'max([2, -1], key=fetch)', 'list(map(fetch, [2, -1]))'])
def test_a_line_that_hands_a_function_of_the_host_to_a_built_in_runs(call: str) -> None:
    """It is no straight line: the built-in is written in the script language then, and takes steps."""
    assert Monty(call).run(external_functions={'fetch': abs}) == eval(call, {'fetch': abs})


def test_a_script_that_catches_what_stops_the_host_is_watched_again() -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    source = 'try: f()\nexcept BaseException: pass\na = list(range(10**6))\nb = list(range(10**6))\n' + 'a == b\n' * 400

    with pytest.raises(TimeLimitError):
        Monty(source).run(external_functions={'f': interrupted}, limits=ResourceLimits(max_duration_secs=0.2))


@pytest.mark.parametrize('power', ['x ** 10**7', '3 ** (x * 3 * 10**7)', 'pow(x, -10**7)', 'y = x\ny **= 10**7'])
def test_a_power_of_a_fraction_of_the_host_is_judged(power: str) -> None:
    with pytest.raises(MemoryLimitError) as caught:
        Monty(power, inputs=['x']).run(inputs={'x': Fraction(1, 3)})

    assert caught.value.limit == 'max_int_bits'
    assert Monty('x ** 2, 2.0 ** x, x ** -2, x ** 0.5', inputs=['x']).run(inputs={'x': Fraction(1, 3)}) == (
        Fraction(1, 9), 2.0 ** (1 / 3), Fraction(9), (1 / 3) ** 0.5,
    )  # fmt: skip


def test_a_script_whose_calls_are_answered_at_once_is_run_without_room_to_stop() -> None:
    source = 'def twice(f, x):\n    return f(f(x))\ntwice(lambda x: add(x, 1), 3)'
    script = Monty(source, external_functions=['add'])

    output = script.run(external_functions={'add': lambda a, b: a + b})
    state = script.start()

    assert output == 5
    assert isinstance(state, Snapshot)
    assert (script._program.calls_back, answered(script._program).can_stop) == (True, False)


@pytest.mark.parametrize(
    'source',
    [
        'def f(g):\n    return g()\nasync def main():\n    return await h()\nf(main)',
        "def f(g):\n    return g()\nx = h\neval('f(x)')",
        'import asyncio\ndef f(g):\n    return g()\nf(h)',
    ],
    ids=['awaits', 'text', 'asyncio'],
)
def test_a_script_that_waits_or_makes_code_of_text_keeps_room_to_stop(source: str) -> None:
    program = Monty(source, external_functions=['h'])._program

    assert answered(program) is program
