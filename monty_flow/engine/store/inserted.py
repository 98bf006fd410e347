"""Runs that are to be inserted, and the rows that they become."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.sql import ClauseElement

from monty_flow.engine import payloads
from monty_flow.engine.lanes import DEFAULT_NAMESPACE
from monty_flow.engine.large import Large
from monty_flow.engine.schema import calls, runs, scripts, tags
from monty_flow.engine.states import CallKind, CallStatus, RunStatus
from monty_flow.engine.store.large import LargeStore
from monty_flow.engine.store.queued import Queued
from monty_flow.engine.store.statements import open_parameter


@dataclass(frozen=True, slots=True)
class NewRun:
    """A run that is to be inserted."""

    id: str
    source: str
    script_hash: str
    script_name: str
    key: str | None
    inputs: bytes
    limits: bytes | None
    keep_snapshots: int | None = None
    namespace: str = DEFAULT_NAMESPACE
    tags: Mapping[str, str] = field(default_factory=dict)
    #: When it may begin, as a moment or as time from its insertion; None for at once.
    start_at: int | None = None
    delay_us: int | None = None
    #: When it is ended as failed, as a moment or as time from its insertion; None for never.
    deadline_at: int | None = None
    deadline_us: int | None = None
    lane: str = ''
    #: Versions of functions by name, to which the run is bound.
    function_versions: Mapping[str, str] = field(default_factory=dict)
    #: The run whose script starts it, and how many there are above it.
    parent_id: str | None = None
    depth: int = 0
    #: What has left its inputs.
    large: tuple[Large, ...] = ()


def run_row(run: NewRun, now: int) -> dict[str, Any]:
    """Return the row of a new run."""
    return {
        'run_id': run.id,
        'script_hash': run.script_hash,
        'script_name': run.script_name,
        'key': run.key,
        'inputs': run.inputs,
        'limits': run.limits,
        'keep_snapshots': run.keep_snapshots,
        'function_versions': payloads.encode(dict(run.function_versions)) if run.function_versions else None,
        'namespace': run.namespace,
        'tags': payloads.encode(dict(run.tags)) if run.tags else None,
        'deadline_at': run.deadline_at if run.deadline_us is None else now + run.deadline_us,
        'lane': run.lane,
        'parent_id': run.parent_id,
        'depth': run.depth,
        'now': now,
    }


def tag_rows(run: NewRun) -> Iterator[dict[str, Any]]:
    """Yield the rows by which a new run is found."""
    for name, value in run.tags.items():
        yield {'run_id': run.id, 'name': name, 'value': value}


def start_call(run: NewRun, now: int) -> dict[str, Any]:
    """Return the row of call number 0."""
    return {
        'run_id': run.id,
        'number': 0,
        'kind': CallKind.START.value,
        'function': '',
        'status': CallStatus.PENDING.value,
        'arguments': None,
        'attempt': 0,
        # Not before now, since calls are taken in the order of these moments.
        'due_at': max(now + (run.delay_us or 0), run.start_at or 0),
        'worker': None,
        'awaits': None,
        'expires_at': None,
        'lane': run.lane,
        'now': now,
        'future': None,
        'part_of': None,
        'item': None,
    }


_open = open_parameter
_now = _open('now')
_run = _open('run_id')
_worker = _open('worker')

CLAUSES: dict[str, ClauseElement] = {
    'find_by_key': select(runs.c.id).where(runs.c.key == _open('key')),
    'insert_call': insert(calls).values(
        run_id=_run,
        number=_open('number'),
        kind=_open('kind'),
        function=_open('function'),
        status=_open('status'),
        arguments=_open('arguments'),
        attempt=_open('attempt'),
        failures=0,
        due_at=_open('due_at'),
        worker=_worker,
        awaits=_open('awaits'),
        expires_at=_open('expires_at'),
        lane=_open('lane'),
        created_at=_now,
        future=_open('future'),
        part_of=_open('part_of'),
        item=_open('item'),
    ),
    'insert_tag': insert(tags).values({column.name: _open(column.name) for column in tags.c}),
}


def upserts(insert_of: Any) -> dict[str, ClauseElement]:
    """Return the statements that need the dialect's own INSERT with ON CONFLICT."""
    run = insert_of(runs).values(
        id=_run,
        status=RunStatus.PENDING.value,
        version=1,
        step=0,
        last_call=0,
        oldest_call=0,
        script_hash=_open('script_hash'),
        script_name=_open('script_name'),
        key=_open('key'),
        inputs=_open('inputs'),
        limits=_open('limits'),
        keep_snapshots=_open('keep_snapshots'),
        function_versions=_open('function_versions'),
        namespace=_open('namespace'),
        tags=_open('tags'),
        deadline_at=_open('deadline_at'),
        lane=_open('lane'),
        parent_id=_open('parent_id'),
        depth=_open('depth'),
        created_at=_now,
        updated_at=_now,
    )
    script = insert_of(scripts).values(hash=_open('hash'), source=_open('source'), created_at=_now)
    return {
        'insert_run': run.on_conflict_do_nothing(index_elements=[runs.c.key]),
        'keep_script': script.on_conflict_do_nothing(index_elements=[scripts.c.hash]),
    }


class Inserted(Queued, LargeStore):
    """What a store does with new runs."""

    def insert_runs(self, new: Sequence[NewRun], *, bounded: bool = True) -> list[str]:
        """Insert runs and return the id of each; a run whose key exists already gives the id of the first.

        Raises QueueFull when more than may waits in a queue then, unless it is not to be `bounded` by that.
        """
        now = self.now()
        sources = {run.script_hash: run.source for run in new}
        self._execute_many(
            self._statements['keep_script'],
            [{'hash': digest, 'source': source, 'now': now} for digest, source in sources.items()],
        )
        self._execute_many(self._statements['insert_run'], [run_row(run, now) for run in new])
        ids = [run.id if run.key is None else self._id_of(run.key) for run in new]
        inserted = [run for run, run_id in zip(new, ids, strict=True) if run.id == run_id]
        self._execute_many(self._statements['insert_call'], [start_call(run, now) for run in inserted])
        self._execute_many(self._statements['insert_tag'], [row for run in inserted for row in tag_rows(run)])
        used = [(run.id, each) for run in inserted for each in run.large]
        if used:
            self.put_large(used)
        if inserted:
            if bounded:
                self._check_pending(run.lane for run in inserted)
            self._left_work()
        return ids

    def has_key(self, key: str) -> bool:
        """Tell whether a run was submitted with this key."""
        return bool(self._query(self._statements['find_by_key'], {'key': key}))

    def has_script(self, script_hash: str) -> bool:
        """Tell whether a script is stored."""
        return bool(self._query(self._statements['find_script'], {'hash': script_hash}))

    def _id_of(self, key: str) -> str:
        found: str = self._query(self._statements['find_by_key'], {'key': key})[0][0]
        return found
