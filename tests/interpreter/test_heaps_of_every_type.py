"""A snapshot that is loaded is the state that was dumped: for values of every type of the universe, shared and in cycles."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from monty_flow import Complete, Monty, Snapshot, load
from monty_flow.interpreter.runtime.universe import TYPES, Rule, attribute_rule
from tests.interpreter.universe_values import NOT_HELD, PRELUDE, VALUES

#: Generated heaps, and values of each.
HEAPS, SIZE = 40, 14
KINDS = list(VALUES)
#: Static and class methods that are read of an instance.
STATIC = frozenset({'maketrans', 'fromkeys'})


def test_every_type_of_the_universe_has_a_value() -> None:
    assert [kind for kind in dict.fromkeys(TYPES) if (kind in VALUES) == (kind in NOT_HELD)] == []


@pytest.mark.parametrize('kind', KINDS, ids=lambda kind: kind.__name__)
def test_a_value_of_each_type_is_itself_again(kind: type[Any]) -> None:
    row = VALUES[kind]
    source = f"{PRELUDE}\nsome = [1, 'a']\nx = {row.make}\npause(x is None)\n[type(x).__name__, {row.see}]"
    state = Monty(source).start()

    assert isinstance(state, Snapshot)
    assert isinstance(state._state_frames[-1].names['x'], kind)
    data = state.dump()
    twice = load(data).dump()
    expected = output(state)
    assert output(load(data)) == expected
    assert output(load(twice)) == expected


@pytest.mark.parametrize('kind', KINDS, ids=lambda kind: kind.__name__)
def test_what_can_be_read_of_a_value_of_each_type_may_be_held(kind: type[Any]) -> None:
    names = [name for name in sorted(dir(kind)) if not name.startswith('_') and not _is_refused(name)]
    reads = [
        f'try: held.append(x.{name})\nexcept (AttributeError, ValueError): pass' for name in names if name not in STATIC
    ]
    source = '\n'.join(
        [PRELUDE, 'some = [1]', f'x = {VALUES[kind].make}', 'held = []', *reads, 'pause(0)', 'len(held)']
    )
    state = Monty(source).start()

    assert isinstance(state, Snapshot)
    assert output(load(state.dump())) == output(state)


def _is_refused(name: str) -> bool:
    return attribute_rule(name).rule is Rule.REFUSED


def output(state: Any) -> Any:
    """Return what a state comes to."""
    end = state.resume(return_value=None)
    assert isinstance(end, Complete)
    return _with_lists(end.output)


def _with_lists(value: Any) -> Any:
    # A set of another process has another order, so an iterator over one goes on as one over a list of what it had before it.
    if isinstance(value, (list, tuple)):
        return [_with_lists(part) for part in value]
    return 'list_iterator' if value == 'set_iterator' else value


def heap(chosen: Random) -> str:
    """Return a script that makes a heap, pauses, and tells what it has then."""
    lines = [PRELUDE, 'some = []', 'made = []']
    seen = []
    for number in range(SIZE):
        row = VALUES[chosen.choice(KINDS)]
        lines += [f'x = {row.make}', 'some.append(x)' if chosen.random() < 0.6 else f'some.append([x, {number}])']
        lines.append('made.append(x)')
        seen.append(f'lambda x: {row.see}')
        match chosen.randrange(5):
            case 0:
                lines.append('some.append(some)')
            case 1:
                lines.append('holder = Point(some)\nholder.me = holder\nsome.append(holder)')
            case 2:
                lines.append(f"table = {{'t': made, {number}: x}}\ntable['self'] = table\nsome.append(table)")
            case 3:
                lines.append('some.append(tuple([x, some, x]))')
    lines += [
        'pause(len(some))',
        # What has no parts is its value.
        'def first(values, x):\n    if type(x) in (type(None), bool, int, float, str, bytes):\n        return -1',
        '    return next(i for i, y in enumerate(values) if y is x)',
        'shape = [first(some, x) for x in some], [first(made + some, x) for x in some]',
        'inner = [[first(some + [y], y) for y in x] for x in some if type(x) in (list, tuple)]',
        f'told_of = [see(x) for see, x in zip([{", ".join(seen)}], made)]',
        '[[type(x).__name__ for x in some], shape, inner, told_of]',
    ]
    return '\n'.join(lines)


@pytest.mark.parametrize('seed', range(HEAPS))
def test_generated_heaps_keep_identity_and_cycles(seed: int) -> None:
    state = Monty(heap(Random(seed))).start()
    assert isinstance(state, Snapshot)
    data = state.dump()

    assert output(load(data)) == output(state)
