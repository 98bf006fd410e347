"""Queues: limits that hold whoever claims, order, fairness, pauses and backpressure."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from monty_flow.engine import (
    CallStatus,
    FunctionRefused,
    Functions,
    QueueFull,
    QueueNotFound,
    QueueRefused,
    RunStatus,
    Submission,
    SubmissionRefused,
)
from monty_flow.engine.lanes import Lane, lane_of
from monty_flow.engine.sharing import QueueLimits
from monty_flow.engine.store import Store, Taken
from tests.engine.bench import Bench, Gate
from tests.engine.builders import SECOND, apply, new_run, succeeded


def insert_in(store: Store, size: int, lane: Lane, prefix: str = 'run') -> None:
    """Insert runs of a lane."""
    with store.transaction():
        store.insert_runs([new_run(f'{prefix}-{lane.text}-{number:04}', lane=lane.text) for number in range(size)])


def put_queue(store: Store, name: str, **limits: Any) -> None:
    """Say what bounds a queue."""
    with store.transaction():
        store.put_queue(QueueLimits(name, **({'period_us': SECOND} | limits)))


def take(store: Store, limit: int = 100, session: str = 'one', queues: frozenset[str] | None = None) -> Taken:
    """Claim in a transaction."""
    with store.transaction():
        if store.renew_session(session, 15 * SECOND) is None:
            store.open_session(session, 'worker', (), 15 * SECOND)
        return store.take(session, frozenset(), limit, queues)


def by_lane(taken: Taken) -> Counter[Lane]:
    """Return how many calls were taken of each lane."""
    return Counter(lane_of(claim.lane) for claim in taken.claims)


def test_a_queue_gives_no_more_calls_than_its_concurrency(store: Store) -> None:
    put_queue(store, 'q', concurrency=3)
    insert_in(store, 5, Lane('q'))
    insert_in(store, 2, Lane())

    first = take(store)
    second = take(store)
    apply(store, succeeded(next(claim for claim in first.claims if claim.lane), 'one'))
    third = take(store)

    assert by_lane(first) == {Lane('q'): 3, Lane(): 2}
    assert (by_lane(second), by_lane(third)) == ({}, {Lane('q'): 1})
    assert first.limited == frozenset({'q'})


def test_calls_of_the_same_key_are_bounded_and_others_pass_them(store: Store) -> None:
    put_queue(store, 'q', key_concurrency=1)
    insert_in(store, 50, Lane('q', key='acme'))
    insert_in(store, 2, Lane('q', key='other'))
    insert_in(store, 2, Lane('q'))

    assert by_lane(take(store)) == {Lane('q', key='acme'): 1, Lane('q', key='other'): 1, Lane('q'): 2}


def test_a_rate_bounds_the_starts_in_any_span_of_its_period(store: Store, clock: Any) -> None:
    put_queue(store, 'q', rate=3, period_us=10 * SECOND)
    insert_in(store, 9, Lane('q'))
    started = []
    for _ in range(40):
        taken = take(store)
        started += [store.now()] * len(taken.claims)
        clock.advance(1)

    begin = started[0]
    assert [(moment - begin) // SECOND for moment in started] == [0, 0, 0, 10, 10, 10, 20, 20, 20]


def test_a_claim_that_the_rate_stops_tells_when_to_come_back(store: Store, clock: Any) -> None:
    put_queue(store, 'q', rate=1, period_us=10 * SECOND)
    insert_in(store, 2, Lane('q'))
    take(store)
    clock.advance(4)

    stopped = take(store)

    assert (stopped.claims, stopped.next_at) == ([], store.now() + 6 * SECOND)


def test_a_paused_queue_gives_nothing(store: Store) -> None:
    put_queue(store, 'q', paused=True)
    insert_in(store, 2, Lane('q'))

    paused = take(store)
    put_queue(store, 'q', paused=False)

    assert paused.claims == []
    assert len(take(store).claims) == 2


def test_a_worker_takes_from_its_queues_only(store: Store) -> None:
    for queue in ('a', 'b', 'default'):
        insert_in(store, 1, Lane(queue))

    assert by_lane(take(store, queues=frozenset({'a', 'default'}))) == {Lane('a'): 1, Lane(): 1}
    assert by_lane(take(store)) == {Lane('b'): 1}


def test_a_namespace_with_little_to_do_is_not_behind_one_with_much(store: Store, clock: Any) -> None:
    insert_in(store, 50, Lane(namespace='many'))
    clock.advance(60)
    insert_in(store, 2, Lane(namespace='few'))

    assert by_lane(take(store, limit=4)) == {Lane(namespace='many'): 2, Lane(namespace='few'): 2}


def test_a_higher_priority_is_taken_first_and_a_lower_one_does_not_starve(store: Store, clock: Any) -> None:
    insert_in(store, 1, Lane(priority=-1))
    insert_in(store, 1, Lane())
    insert_in(store, 3, Lane(priority=2))
    first = [lane_of(claim.lane).priority for _ in range(3) for claim in take(store, limit=1).claims]
    clock.advance(181)
    insert_in(store, 5, Lane(priority=2), prefix='later')
    rest = [lane_of(claim.lane).priority for _ in range(2) for claim in take(store, limit=1).claims]

    assert first == [2, 2, 2]
    assert rest == [0, -1]


@pytest.mark.parametrize(
    'limits', [{'concurrency': 4}, {'key_concurrency': 2}, {'rate': 4, 'period_us': 3600 * SECOND}], ids=str
)
def test_limits_hold_while_many_claim_at_once(
    store: Store, open_another: Callable[[], Store], limits: dict[str, int]
) -> None:
    put_queue(store, 'q', **limits)
    for key in ('a', 'b'):
        insert_in(store, 40, Lane('q', key=key))
    stores = [open_another() for _ in range(4)]
    exceeded: list[Any] = []
    begun = 0
    counting = threading.Lock()

    def claim_and_finish(own: Store, session: str) -> None:
        nonlocal begun
        for _ in range(15):
            taken = take(own, 3, session)
            with counting:
                begun += len(taken.claims)
            in_hand = own.in_hand()
            of_key = max((calls for lane, calls in in_hand.items()), default=0)
            if limits.get('concurrency', 99) < sum(in_hand.values()) or limits.get('key_concurrency', 99) < of_key:
                exceeded.append(in_hand)
            for claim in taken.claims:
                own.commit([succeeded(claim, session)])

    threads = [
        threading.Thread(target=claim_and_finish, args=(own, f'session {number}')) for number, own in enumerate(stores)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert exceeded == []
    assert begun == 4 if 'rate' in limits else begun > 4


def test_a_submission_tells_its_queue_priority_and_key(bench: Bench) -> None:
    run = bench.engine.submit('1', queue='gpu', priority=5, concurrency_key='a/b', namespace='acme')

    assert (run.queue, run.priority, run.concurrency_key, run.namespace) == ('gpu', 5, 'a/b', 'acme')


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        ({'priority': 101}, 'priority=101 is not a whole number from -100 to 100'),
        ({'priority': 1.5}, 'priority=1.5 is not a whole number from -100 to 100'),
        ({'concurrency_key': ''}, "concurrency_key='' is not a text of 1 to 200 characters"),
        (
            {'queue': 'a/b'},
            "queue='a/b' is not a name; use up to 100 letters, digits and _ . : -, "
            'the first of them a letter, a digit or _',
        ),
    ],
)
def test_what_a_submission_cannot_ask_of_a_queue_is_refused(bench: Bench, options: Any, message: str) -> None:
    with pytest.raises(SubmissionRefused) as caught:
        bench.engine.submit('1', **options)

    assert str(caught.value) == message


def test_the_calls_of_a_run_stay_in_its_queue_and_those_of_a_function_go_through_its_own(bench: Bench) -> None:
    bench.functions.function(name='here')(lambda: 1)
    bench.functions.function(name='there', queue='gpu')(lambda: 2)

    run = bench.engine.submit('import time\nhere()\nthere()\ntime.sleep(0)\nhere()', queue='q')
    bench.work()

    assert [call.queue for call in bench.engine.calls(run.id)] == ['q', 'gpu', 'q', 'q']
    assert bench.engine.result(run.id) == 1


def test_a_worker_that_does_not_serve_a_function_puts_its_calls_into_its_queue(bench: Bench) -> None:
    gpu = Functions()
    gpu.function(name='infer', queue='gpu', concurrency_key='model')(lambda text, model: text + model)
    bench.worker(gpu, queues=['gpu']).run_until_idle()
    run = bench.engine.submit('infer("a", "b")')

    bench.work()
    [waiting] = bench.engine.calls(run.id)
    bench.worker(gpu, queues=['gpu']).run_until_idle()
    [done] = bench.engine.calls(run.id)
    bench.work()

    assert (waiting.queue, waiting.status, done.status) == ('gpu', CallStatus.PENDING, CallStatus.DONE)
    assert bench.engine.result(run.id) == 'ab'


def test_a_worker_hands_a_run_on_whose_next_call_is_of_a_queue_that_it_does_not_take(bench: Bench) -> None:
    bench.functions.function(name='there', queue='gpu')(lambda: 2)
    run = bench.engine.submit('there()')

    bench.work(queues=['default'])
    waiting = bench.engine.get(run.id)
    bench.work(queues=['gpu'])
    bench.work(queues=['default'])

    assert waiting.status is RunStatus.WAITING
    assert bench.engine.result(run.id) == 2


def test_calls_of_a_limited_queue_are_not_begun_beside_it(bench: Bench) -> None:
    at_once, most = [], []

    @bench.functions.function(queue='narrow')
    def narrow() -> None:
        at_once.append(1)
        most.append(len(at_once))
        at_once.pop()

    bench.engine.set_queue('narrow', concurrency=1)
    runs = bench.engine.submit_many([Submission('narrow()\nnarrow()\n"done"') for _ in range(8)])

    bench.work(concurrency=8)

    assert [bench.engine.result(run.id) for run in runs] == ['done'] * 8
    assert max(most) == 1


def test_the_key_of_a_call_is_the_value_of_a_parameter(bench: Bench) -> None:
    gate = Gate()
    begun: list[str] = []

    @bench.functions.function(queue='crm', concurrency_key='tenant')
    def send(text: str, tenant: str = 'nobody') -> None:
        begun.append(tenant)
        gate.begun.set() if len(begun) == 2 else None
        gate.let.wait(20)

    bench.engine.set_queue('crm', key_concurrency=1)
    for call in ('send("x", "acme")', 'send("y", tenant="acme")', 'send("z", "other")'):
        bench.engine.submit(call)
    with bench.at_work():
        gate.begun.wait(10)
        first = sorted(begun)
        gate.let.set()
        for run in bench.engine.list():
            bench.engine.wait(run.id, timeout_seconds=30)

    assert (first, sorted(begun)) == (['acme', 'other'], ['acme', 'acme', 'other'])


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (
            {'queue': 'a b'},
            "the function 'f' cannot be registered: queue='a b' is not a name; use up to 100 letters, digits and _ . : -",
        ),
        (
            {'concurrency_key': 'tenant'},
            "the function 'f' cannot be registered: concurrency_key='tenant' is none of its parameters",
        ),
    ],
)
def test_a_function_with_a_route_that_cannot_be_is_refused(options: Any, message: str) -> None:
    with pytest.raises(FunctionRefused) as caught:
        Functions().function(name='f', **options)(lambda x: x)

    assert str(caught.value) == message


def test_a_place_that_becomes_free_is_taken_by_another_worker(bench: Bench) -> None:
    gate = Gate()
    bench.functions.function(name='gate', queue='narrow')(gate)
    others = Functions()
    others.function(name='other', queue='narrow')(lambda: 'other')
    bench.engine.set_queue('narrow', concurrency=1)
    holding = bench.engine.submit('gate()')
    with bench.at_work(), bench.at_work(functions=others):
        gate.begun.wait(10)
        waiting = bench.engine.submit('other()')
        gate.let.set()
        ended = bench.engine.wait(waiting.id, timeout_seconds=30)
        bench.engine.wait(holding.id, timeout_seconds=30)

    assert ended.output == 'other'


def test_a_full_queue_takes_in_no_more_runs(bench: Bench) -> None:
    bench.engine.set_queue('q', max_pending=2)
    bench.engine.submit_many([Submission('1', queue='q', key='a'), Submission('2', queue='q')])
    bench.engine.submit('3', queue='q', delay_seconds=60)

    with pytest.raises(QueueFull) as caught:
        bench.engine.submit('4', queue='q')
    bench.engine.submit('1', queue='q', key='a')
    bench.engine.submit('5')
    size = len(bench.engine.list())
    bench.work()
    bench.engine.submit('4', queue='q')

    assert size == 4
    assert str(caught.value) == (
        "the queue 'q' is full: 2 calls may wait in it for a worker; submit again later, or see that workers keep up"
    )


def test_queues_are_told_with_their_limits_and_what_is_in_them(bench: Bench) -> None:
    engine = bench.engine
    engine.set_queue('q', concurrency=3, rate=5, period_seconds=60)
    engine.set_queue('q', concurrency=None)
    engine.pause_queue('q')
    engine.submit_many([Submission('1', queue='q'), Submission('1', queue='other'), Submission('1')])
    bench.work()

    default, q = engine.queues()

    assert (q.name, q.concurrency, q.rate, q.period_seconds, q.paused, q.waiting) == ('q', None, 5, 60.0, True, 1)
    assert (default.name, default.waiting, default.in_hand) == ('default', 0, 0)
    engine.resume_queue('q')
    bench.work()
    engine.delete_queue('q')
    assert [queue.name for queue in engine.queues()] == ['default']
    with pytest.raises(QueueNotFound) as caught:
        engine.delete_queue('q')
    assert str(caught.value) == "nothing was said of the queue 'q'; list the queues to see those that have limits"


@pytest.mark.parametrize(
    ('limits', 'message'),
    [
        ({'concurrency': 0}, 'concurrency=0 is not a number from 1 on; give one, or None for no such limit'),
        ({'rate': 'many'}, "rate='many' is not a number from 1 on; give one, or None for no such limit"),
        ({'period_seconds': 0}, 'period_seconds=0 is not a number of seconds above 0 and up to a year'),
    ],
)
def test_limits_that_cannot_be_are_refused(bench: Bench, limits: Any, message: str) -> None:
    with pytest.raises(QueueRefused) as caught:
        bench.engine.set_queue('q', **limits)

    assert str(caught.value) == message
