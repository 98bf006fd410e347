"""The simulator finds errors that are planted in the engine: each within a few seeds of the scripts that can show it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from monty_flow.engine import begun, settling, shift
from monty_flow.engine.crew import Crew
from monty_flow.engine.mapping import Maps
from monty_flow.engine.outcomes import Nothing, Returned
from monty_flow.engine.preparing import Preparer
from monty_flow.engine.retiring import Rules
from monty_flow.engine.sharing import Room
from monty_flow.engine.states import CallStatus, Overlap
from monty_flow.engine.store.scheduled import StoredSchedule
from monty_flow.engine.store.sqlite import SqliteStore
from monty_flow.engine.transacting import Transacted
from tests.engine import simulation
from tests.engine.simulation import simulate
from tests.engine.simulation_watch import Violation

#: Seeds within which an error is found, and events after which runs that have not ended count as lost.
SEEDS, EVENTS = 12, 6_000

Plant = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Planted:
    """An error, with the scripts and schedules that run while it is looked for, and what is said of it."""

    plant: Plant
    scripts: Sequence[str]
    finding: str
    schedules: Sequence[str] = ()


def without(patch: pytest.MonkeyPatch, *names: str) -> None:
    """Let statements of the store do nothing."""
    execute = SqliteStore._execute

    def executed(store: SqliteStore, statement: Any, row: Any) -> int:
        return 0 if statement in [store._statements[name] for name in names] else execute(store, statement, row)

    patch.setattr(SqliteStore, '_execute', executed)


def calls_of_lost_workers_stay(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SqliteStore, 'recover', lambda store: 0)


def limits_of_queues_are_not_looked_at(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Room, 'has_room', lambda room, lane: True)


def keys_are_not_looked_at(patch: pytest.MonkeyPatch) -> None:
    has_room = Room.has_room
    patch.setattr(Room, 'has_room', lambda room, lane: has_room(room, replace(lane, key=None)))


def starts_are_not_noted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SqliteStore, '_note_starts', lambda store, bounds, claims, now: None)


def the_period_is_too_short(patch: pytest.MonkeyPatch) -> None:
    started = SqliteStore._started

    def halved(store: SqliteStore, bounds: Any, now: int) -> Any:
        return started(store, [replace(each, period_us=each.period_us // 2) for each in bounds], now)

    patch.setattr(SqliteStore, '_started', halved)


def steps_begin_calls_of_queues_with_limits(patch: pytest.MonkeyPatch) -> None:
    patch.setattr('monty_flow.engine.routing.Router.may_go_on', lambda router, lane: True)


def what_is_rolled_back_stays(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Transacted, 'roll_back', Transacted.commit)


def a_result_is_recorded_that_is_not_that_of_the_function(patch: pytest.MonkeyPatch) -> None:
    commit = Crew._commit_within

    def committed(crew: Crew, within: Any, hand: Any, outcome: Returned) -> Any:
        return commit(crew, within, hand, replace(outcome, payload=b'\x00\x07', value=7))

    patch.setattr(Crew, '_commit_within', committed)


def the_calls_of_a_resumed_run_stay_held(patch: pytest.MonkeyPatch) -> None:
    without(patch, 'release_held_calls', 'hand_over_calls')


def the_end_of_a_child_is_not_told(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SqliteStore, 'wake_parent', lambda store, run_id: None)


def a_child_that_has_ended_already_is_not_looked_at(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SqliteStore, 'look_at_child', lambda store, step: None)


def signals_that_were_there_before_are_not_given(patch: pytest.MonkeyPatch) -> None:
    without(patch, 'wake_call')


def timers_are_made_too_short(patch: pytest.MonkeyPatch) -> None:
    # By much: the clock of the simulator goes in steps of up to 20 seconds.
    patch.setattr(begun, 'delay_seconds', lambda args: 0.0)
    patch.setattr(begun, 'sleep_seconds', lambda args, kwargs: (0.0, None))


def a_cancellation_makes_the_timers_of_the_cleaning_up_due(patch: pytest.MonkeyPatch) -> None:
    cancel = SqliteStore.cancel

    def cancelled(store: SqliteStore, run_id: str, grace_us: int = 0) -> bool:
        found = cancel(store, run_id, grace_us)
        store._connection.execute(
            "UPDATE calls SET due_at = ? WHERE run_id = ? AND status = 'pending'", (store.now(), run_id)
        )
        return found

    patch.setattr(SqliteStore, 'cancel', cancelled)
    # Which would see that it is early.
    patch.setattr(Preparer, '_timed', lambda preparer, hand: Nothing())


def a_retry_begins_timers_anew(patch: pytest.MonkeyPatch) -> None:
    retry = SqliteStore.retry

    def retried(store: SqliteStore, run_id: str) -> bool:
        found = retry(store, run_id)
        store._connection.execute(
            "UPDATE calls SET due_at = ? WHERE run_id = ? AND kind = 'timer' AND status = 'pending'",
            (store.now(), run_id),
        )
        return found

    patch.setattr(SqliteStore, 'retry', retried)


def stale_steps_count_as_written(patch: pytest.MonkeyPatch) -> None:
    apply = SqliteStore.apply
    patch.setattr(SqliteStore, 'apply', lambda store, steps: [True] * len(apply(store, steps)))


def a_map_begins_more_than_was_asked_for(patch: pytest.MonkeyPatch) -> None:
    following = Maps._next

    def more(maps: Maps, run: Any, number: int, plan: Any, live: int) -> Any:
        return following(maps, run, number, replace(plan, concurrency=plan.concurrency + 2), live)

    patch.setattr(Maps, '_next', more)


def a_map_is_not_woken_when_its_items_are_over(patch: pytest.MonkeyPatch) -> None:
    follow = Maps.follow
    patch.setattr(Maps, 'follow', lambda *args, **named: replace(follow(*args, **named), woken=()))


def an_item_that_a_step_settles_is_recorded_as_cancelled(patch: pytest.MonkeyPatch) -> None:
    taken = settling.taken

    def forgotten(hand: Any, outcome: Any, step: int) -> Any:
        if hand.part_of is None:
            return taken(hand, outcome, step)
        return settling.settled(hand, CallStatus.CANCELLED, step=step)

    patch.setattr(settling, 'taken', forgotten)


def runs_are_deleted_at_once(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Rules, 'keep_us', lambda rules, namespace, status: 0)


def children_are_deleted_before_their_parents_have_asked(patch: pytest.MonkeyPatch) -> None:
    def ended(store: SqliteStore, status: str, after: str, before: str, limit: int) -> Any:
        found = store._connection.execute(
            'SELECT id, namespace, finished_at FROM runs WHERE status = ? AND id > ? AND id < ? ORDER BY id LIMIT ?',
            (status, after, before, limit),
        )
        return [row for row in found.fetchall() if row[2] is not None]

    patch.setattr(SqliteStore, 'ended_runs', ended)


def rows_of_a_deleted_run_stay(patch: pytest.MonkeyPatch) -> None:
    without(patch, 'delete_history_of_run')


def large_values_are_swept_that_runs_name(patch: pytest.MonkeyPatch) -> None:
    def swept(store: SqliteStore, before: int, limit: int = 200) -> tuple[int, list[str]]:
        store._connection.execute('DELETE FROM large_values WHERE written_at < ?', (before,))
        return 0, []

    patch.setattr(SqliteStore, 'sweep_large', swept)
    patch.setitem(simulation.HURRY, 'GRACE_US', 1)


def moments_are_made_up_for_twice(patch: pytest.MonkeyPatch) -> None:
    run = StoredSchedule.run
    # No key that says so once more.
    patch.setattr(StoredSchedule, 'run', lambda self, run_id, at: replace(run(self, run_id, at), key=f'{at}{run_id}'))
    patch.setattr(StoredSchedule, 'going_on', lambda self, start: self)


def a_moment_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    going_on = StoredSchedule.going_on
    patch.setattr(StoredSchedule, 'going_on', lambda self, start: going_on(self, start + 60_000_000))


def overlaps_are_allowed(patch: pytest.MonkeyPatch) -> None:
    due = SqliteStore._due
    patch.setattr(
        SqliteStore,
        '_due',
        lambda store, found, now: _as_it_was(due(store, replace(found, overlap=Overlap.ALLOW.value), now), found),
    )


def _as_it_was(found: tuple[StoredSchedule, list[int]], before: StoredSchedule) -> tuple[StoredSchedule, list[int]]:
    return replace(found[0], overlap=before.overlap), found[1]


def a_moment_is_fired_before_its_time(patch: pytest.MonkeyPatch) -> None:
    first = StoredSchedule.fires_at
    patch.setattr(StoredSchedule, 'fires_at', lambda self, nominal: first(self, nominal) - 30_000_000)
    fire = SqliteStore.fire_due

    def fired(store: SqliteStore, new_id: Any) -> int:
        ahead = store.now() + 30_000_000
        store.__dict__['now'] = lambda: ahead
        try:
            return fire(store, new_id)
        finally:
            del store.__dict__['now']

    patch.setattr(SqliteStore, 'fire_due', fired)


def what_a_draining_worker_has_in_hand_stays_with_it(patch: pytest.MonkeyPatch) -> None:
    def close(self: shift.Shift) -> None:
        self._session = ''

    patch.setattr(shift.Shift, 'close', close)
    patch.setattr(SqliteStore, 'recover', lambda store: 0)


def calls_are_taken_from_workers_whose_leases_live(patch: pytest.MonkeyPatch) -> None:
    recover = SqliteStore.recover

    def recovered(store: SqliteStore) -> int:
        store._connection.execute("UPDATE calls SET status = 'pending', worker = NULL WHERE status = 'leased'")
        return recover(store)

    patch.setattr(SqliteStore, 'recover', recovered)


def steps_are_followed_by(patch: pytest.MonkeyPatch, statement: str) -> None:
    apply = SqliteStore.apply

    def applied(store: SqliteStore, steps: Sequence[Any]) -> list[bool]:
        stood = apply(store, steps)
        for step, stands in zip(steps, stood, strict=True):
            if stands:
                store._connection.execute(statement, (step.run_id,))
        return stood

    patch.setattr(SqliteStore, 'apply', applied)


def a_step_counts_twice(patch: pytest.MonkeyPatch) -> None:
    steps_are_followed_by(patch, 'UPDATE runs SET version = version + 1 WHERE id = ? AND step > 0')


def a_recorded_result_is_written_over(patch: pytest.MonkeyPatch) -> None:
    steps_are_followed_by(patch, "UPDATE calls SET result = x'07' WHERE run_id = ? AND status = 'done'")


def a_run_that_has_ended_ends_once_more(patch: pytest.MonkeyPatch) -> None:
    cancel = SqliteStore.cancel

    def cancelled(store: SqliteStore, run_id: str, grace_us: int = 0) -> bool:
        store._connection.execute(
            "UPDATE runs SET version = version + 1 WHERE id = ? AND status IN ('succeeded', 'cancelled')", (run_id,)
        )
        return cancel(store, run_id, grace_us)

    patch.setattr(SqliteStore, 'cancel', cancelled)


def a_run_goes_where_it_must_not(patch: pytest.MonkeyPatch) -> None:
    steps_are_followed_by(patch, "UPDATE runs SET status = 'pending' WHERE id = ? AND status = 'succeeded'")


def an_effect_is_not_there(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Transacted, 'commit', Transacted.roll_back)


PLANTED = [
    Planted(calls_are_taken_from_workers_whose_leases_live, ['gathered', 'chains'], 'two workers whose leases live'),
    Planted(a_step_counts_twice, ['sequence'], 'the version of'),
    Planted(a_recorded_result_is_written_over, ['sequence', 'gathered'], 'the result of .* changed'),
    Planted(a_run_that_has_ended_ends_once_more, ['cancelled', 'cancelled_tasks'], 'ended twice'),
    Planted(a_run_goes_where_it_must_not, ['sequence'], 'from succeeded to pending'),
    Planted(an_effect_is_not_there, ['effects'], ''),
    Planted(stale_steps_count_as_written, ['gathered', 'chains', 'paused'], ''),
    Planted(timers_are_made_too_short, ['chains', 'parent'], 'went off early'),
    Planted(a_retry_begins_timers_anew, ['retried'], 'went off early'),
    Planted(a_cancellation_makes_the_timers_of_the_cleaning_up_due, ['cancelled', 'cancelled_tasks'], 'went off early'),
    Planted(calls_of_lost_workers_stay, ['gathered', 'narrow'], 'runs were lost'),
    Planted(what_a_draining_worker_has_in_hand_stays_with_it, ['gathered', 'narrow'], 'runs were lost'),
    Planted(limits_of_queues_are_not_looked_at, ['narrow'], 'calls of a queue for 2 are in hand'),
    Planted(keys_are_not_looked_at, ['keyed'], 'calls of the key'),
    Planted(starts_are_not_noted, ['rated'], 'more calls than the rate'),
    Planted(the_period_is_too_short, ['rated', 'rated_map'], 'more calls than the rate'),
    Planted(steps_begin_calls_of_queues_with_limits, ['rated', 'narrow'], ''),
    Planted(what_is_rolled_back_stays, ['effects'], 'the effect of'),
    Planted(a_result_is_recorded_that_is_not_that_of_the_function, ['effects'], 'no execution returned'),
    Planted(the_calls_of_a_resumed_run_stay_held, ['paused'], 'nothing will ever wake'),
    Planted(the_end_of_a_child_is_not_told, ['parent'], 'runs stand still'),
    Planted(a_child_that_has_ended_already_is_not_looked_at, ['parent'], 'runs stand still'),
    Planted(a_map_begins_more_than_was_asked_for, ['mapped', 'maps'], 'are under way'),
    Planted(a_map_is_not_woken_when_its_items_are_over, ['mapped'], 'nothing will ever wake'),
    Planted(an_item_that_a_step_settles_is_recorded_as_cancelled, ['mapped'], ''),
    Planted(runs_are_deleted_at_once, ['sequence', 'short_lived'], 'deleted too early'),
    Planted(children_are_deleted_before_their_parents_have_asked, ['short_lived'], 'deleted too early'),
    Planted(rows_of_a_deleted_run_stay, ['short_lived', 'chains'], 'which was deleted'),
    Planted(large_values_are_swept_that_runs_name, ['large', 'large_gathered'], 'a large value is gone'),
    Planted(moments_are_made_up_for_twice, ['sequence'], '', ['allows']),
    Planted(a_moment_is_forgotten, ['sequence'], 'runs for', ['allows']),
    Planted(overlaps_are_allowed, ['sequence', 'chains'], 'two runs of the schedule', ['skips']),
    Planted(a_moment_is_fired_before_its_time, ['sequence', 'chains'], 'before its moment', ['allows']),
]


@pytest.mark.parametrize('planted', PLANTED, ids=lambda planted: planted.plant.__name__)
def test_an_error_that_is_planted_in_the_engine_is_found(planted: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulation, 'MAX_EVENTS', EVENTS)
    planted.plant(monkeypatch)

    with pytest.raises(Violation, match=f'^seed .*{planted.finding}'):
        simulate_some(planted)


def simulate_some(planted: Planted) -> None:
    for seed in range(SEEDS):
        simulate(seed, planted.scripts, planted.schedules)
