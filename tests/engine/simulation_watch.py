"""What the simulator holds the engine to, seen from outside.

At each statement, by triggers of the database: versions grow by one; a run goes only where the table of states says; what is recorded or
has ended never changes; no more calls of a queue are begun within its period than its rate; nothing is deleted before its time; what a
run names of large values is there; a schedule that is not to overlap has one run under way.

At each commit: no timer is early; a queue gives no more calls than its limits; and *no run is left with nothing to wake it*: each that goes
on has a call that is due at some time, that waits for somebody, or that a worker has in hand; nor does `doctor` find one.

Between events: what a worker that lives has leased is in its hands, or soon is, or given back.

At the end: all runs have ended, none twice, each result is what some execution returned, scripts got what is recorded, each signal was
taken once, each child was started once, each moment of a schedule gave the runs that it should, the effects of transactional functions are there
exactly once, and nothing is left of runs that were deleted.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from datetime import datetime

from monty_flow.engine import ManualClock, payloads
from monty_flow.engine.clock import MICROSECONDS, microseconds
from monty_flow.engine.lanes import lane_of
from monty_flow.engine.records import Run
from monty_flow.engine.shift import Shift
from monty_flow.engine.states import ENDED, RUN_TRANSITIONS, CallStatus, RunStatus
from monty_flow.engine.store.base import Store
from monty_flow.engine.store.portable import tables_of_runs
from monty_flow.engine.store.stranded import GOING_ON
from monty_flow.engine.transitions import Transition
from monty_flow.engine.waits import NEVER
from tests.engine.simulation_scripts import (
    CHILDREN,
    KEPT_SECONDS,
    KEYED,
    KEYED_PLACES,
    MOST_ITEMS,
    NARROW,
    NARROW_PLACES,
    PERIOD_SECONDS,
    PLACES_OF_KEY,
    RATE,
    RATED,
    SCENARIOS,
    SCHEDULES,
    SHORT,
)

#: Looks in which a worker may find out that a call is leased which it does not have in hand.
LOOKS = 40
#: Looks after which it is asked whether runs stand still, as `doctor` does.
STRANDED_LOOKS = 10
_FUNCTIONS = ('slow', 'work', 'narrow', 'record', 'keyed', 'rated', 'large', 'echo', 'fickle')
_EXCLUSIVE = tuple(name for name, each in SCHEDULES.items() if each.overlap in ('skip', 'queue'))

#: Tables and triggers that note what must not happen; `moment()` is the simulated clock.
_TRIGGERS = f"""
CREATE TABLE broken (what TEXT);
CREATE TABLE allowed (old TEXT, new TEXT, PRIMARY KEY (old, new));
CREATE TABLE retried (run_id TEXT PRIMARY KEY);
CREATE TABLE begun (at INTEGER);
CREATE TABLE fired (id TEXT PRIMARY KEY, key TEXT, at INTEGER);

CREATE TRIGGER versions AFTER UPDATE ON runs WHEN NEW.version NOT IN (OLD.version, OLD.version + 1) BEGIN
    INSERT INTO broken VALUES ('the version of ' || OLD.id || ' went from ' || OLD.version || ' to ' || NEW.version);
END;
CREATE TRIGGER statuses AFTER UPDATE OF status ON runs
WHEN NEW.status <> OLD.status AND NOT EXISTS (SELECT 1 FROM allowed WHERE old = OLD.status AND new = NEW.status) BEGIN
    INSERT INTO broken VALUES ('the run ' || OLD.id || ' went from ' || OLD.status || ' to ' || NEW.status);
END;
CREATE TRIGGER ends AFTER UPDATE ON runs
WHEN OLD.status IN ('succeeded', 'cancelled') AND (NEW.version <> OLD.version OR NEW.output IS NOT OLD.output) BEGIN
    INSERT INTO broken VALUES ('the run ' || OLD.id || ' ended twice');
END;
CREATE TRIGGER results AFTER UPDATE OF status, result, error ON calls
WHEN (OLD.status IN ('done', 'failed') AND (NEW.status, NEW.result, NEW.error) IS NOT (OLD.status, OLD.result, OLD.error)
      OR OLD.finished_at IS NOT NULL AND OLD.result IS NOT NULL AND NEW.result IS NOT OLD.result AND NEW.status <> 'cancelled')
     AND NOT EXISTS (SELECT 1 FROM retried WHERE run_id = OLD.run_id) BEGIN
    INSERT INTO broken VALUES ('the result of ' || OLD.run_id || '/' || OLD.number || ' changed');
