"""What the simulator holds the engine to, seen from outside.

At each commit: versions grow by one; what is recorded or has ended never changes; no timer is early; a queue gives no more calls than its limit; and
*no run is left with nothing to wake it*: each that goes on has a call that is due at some time, that waits for somebody, or that a worker has in hand.

Between events: what a worker that lives has leased is in its hands, or soon is, or given back.

At the end: all runs have ended, none twice, each result is what some execution returned, scripts got what is recorded, each signal was
taken once, each child was started once, and the effects of transactional functions are there exactly once.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence

from monty_flow.engine import ManualClock, payloads
from monty_flow.engine.clock import MICROSECONDS
from monty_flow.engine.shift import Shift
from monty_flow.engine.states import ENDED, CallStatus, RunStatus
from monty_flow.engine.store.base import Store
from monty_flow.engine.transitions import Transition
from monty_flow.engine.waits import NEVER
from tests.engine.simulation_scripts import CHILDREN, ENDS, LISTENS, MOST_ITEMS, PARENT

#: A queue, and how many calls of it may be in hand at once.
NARROW, NARROW_PLACES = 'narrow', 2
#: Events in which a worker may find out that a call is leased which it does not have in hand.
LOOKS = 200
_FUNCTIONS = ('slow', 'work', 'narrow', 'record')


class Violation(BaseException):
    """The engine broke a promise. It is no Exception, lest the engine take it for an error at which a call is set back."""


class Watch:
    """What was seen so far of a simulation."""

    def __init__(self, connection: sqlite3.Connection, clock: ManualClock) -> None:
        self._connection = connection
        self._clock = clock
        #: What executions returned, by idempotency key, and what was sent by signals.
        self.returned: dict[str, set[int]] = {}
        self.sent: set[int] = set()
        self._known: dict[tuple[str, int], tuple[str, bytes | None, bytes | None]] = {}
        self._ended: dict[str, tuple[str, int, bytes | None]] = {}
        self._unfinished = 1
        #: How often calls were missed that are leased, by session, run and number.
        self._missed: dict[tuple[str, str, int], int] = {}

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
        [(kind, arguments, created_at, due_at)] = self._connection.execute(
            'SELECT kind, arguments, created_at, due_at FROM calls WHERE run_id = ? AND number = ?', (run_id, number)
        ).fetchall()
        if kind != 'timer':
            return
        [[seconds], _] = payloads.decode(arguments)
        if max(due_at, created_at + seconds * MICROSECONDS) > self._clock.now():
            raise Violation(f'a timer of {run_id} went off early')

    def look(self) -> None:
        """See that nothing changed that was recorded before, and that all that is not over goes on."""
        self._look_at_runs()
        for run_id, number, status, result, error in self._connection.execute(
            "SELECT run_id, number, status, result, error FROM calls WHERE status IN ('done', 'failed')"
        ):
            if self._known.setdefault((run_id, number), (status, result, error)) != (status, result, error):
                raise Violation(f'the result of {run_id}/{number} changed')
        for run_id, number, count in self._connection.execute(
            "SELECT run_id, part_of, count(*) FROM calls WHERE part_of IS NOT NULL AND status IN ('pending', 'leased') "
            'GROUP BY 1, 2'
        ):
            if count > MOST_ITEMS:
                raise Violation(f'{count} items of {run_id}/{number} are under way')
        [(in_hand,)] = self._connection.execute(
            "SELECT count(*) FROM calls WHERE status = 'leased' AND lane LIKE ?", (f'{NARROW}/%',)
        )
        if in_hand > NARROW_PLACES:
            raise Violation(f'{in_hand} calls of a queue for {NARROW_PLACES} are in hand')

    def _look_at_runs(self) -> None:
        unfinished = 0
        for run_id, status, version, output in self._connection.execute('SELECT id, status, version, output FROM runs'):
            seen = (status, version, output)
            if RunStatus(status) not in ENDED:
                unfinished += 1
                if run_id in self._ended:
                    raise Violation(f'the run {run_id} goes on after its end')
            elif self._ended.setdefault(run_id, seen) != seen:
                raise Violation(f'the run {run_id} ended twice')
        self._unfinished = unfinished
        for (run_id,) in self._connection.execute(
            "SELECT id FROM runs WHERE status NOT IN ('succeeded', 'failed', 'cancelled', 'paused') AND NOT EXISTS ("
            "SELECT 1 FROM calls WHERE run_id = runs.id AND (status = 'leased' OR "
            "(status = 'pending' AND (due_at < ? OR awaits IS NOT NULL))))",
            (NEVER,),
        ):
            raise Violation(f'nothing will ever wake {run_id}')

    def all_ended(self, ids: Sequence[str]) -> bool:
        """Tell whether these runs, and all that they started, have ended."""
        return not self._unfinished and all(run_id in self._ended for run_id in ids)

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

    def check_ends(self, store: Store, ids: Sequence[str]) -> None:
        """Hold what came of the runs against what was executed, sent and written."""
        runs = [run.id for run in store.list(None, 1000, None)]
        recorded = {run_id: self._recorded(store, run_id) for run_id in runs}
        children = [run_id for run_id in runs if run_id not in ids]
        if len(children) != CHILDREN:
            raise Violation(f'{PARENT} has started {len(children)} runs instead of {CHILDREN}')
        for run_id in runs:
            run = store.get(run_id)
            assert run is not None
            if run.status not in ENDS.get(run_id, {RunStatus.SUCCEEDED}):
                raise Violation(f'{run_id} is {run.status}: {run.error}')
            known = set(recorded[run_id])
            if run_id == LISTENS:
                known |= self.sent
            if run_id == PARENT:
                known = known.union(*(recorded[child] for child in children))
            got = run.output if isinstance(run.output, list) else [] if run.output is None else [run.output]
            if strange := set(got) - known:
                raise Violation(f'{run_id} got what is not recorded: {sorted(strange)}')
            if twice := [value for value, times in Counter(got).items() if times > 1]:
                raise Violation(f'{run_id} got {twice} more than once')

    def _recorded(self, store: Store, run_id: str) -> list[int]:
        found = []
        items = [(call.part_of, call.item) for call in store.calls(run_id) if call.item is not None]
        if len(items) != len(set(items)):
            raise Violation(f'an item of {run_id} was begun twice')
        for call in store.calls(run_id):
            if call.function not in _FUNCTIONS:
                continue
            key = f'{run_id}/{call.number}'
            effects = [
                token for (token,) in self._connection.execute('SELECT token FROM effects WHERE key = ?', (key,))
            ]
            if call.status is CallStatus.DONE:
                found.append(call.result)
                if call.result not in self.returned.get(key, ()):
                    raise Violation(f'{key} has a result that no execution returned')
            if call.function == 'record' and effects != ([call.result] if call.status is CallStatus.DONE else []):
                raise Violation(f'the effect of {key} is there {len(effects)} times')
        return found
