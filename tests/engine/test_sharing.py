"""How the places of a worker are shared among lanes."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monty_flow.engine.lanes import AGEING_US, DEFAULT_LANE, Lane, lane_of
from monty_flow.engine.sharing import QueueLimits, Room, share


def shared(
    due: dict[Lane, list[int]],
    places: int,
    *limits: QueueLimits,
    in_hand: dict[Lane, int] | None = None,
    started: dict[str, int] | None = None,
) -> dict[Lane, int]:
    """Share places among lanes that have calls due at these moments."""
    room = Room(limits, in_hand or {}, started)
    return share({lane: moments[0] for lane, moments in due.items()}, due.__getitem__, room, places)


@pytest.mark.parametrize(
    'lane',
    [DEFAULT_LANE, Lane(priority=-3), Lane('gpu', 'acme', 7, 'a/b/c'), Lane(key='x'), Lane(namespace='default.2')],
)
def test_a_lane_is_what_its_text_says(lane: Lane) -> None:
    assert lane_of(lane.text) == lane


def test_the_ordinary_lane_is_an_empty_text() -> None:
    assert (DEFAULT_LANE.text, lane_of('')) == ('', DEFAULT_LANE)


def test_the_longest_due_goes_first() -> None:
    first, second = Lane(key='first'), Lane(key='second')

    assert shared({second: [5, 6], first: [1, 2]}, 2) == {first: 2}
    assert shared({second: [1, 9], first: [2, 3]}, 3) == {second: 1, first: 2}


def test_a_higher_priority_goes_first_until_the_lower_one_has_waited_longer() -> None:
    high, low = Lane(priority=5), Lane(priority=0)

    assert shared({high: [100], low: [0]}, 1) == {high: 1}
    assert shared({high: [5 * AGEING_US + 1], low: [0]}, 1) == {low: 1}


def test_the_namespace_with_the_least_in_hand_goes_first() -> None:
    busy, idle = Lane(namespace='busy'), Lane(namespace='idle')

    assert shared({busy: [0, 1, 2], idle: [10, 11, 12]}, 2, in_hand={busy: 3}) == {idle: 2}
    assert shared({busy: [0] * 9, idle: [10] * 9}, 6) == {busy: 3, idle: 3}


def test_a_namespace_is_busy_only_in_its_queue() -> None:
    other, here, idle = Lane('other', 'busy'), Lane('here', 'busy'), Lane('here', 'idle')

    assert shared({here: [0], idle: [10]}, 1, in_hand={other: 5}) == {here: 1}


def test_limits_of_a_queue_and_of_a_key_are_kept() -> None:
    a, b, plain = Lane('q', key='a'), Lane('q', key='b'), Lane('q')
    due = {a: [0] * 9, b: [1] * 9, plain: [2] * 9}

    assert shared(due, 20, QueueLimits('q', concurrency=5), in_hand={b: 2}) == {a: 3}
    assert shared(due, 6, QueueLimits('q', key_concurrency=2), in_hand={b: 1}) == {a: 2, b: 1, plain: 3}
    assert shared(due, 20, QueueLimits('q', rate=10, period_us=1), started={'q': 8}) == {a: 2}
    assert shared(due, 20, QueueLimits('q', paused=True)) == {}


lanes = st.builds(
    Lane,
    queue=st.sampled_from(['p', 'q', 'free']),
    namespace=st.sampled_from(['a', 'b']),
    priority=st.integers(-1, 1),
    key=st.sampled_from([None, 'x', 'y']),
)
moments = st.lists(st.integers(0, 3 * AGEING_US), min_size=1, max_size=8).map(sorted)
bounds = st.none() | st.integers(1, 6)
queue_limits = st.tuples(
    *(
        st.builds(
            QueueLimits,
            name=st.just(name),
            concurrency=bounds,
            key_concurrency=bounds,
            rate=bounds,
            paused=st.booleans(),
        )
        for name in 'pq'
    )
)


@given(st.dictionaries(lanes, moments), st.integers(1, 20), queue_limits, st.dictionaries(lanes, st.integers(1, 4)))
def test_no_limit_is_exceeded_and_no_place_is_left_while_there_is_room(
    due: dict[Lane, list[int]], places: int, limits: tuple[QueueLimits, ...], in_hand: dict[Lane, int]
) -> None:
    chosen = shared(due, places, *limits, in_hand=in_hand)

    room = Room(limits, in_hand)
    for lane, calls in chosen.items():
        for _ in range(calls):
            assert room.has_room(lane)
            room.take(lane)
    assert sum(chosen.values()) <= places
    assert all(chosen[lane] <= len(due[lane]) for lane in chosen)
    if sum(chosen.values()) < places:
        left = Counter({lane: len(calls) - chosen.get(lane, 0) for lane, calls in due.items()})
        assert not [lane for lane, calls in left.items() if calls and room.has_room(lane)]