END;
CREATE TRIGGER begins AFTER UPDATE OF status ON calls
WHEN NEW.status = 'leased' AND OLD.status <> 'leased' AND NEW.lane LIKE '{RATED}/%' BEGIN
    INSERT INTO begun VALUES (moment());
    INSERT INTO broken SELECT 'more calls than the rate were begun' WHERE
        (SELECT count(*) FROM begun WHERE at > moment() - {PERIOD_SECONDS * MICROSECONDS}) > {RATE};
END;
CREATE TRIGGER begins_at_once AFTER INSERT ON calls WHEN NEW.status = 'leased' AND NEW.lane LIKE '{RATED}/%' BEGIN
    INSERT INTO broken VALUES ('a call of a queue with a rate was begun without a claim');
END;
CREATE TRIGGER deletions AFTER DELETE ON runs
WHEN OLD.finished_at IS NULL OR OLD.namespace <> '{SHORT}' OR OLD.finished_at > moment() - {KEPT_SECONDS * MICROSECONDS}
     OR EXISTS (SELECT 1 FROM runs WHERE id = OLD.parent_id AND finished_at IS NULL) BEGIN
    INSERT INTO broken VALUES ('the run ' || OLD.id || ' was deleted too early');
END;
CREATE TRIGGER contents AFTER DELETE ON large_values
WHEN EXISTS (SELECT 1 FROM large_uses WHERE digest = OLD.digest) BEGIN
    INSERT INTO broken VALUES ('a large value is gone that a run names');
END;
CREATE TRIGGER uses AFTER INSERT ON large_uses
WHEN NOT EXISTS (SELECT 1 FROM large_values WHERE digest = NEW.digest) BEGIN
    INSERT INTO broken VALUES ('a run names a large value that is not there');
END;
CREATE TRIGGER fires AFTER INSERT ON runs WHEN NEW.key LIKE 'schedule:%' BEGIN
    INSERT INTO fired VALUES (NEW.id, NEW.key, moment());
END;
""" + '\n'.join(
    f"""
CREATE TRIGGER overlaps_{name} AFTER INSERT ON runs WHEN NEW.key LIKE 'schedule:{name}:%' AND EXISTS (
    SELECT 1 FROM runs WHERE key LIKE 'schedule:{name}:%' AND id <> NEW.id AND finished_at IS NULL) BEGIN
    INSERT INTO broken VALUES ('two runs of the schedule {name} are under way');
