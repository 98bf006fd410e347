"""Claims: which calls a worker gets, within the limits of their queues.

Most databases have one lane and no limits, and a claim is then one look at the lanes and one statement that takes the calls. Otherwise the
lanes share (`sharing.py`), and each one that is chosen gives its calls by that same statement.

Limits hold exactly, however many claim at once: a claim locks the rows of the limited queues that it may take from, counts what is
in hand after that, and holds the locks until it has committed. Nobody else begins calls of a limited queue: steps leave them pending.
A call in hand that ends meanwhile is counted as if it were still there, which is to the safe side.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from monty_flow.engine.clock import MICROSECONDS
from monty_flow.engine.functions import HostFunction
from monty_flow.engine.lanes import Lane, lane_of
from monty_flow.engine.sharing import QueueLimits, Room, share
from monty_flow.engine.states import CallKind, RunStatus
from monty_flow.engine.store import rows
from monty_flow.engine.store.candidates import claim_candidates, due_candidates
from monty_flow.engine.store.queued import Queued
from monty_flow.engine.store.statements import Statement, earliest
from monty_flow.engine.suspicion import Suspicion
from monty_flow.engine.transitions import Claim


@dataclass(frozen=True, slots=True)
class Taken:
    """What a claim found."""

    claims: list[Claim] = field(default_factory=list)
    #: When there is something to claim that could not be claimed now, for the time that it is; None for nothing known.
    next_at: int | None = None
    #: Whether another claim, at once, may find more.
    more: bool = False
    #: Queues whose calls are begun by claims only, as they have limits.
    limited: frozenset[str] = frozenset()
    #: When something is to be done for time alone, such as a deadline; it may have passed. None for nothing known.
    attend_at: int | None = None


class Claiming(Queued):
    """What a store does to give workers their calls."""

    _claims: dict[Any, Statement]
    skips_locked: ClassVar[bool]

    def claim(self, session: str, functions: frozenset[str], limit: int) -> list[Claim]:
        """Lease up to `limit` due calls that a worker with these functions can serve."""
        return self.take(session, functions, limit).claims

    def take(
        self,
        session: str,
        functions: frozenset[str],
        limit: int,
        queues: frozenset[str] | None = None,
        suspicion: Suspicion | None = None,
    ) -> Taken:
        """Lease up to `limit` due calls that a worker with these functions, of these queues or of all, can serve."""
        now = self.now()
        suspicion = suspicion or Suspicion()
        taken = self._taken(session, functions, limit, now, queues, suspicion)
        if taken.more:
            self._plan_for_more()
        return taken

    def _taken(
        self,
        session: str,
        functions: frozenset[str],
        limit: int,
        now: int,
        queues: frozenset[str] | None,
        suspicion: Suspicion,
    ) -> Taken:
        lanes_now = (self._statements['pending_lanes'], {'now': now})
        cancelled, found, [times] = self._query_all(
            [(self._statements['cancelled_runs'], {}), lanes_now, (self._statements['next_times'], {})]
        )
        if cancelled:
            self._hurry([run_id for (run_id,) in cancelled], now)
            found = self._query(*lanes_now)
        attend_at = earliest(times)
        lanes = {lane_of(lane): (first, later) for lane, first, later, _ in found}
        if queues is not None:
            lanes = {lane: moments for lane, moments in lanes.items() if lane.queue in queues}
        limits = {each.name: each for each in self.queues()} if not found or found[0][3] else {}
        limits = {name: each for name, each in limits.items() if each.bounds_claims}
        next_at = earliest(later for _, later in lanes.values())
        due = {lane: first for lane, (first, _) in lanes.items() if first <= now}
        if len(due) == 1 and not limits.keys() & {lane.queue for lane in due}:
            [lane] = due
            claims, skipped = self._take_of(session, functions, lane, now, limit, suspicion)
            more = len(claims) == limit or suspicion.left_some or skipped
            return Taken(claims, next_at, more, frozenset(limits), attend_at)
        claims, frees_at, more = list[Claim](), None, False
        if due:
            claims, frees_at, more = self._shared(session, functions, due, limits, now, limit, suspicion)
        return Taken(claims, earliest((next_at, frees_at)), more, frozenset(limits), attend_at)

    def _hurry(self, run_ids: Iterable[str], now: int) -> None:
        """Make the calls due at which scripts are to be told that their runs are cancelled.

        Whoever cancels does so for the calls that there are; a step that was under way may have left another one.
        """
        for run_id in run_ids:
            self._execute(self._statements['hurry_calls'], {'run_id': run_id, 'now': now})

    def _shared(
        self,
        session: str,
        functions: frozenset[str],
        due: Mapping[Lane, int],
        limits: Mapping[str, QueueLimits],
        now: int,
        limit: int,
        suspicion: Suspicion,
    ) -> tuple[list[Claim], int | None, bool]:
        locked = [self.lock_queue(name) for name in sorted(limits.keys() & {lane.queue for lane in due})]
        bounds = [each for each in locked if each is not None]
        started, frees_at = self._started(bounds, now)
        room = Room(bounds, self.in_hand(), started)
        statement = self._statement('due', functions)

        def due_of(lane: Lane) -> list[int]:
            row = {'lane': lane.text, 'now': now, 'limit': limit, 'most_setbacks': suspicion.most_setbacks}
            return [moment for (moment,) in self._query(statement, row)]

        chosen = share(due, due_of, room, limit)
        claims: list[Claim] = []
        for lane, calls in chosen.items():
            claims += self._take_of(session, functions, lane, now, calls, suspicion)[0]
        self._note_starts(bounds, claims, now)
        waits = [frees_at[lane.queue] for lane in due if lane.queue in frees_at and room.is_rated_out(lane.queue)]
        # Fewer than chosen: others have them in hand just now, and may leave them.
        more = len(claims) == limit or len(claims) < sum(chosen.values())
        return claims, min(waits, default=None), more

    def _started(self, bounds: Iterable[QueueLimits], now: int) -> tuple[dict[str, int], dict[str, int]]:
        """Return by queue how many calls were begun within its period, and when the first of them will be out of it."""
        started, frees_at = {}, {}
        for queue in bounds:
            if queue.rate is not None:
                since = {'queue': queue.name, 'since': now - queue.period_us}
                [(started[queue.name], first)] = self._query(self._statements['count_starts'], since)
                frees_at[queue.name] = (now if first is None else first) + queue.period_us
        return started, frees_at

    def _note_starts(self, bounds: Iterable[QueueLimits], claims: Iterable[Claim], now: int) -> None:
        for queue in bounds:
            begun = sum(lane_of(claim.lane).queue == queue.name for claim in claims)
            if queue.rate is not None and begun:
                row = {'queue': queue.name, 'at': now, 'calls': begun, 'since': now - queue.period_us}
                self._execute(self._statements['delete_old_starts'], row)
                self._execute(self._statements['put_starts'], row)

    def _take_of(
        self, session: str, functions: frozenset[str], lane: Lane, now: int, limit: int, suspicion: Suspicion
    ) -> tuple[list[Claim], bool]:
        """Lease calls of a lane, and tell whether there are due ones that were left out, as others held their rows."""
        row = {'lane': lane.text, 'now': now, 'limit': limit, 'most_setbacks': suspicion.most_setbacks}
        asked = ('take', 'due') if self.skips_locked else ('take',)
        taken, *due = self._query_all([(self._statement(what, functions), row) for what in asked])
        claims = self._lease(session, suspicion.admitted([rows.claim(found) for found in taken]))
        return claims, any(len(found) > len(taken) for found in due)

    def _statement(self, what: str, functions: frozenset[str]) -> Statement:
        statement = self._claims.get((what, functions))
        if statement is None:
            build = {'take': claim_candidates, 'due': due_candidates}[what]
            statement = self._claims[what, functions] = Statement(build(functions), self.dialect)
        return statement

    def next_due(self) -> int | None:
        """Return the moment at which the next pending call is due that is not due yet."""
        found = self._query(self._statements['pending_lanes'], {'now': self.now()})
        return min((later for _, _, later, _ in found if later is not None), default=None)

    def claim_late(self, session: str, functions: Mapping[str, HostFunction], limit: int) -> list[Claim]:
        """Lease up to `limit` calls of each of these functions whose time ran out while they waited."""
        now = self.now()
        statement = self._statements['late_candidates']
        found = [
            rows.claim(row)
            for name, function in functions.items()
            for row in self._query(
                statement,
                {
                    'now': now,
                    'limit': limit,
                    'function': name,
                    'unbegun_before': _before(now, function.queue_timeout_seconds),
                    'made_before': _before(now, function.total_timeout_seconds),
                },
            )
        ]
        return self._lease(session, found)

    def _lease(self, session: str, claims: list[Claim]) -> list[Claim]:
        now = self.now()
        if any(claim.kind is not CallKind.START for claim in claims):
            # What is executed for them may have effects, which nobody else may have at the same time.
            self._must_last()
        leases = [{'run_id': claim.run_id, 'number': claim.number, 'worker': session, 'now': now} for claim in claims]
        self._execute_many(self._statements['lease_call'], leases)
        starts = [claim for claim in claims if claim.status is RunStatus.PENDING]
        self._execute_many(
            self._statements['begin_run'],
            [{'run_id': claim.run_id, 'version': claim.version, 'now': now} for claim in starts],
        )
        for claim in starts:
            claim.status = RunStatus.RUNNING
            claim.version += 1
        return claims


def _before(now: int, seconds: float | None) -> int:
    """Return the moment so long ago, and one before all others for None."""
    return -1 if seconds is None else now - round(seconds * MICROSECONDS)
