"""What a step prints, and compiled scripts."""

from __future__ import annotations

import threading

import pytest

from monty_flow.engine.interpreting import Prints, Programs, decode_limits, encode_limits
from monty_flow.engine.transitions import Output
from monty_flow.interpreter import Monty, ResourceLimits


@pytest.mark.parametrize(
    ('written', 'outputs'),
    [
        ([], []),
        ([('stdout', '')], []),
        ([('stdout', 'a\n')], [('stdout', 'a\n')]),
        ([('stdout', 'a'), ('stdout', 'b'), ('stdout', '\n')], [('stdout', 'ab\n')]),
        ([('stdout', 'a\nb\n\nc')], [('stdout', 'a\n'), ('stdout', 'b\n'), ('stdout', '\n'), ('stdout', 'c')]),
        (
            [('stdout', 'a'), ('stderr', 'no\n'), ('stdout', 'b\n')],
            [('stdout', 'a'), ('stderr', 'no\n'), ('stdout', 'b\n')],
        ),
        ([('stdout', 'a\x0cb\u2028c\n')], [('stdout', 'a\x0cb\u2028c\n')]),
    ],
)
def test_output_is_cut_into_lines(written: list[tuple[str, str]], outputs: list[tuple[str, str]]) -> None:
    prints = Prints()
    for stream, text in written:
        prints.write(stream, text)

    assert prints.outputs() == tuple(Output(stream, text) for stream, text in outputs)


def test_a_script_is_compiled_once_by_many_threads() -> None:
    programs = Programs()
    found: list[Monty] = []

    def compile_it() -> None:
        found.append(programs.compile('f(x)', 'hash', ('x',), 'main.py'))

    threads = [threading.Thread(target=compile_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert len(found) == 8
    assert len(set(map(id, found))) == 1


def test_the_least_used_scripts_are_forgotten() -> None:
    programs = Programs(size=2)
    for name in ('a', 'b'):
        programs.compile('1', name, (), 'main.py')
    programs.get('a', (), 'main.py')
    programs.compile('1', 'c', (), 'main.py')

    kept = [name for name in ('a', 'b', 'c') if programs.get(name, (), 'main.py') is not None]

    assert kept == ['a', 'c']


@pytest.mark.parametrize('limits', [None, ResourceLimits(), ResourceLimits(max_steps=5, max_duration_secs=None)])
def test_limits_come_back(limits: ResourceLimits | None) -> None:
    assert decode_limits(encode_limits(limits)) == limits