END;
"""
    for name in _EXCLUSIVE
)


class Violation(BaseException):
    """The engine broke a promise. It is no Exception, lest it be the cause why a call is set back; that it was seen is remembered by the world."""


def set_up(connection: sqlite3.Connection) -> None:
    """Make the tables and triggers that a watch rests on; they ask for `moment()` when a watch has given it."""
    connection.executescript(_TRIGGERS)
    pairs = [(str(old), str(new)) for old, targets in RUN_TRANSITIONS.items() for new in targets]
    connection.executemany('INSERT INTO allowed VALUES (?, ?)', pairs)


class Watch:
    """What was seen so far of a simulation."""

    def __init__(self, connection: sqlite3.Connection, clock: ManualClock) -> None:
        self._connection = connection
        self._clock = clock
        #: The scenarios that run, by the ids of their runs, and the names of schedules with when they began and were paused.
        self.names: dict[str, str] = {}
        self.scheduled: dict[str, int] = {}
        #: What executions returned, by idempotency key, and what was sent by signals.
        self.returned: dict[str, set[int]] = {}
        self.sent: set[int] = set()
        self._changes = -1
        self._looks = 0
        self._unfinished = 1
        #: How often calls were missed that are leased, by session, run and number.
        self._missed: dict[tuple[str, str, int], int] = {}
        connection.create_function('moment', 0, clock.now)

    def note_retried(self, run_id: str) -> None:
        """Take note that a person has a run tried again, so that its calls are made anew; within the transaction."""
        self._connection.execute('INSERT OR IGNORE INTO retried VALUES (?)', (run_id,))

    def check_step(self, step: Transition) -> None:
        """Hold a step that was written against the run and its timers."""
        [(version,)] = self._connection.execute('SELECT version FROM runs WHERE id = ?', (step.run_id,)).fetchall()
        if version != step.from_version + 1:
            raise Violation(f'the version of {step.run_id} went from {step.from_version} to {version}')
        for call in step.settled:
            if call.status in (CallStatus.DONE, CallStatus.READY):
                self._check_timer(step.run_id, call.number)

    def _check_timer(self, run_id: str, number: int) -> None:
        """See that a timer took as long as the script asked for, not only as long as the engine made of it."""
        [(kind, arguments, created_at, due_at, error)] = self._connection.execute(
            'SELECT kind, arguments, created_at, due_at, error FROM calls WHERE run_id = ? AND number = ?',
            (run_id, number),
        ).fetchall()
        if kind != 'timer' or error is not None:
            return
        [[seconds], _] = payloads.decode(arguments)
        if max(due_at, created_at + seconds * MICROSECONDS) > self._clock.now():
            raise Violation(f'a timer of {run_id} went off early')

    def look(self, store: Store | None = None) -> None:
        """See after a commit that nothing is as it must not be, and that all that is not over goes on."""
        if self._connection.total_changes == self._changes:
            return
        self._changes = self._connection.total_changes
        for (what,) in self._connection.execute('SELECT what FROM broken'):
            raise Violation(what)
        self._look_at_runs()
        for run_id, number, count in self._connection.execute(
            "SELECT run_id, part_of, count(*) FROM calls WHERE part_of IS NOT NULL AND status IN ('pending', 'leased') "
            'GROUP BY 1, 2'
        ):
            if count > MOST_ITEMS:
                raise Violation(f'{count} items of {run_id}/{number} are under way')
        self._look_at_queues()
        self._looks += 1
        if store is not None and self._looks % STRANDED_LOOKS == 0:
            for status in GOING_ON:
                if found := store.stranded(status, '', 1000, NEVER)[0]:
                    raise Violation(f'runs stand still: {found}')

    def _look_at_queues(self) -> None:
        in_hand = Counter[str]()
        of_key = Counter[tuple[str, str | None]]()
        for lane, count in self._connection.execute(
            "SELECT lane, count(*) FROM calls WHERE status = 'leased' AND lane <> '' GROUP BY 1"
        ):
            found = lane_of(lane)
            in_hand[found.queue] += count
            of_key[found.queue, found.key] += count
        for queue, places in ((NARROW, NARROW_PLACES), (KEYED, KEYED_PLACES)):
            if in_hand[queue] > places:
                raise Violation(f'{in_hand[queue]} calls of a queue for {places} are in hand')
        for (queue, key), count in of_key.items():
            if queue == KEYED and key is not None and count > PLACES_OF_KEY:
                raise Violation(f'{count} calls of the key {key} are in hand')

    def _look_at_runs(self) -> None:
        [(self._unfinished,)] = self._connection.execute(
            "SELECT count(*) FROM runs WHERE status NOT IN ('succeeded', 'cancelled')"
        )
        for (run_id,) in self._connection.execute(
            "SELECT id FROM runs WHERE status NOT IN ('succeeded', 'failed', 'cancelled', 'paused') AND NOT EXISTS ("
            "SELECT 1 FROM calls WHERE run_id = runs.id AND (status = 'leased' OR "
            "(status = 'pending' AND (due_at < ? OR awaits IS NOT NULL))))",
            (NEVER,),
        ):
            raise Violation(f'nothing will ever wake {self._called(run_id)}')

    def _called(self, run_id: str) -> str:
        return f'{self.names.get(run_id, "a run")} {run_id}'

    def all_ended(self) -> bool:
        """Tell whether all runs have succeeded or were cancelled."""
        return not self._unfinished

    def check_hands(self, shift: Shift) -> None:
        """See that a worker knows of all that it has leased, between its turns."""
        session = shift._session
        if not session or shift._crew.is_unsure:
            return
        leased = self._connection.execute(
            "SELECT run_id, number FROM calls WHERE status = 'leased' AND worker = ?", (session,)
        ).fetchall()
        lost = {(session, *call) for call in set(leased) - shift._hands.places()} if leased else set()
        for call in [call for call in self._missed if call[0] == session and call not in lost]:
            del self._missed[call]
        for call in lost:
            self._missed[call] = self._missed.get(call, 0) + 1
            if self._missed[call] > LOOKS:
                raise Violation(f'a worker that lives has leased {call[1:]} and does not have it in hand')

    def check_ends(self, store: Store) -> None:
        """Hold what came of the runs against what was executed, sent and written."""
        runs = {run.id: run for run in store.list(None, 1000, None)}
        found = {run_id: store.get(run_id) for run_id in runs}
        recorded = {run_id: self._recorded(store, run_id) for run_id in runs}
        for run in found.values():
            assert run is not None
            self._check_end(run, recorded)
        for run_id, name in self.names.items():
            children = [each for each, run in runs.items() if run.parent == run_id]
            # Those that are kept for a short time only may be gone.
            if name in CHILDREN and run_id in runs and len(children) > CHILDREN[name]:
                raise Violation(f'{name} has started {len(children)} runs instead of {CHILDREN[name]}')
            if run_id not in runs and SCENARIOS[name].namespace != SHORT:
                raise Violation(f'{self._called(run_id)} is gone')
        self._check_schedules()
        for table in tables_of_runs():
            for (run_id,) in self._connection.execute(
                f'SELECT run_id FROM {table.name} WHERE run_id NOT IN (SELECT id FROM runs) LIMIT 1'
            ):
                raise Violation(f'{table.name} has rows of {self._called(run_id)}, which was deleted')

    def _check_end(self, run: Run, recorded: dict[str, list[int]]) -> None:
        name = self.names.get(run.id)
        scheduled = None if run.tags is None else run.tags.get('schedule')
        may_end = {RunStatus.SUCCEEDED}
        if name is not None:
            may_end |= SCENARIOS[name].may_end
        if scheduled == 'cancels' or (run.parent is not None and self.names.get(run.parent) == 'cancelled'):
            may_end.add(RunStatus.CANCELLED)
        if run.status not in may_end or run.status not in ENDED:
            raise Violation(f'{self._called(run.id)} is {run.status}: {run.error}')
        known = set(recorded[run.id])
        if name == 'listens':
            known |= self.sent
        if name in CHILDREN:
            known = known.union(*recorded.values()) | {token for tokens in self.returned.values() for token in tokens}
        got = run.output if isinstance(run.output, list) else [] if run.output is None else [run.output]
        if strange := set(got) - known:
            raise Violation(f'{self._called(run.id)} got what is not recorded: {sorted(strange)}')
        if twice := [value for value, times in Counter(got).items() if times > 1]:
            raise Violation(f'{self._called(run.id)} got {twice} more than once')

    def _check_schedules(self) -> None:
        """See that each moment gave one run at most, none before its time, and where all are made up for, each gave one."""
        for name, began_at in self.scheduled.items():
            schedule = SCHEDULES[name]
            every, jitter = schedule.every_seconds * MICROSECONDS, schedule.jitter_seconds * MICROSECONDS
            prefix = f'schedule:{name}:'
            rows = self._connection.execute('SELECT key, at FROM fired WHERE key LIKE ? ORDER BY key', (f'{prefix}%',))
            moments = [(microseconds(datetime.fromisoformat(key[len(prefix) :])), at) for key, at in rows.fetchall()]
            for nominal, at in moments:
                if (nominal - began_at) % every or nominal < began_at:
                    raise Violation(f'{name} has no moment {nominal}')
                if at < nominal:
                    raise Violation(f'a run of {name} was made before its moment')
            [(fired, skipped, next_moment)] = self._connection.execute(
                'SELECT fired, skipped, next_moment FROM schedules WHERE name = ?', (name,)
            ).fetchall()
            [(by_hand,)] = self._connection.execute('SELECT count(*) FROM by_hand WHERE name = ?', (name,)).fetchall()
            if fired - by_hand != len(moments):
                raise Violation(f'{name} says that it made {fired - by_hand} runs, and made {len(moments)}')
            passed = (next_moment - began_at) // every
            if schedule.catch_up == 'all' and schedule.overlap in ('allow', 'queue') and len(moments) != passed:
                raise Violation(f'{name} made {len(moments)} runs for {passed} moments')
            if schedule.overlap == 'skip' and len(moments) + skipped > passed:
                raise Violation(f'{name} made {len(moments)} runs and skipped {skipped} of {passed} moments')
            if jitter == 0 and len({nominal for nominal, _ in moments}) != len(moments):
                raise Violation(f'a moment of {name} gave several runs')

    def _recorded(self, store: Store, run_id: str) -> list[int]:
        found = []
        calls = store.calls(run_id)
        items = Counter((call.part_of, call.item) for call in calls if call.item is not None and _counts(call.status))
        if [item for item, times in items.items() if times > 1]:
            raise Violation(f'an item of {run_id} was begun twice')
        for call in calls:
            if call.function not in _FUNCTIONS:
                continue
            key = f'{run_id}/{call.number}'
            effects = [
                token for (token,) in self._connection.execute('SELECT token FROM effects WHERE key = ?', (key,))
            ]
            if call.status is CallStatus.DONE:
                token = int(call.result.split()[0]) if isinstance(call.result, str) else call.result
                found.append(token)
                if token not in self.returned.get(key, ()):
                    raise Violation(f'{key} has a result that no execution returned')
            if call.function == 'record' and effects != ([call.result] if call.status is CallStatus.DONE else []):
                raise Violation(f'the effect of {key} is there {len(effects)} times')
        return found


def _counts(status: CallStatus) -> bool:
    """Tell whether an item that stands so is the one that counts, and not one that is begun again."""
    return status is not CallStatus.CANCELLED
