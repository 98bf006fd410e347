"""Runs that go on from a state of another run, and runs that move to another version of their script.

A fork is a run of its own: the rows of its origin up to a step are copied, the state of that step is written anew under its id,
and the calls for which the script waited there wait again. What is changed is changed in the state (variables, script) or in the
row of the call (a result that is only handed over). A run that is migrated keeps its id and its calls; its newest state is
written once more, for the new script, as a step of its own.

The origin's effects before the step have been done; the fork does those after it once more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from monty_flow.engine import payloads
from monty_flow.engine.codec import Codec
from monty_flow.engine.errors import ForkRefused, ValueRefused
from monty_flow.engine.growth import pack
from monty_flow.engine.interpreting import compile_script, load_snapshot
from monty_flow.engine.large import BY_PAYLOADS
from monty_flow.engine.parts import Contents
from monty_flow.engine.records import Run
from monty_flow.engine.states import CallKind, CallStatus, RunStatus
from monty_flow.engine.store import Store
from monty_flow.engine.store.portable import Rows
from monty_flow.engine.transitions import Program
from monty_flow.engine.waits import APPROVAL, NEVER, WAITING_KINDS
from monty_flow.interpreter import (
    BoundaryError,
    FutureSnapshot,
    MontySyntaxError,
    Move,
    RelocationRefused,
    Snapshot,
    relocate,
)

#: What says that a result is not edited; None is one.
AS_IT_IS: Any = object()


@dataclass(frozen=True, slots=True)
class Edit:
    """What is changed in a state."""

    #: The text of the new script, None for the same.
    source: str | None = None
    #: New values of variables, by name.
    variables: Mapping[str, Any] | None = None
    #: What the call at which it waits comes to, without being executed.
    result: Any = AS_IT_IS


@dataclass(frozen=True, slots=True)
class Forked:
    """What came of a fork or a migration, or would come of it."""

    #: The run that goes on; None when it was only tried.
    run: Run | None
    #: Where each function that stands in the middle stood and goes on; empty for the same script.
    moves: tuple[Move, ...]
    #: Names of the new top level that are not bound, since the statements that bind them are not run.
    unbound: tuple[str, ...]
    #: The functions whose calls the state waits for.
    waits_for: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Begun:
    """A script that a run goes on in."""

    source: str

    @property
    def script_hash(self) -> str:
        """Return the hash under which the script is stored."""
        return hashlib.sha256(self.source.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Edited(Begun):
    """A state with what was changed in it."""

    state: Snapshot | FutureSnapshot
    moves: tuple[Move, ...]
    unbound: tuple[str, ...]
    #: Payload of the edited result, None when it is not edited.
    result: bytes | None

    @property
    def waits_for(self) -> tuple[str, ...]:
        """Return the functions whose calls it waits for."""
        if isinstance(self.state, Snapshot):
            return (self.state.function_name,)
        return tuple(call.function_name for call in self.state.pending)

    def row(self, run_id: str, number: int, codec: Codec) -> dict[str, Any]:
        """Return the row of the state as the one after a step of a run."""
        frame, _ = pack(number, self.state.dump(with_source=False, compress=False), None)
        return {'run_id': run_id, 'number': number, 'base': None, 'data': codec.seal(run_id, number, frame)}


def edited(run: Run, step: int, stored: Program, codec: Codec, contents: Contents, edit: Edit) -> Edited:
    """Return the state of a run after a step with what is to be changed; raise ForkRefused where that cannot be."""
    link = codec.restore(run.id, stored.chain, contents)
    if link is None or link.number != step:
        raise ForkRefused(run.id, step, 'its state is not kept; `monty-flow show RUN` lists the steps that are')
    names = tuple(sorted(run.inputs))
    old = compile_script(stored.source, names, run.script_name)
    moves: tuple[Move, ...] = ()
    unbound: tuple[str, ...] = ()
    source = stored.source if edit.source is None else edit.source
    try:
        if source == stored.source:
            state = load_snapshot(link.raw, old)
        else:
            found = relocate(link.raw, script=old, onto=compile_script(source, names, run.script_name))
            state, moves, unbound = found.snapshot, found.moves, found.unbound
        for name, value in (edit.variables or {}).items():
            state.assign(name, value)
    except RelocationRefused as error:
        raise ForkRefused(run.id, step, f'the new script does not fit: {error.reason}') from None
    except MontySyntaxError as error:
        raise ForkRefused(run.id, step, f'the new script cannot be compiled: {error}') from None
    except BoundaryError as error:
        raise ForkRefused(run.id, step, str(error)) from None
    return Edited(source, state, moves, unbound, _result(run, step, state, edit))


def _result(run: Run, step: int, state: Snapshot | FutureSnapshot, edit: Edit) -> bytes | None:
    if edit.result is AS_IT_IS:
        return None
    if isinstance(state, FutureSnapshot) and len(state.pending) != 1:
        raise ForkRefused(
            run.id, step, f'it waits for {len(state.pending)} calls, so it is not clear whose result that is'
        )
    try:
        return payloads.encode(edit.result, 'the result')
    except ValueRefused as error:
        raise ForkRefused(run.id, step, str(error)) from None


def restart(store: Store, run: Run, stored: Program, new_id: str, edit: Edit) -> None:
    """Insert a run that begins the script of another one with the same inputs, within a transaction that is open."""
    now = store.now()
    begun = Begun(stored.source if edit.source is None else edit.source)
    rows = store.rows_of_run(run.id)
    [origin] = rows['runs']
    starts = [call for call in rows['calls'] if call['kind'] == CallKind.START]
    fresh = _fresh(run, new_id, 0, begun.script_hash, now) | {
        'status': RunStatus.PENDING.value, 'version': 1, 'started_at': None, 'last_call': 0, 'oldest_call': 0,
    }  # fmt: skip
    store.insert_rows({
        'scripts': _script(store, begun, now),
        'runs': [origin | fresh],
        'calls': [_waiting_again(call, None, now) | {'run_id': new_id} for call in starts],
        'tags': [row | {'run_id': new_id} for row in rows['tags']],
        'large_uses': _uses(rows, new_id),
    })  # fmt: skip


def check_restart(run: Run, stored: Program, edit: Edit) -> None:
    """Raise ForkRefused for what cannot be changed before the script has begun."""
    if edit.variables or edit.result is not AS_IT_IS:
        raise ForkRefused(
            run.id, 0, 'it has no variables and waits for no call yet; submit it with other inputs instead'
        )
    try:
        compile_script(edit.source or stored.source, tuple(sorted(run.inputs)), run.script_name)
    except MontySyntaxError as error:
        raise ForkRefused(run.id, 0, f'the new script cannot be compiled: {error}') from None


def _fresh(run: Run, new_id: str, step: int, script_hash: str, now: int) -> dict[str, Any]:
    """Return what a fork does not have of its origin."""
    return {
        'id': new_id, 'step': step, 'script_hash': script_hash, 'key': None, 'output': None, 'error': None, 'created_at': now,
        'updated_at': now, 'finished_at': None, 'deadline_at': None, 'cancel_at': None, 'parent_id': None, 'depth': 0,
        'origin_id': run.id, 'origin_step': step,
    }  # fmt: skip


def fork(store: Store, run: Run, step: int, new_id: str, edit: Edited, codec: Codec) -> None:
    """Insert a run that goes on from an edited state of another one, within a transaction that is open."""
    now = store.now()
    rows = store.rows_of_run(run.id)
    [origin] = rows['runs']
    calls = rows['calls']
    waiting = _waiting_at(step, edit.state, calls)
    if not waiting:
        raise ForkRefused(run.id, step, 'the calls at which it waited are not stored')
    past = [call for call in calls if call not in waiting and (taken := _taken_at(call)) is not None and taken < step]
    numbers = {call['number'] for call in past}
    history = [entry for entry in rows['history'] if entry['number'] in numbers]
    fresh = _fresh(run, new_id, step, edit.script_hash, now) | {
        'status': RunStatus.WAITING.value, 'version': max((entry['version'] for entry in history), default=0) + 1,
        'last_call': max(call['number'] for call in waiting), 'oldest_call': min(call['number'] for call in waiting),
    }  # fmt: skip
    inserted: Rows = {
        'scripts': _script(store, edit, now),
        'runs': [origin | fresh],
        'calls': past + [_waiting_again(call, edit.result, now) for call in waiting],
        'history': history,
        'logs': [row for row in rows['logs'] if row['step'] < step],
        'tags': rows['tags'],
        'snapshots': [edit.row(new_id, step, codec)],
        'large_uses': _uses(rows, new_id),
    }
    for table in ('calls', 'history', 'logs', 'tags'):
        inserted[table] = [row | {'run_id': new_id} for row in inserted[table]]
    for row in inserted['logs']:
        # The sequence number is the database's own.
        del row['id']
    store.insert_rows(inserted)


def migrate(store: Store, run: Run, edit: Edited, codec: Codec) -> bool:
    """Let a run go on in an edited state, and return whether it still stood where it was read and was in no worker's hands."""
    now = store.now()
    store.insert_rows({'scripts': _script(store, edit, now)})
    if not store.move_run(run.id, run.version, edit.script_hash, now):
        return False
    store.insert_rows({'snapshots': [edit.row(run.id, run.step + 1, codec)]})
    return True


def _uses(rows: Rows, new_id: str) -> list[dict[str, Any]]:
    """Return the uses of large values by a fork: what the values of its origin name, which it has too, or some of it."""
    return [row | {'run_id': new_id} for row in rows['large_uses'] if row['number'] == BY_PAYLOADS]


def _script(store: Store, edit: Begun, now: int) -> list[dict[str, Any]]:
    if store.has_script(edit.script_hash):
        return []
    return [{'hash': edit.script_hash, 'source': edit.source, 'created_at': now}]


def _taken_at(call: dict[str, Any]) -> int | None:
    """Return the state that took the result of a call, None while none did."""
    if call['status'] not in (CallStatus.DONE, CallStatus.FAILED):
        return None
    number: int = call['number']
    step: int | None = call['step']
    # Rows of revision 0010 have none: there the call's number is the state's.
    return number if step is None else step


def _waiting_at(step: int, state: Snapshot | FutureSnapshot, calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows of the calls for which a script waits in its state after a step."""
    open_then = [
        call
        for call in calls
        if call['kind'] != CallKind.START
        and call['part_of'] is None
        and ((taken := _taken_at(call)) is None or taken >= step)
    ]
    if isinstance(state, FutureSnapshot):
        pending = {call.call_id for call in state.pending}
        return [call for call in open_then if call['future'] in pending]
    alone = [call for call in open_then if call['future'] is None and _taken_at(call) in (None, step)]
    if not alone:
        return []
    last = min(call['number'] for call in alone)
    return [
        call
        for call in open_then
        if call['number'] == last
        or (call['future'] is not None and call['number'] < last and call['status'] != CallStatus.CANCELLED)
    ]


def _waiting_again(call: dict[str, Any], result: bytes | None, now: int) -> dict[str, Any]:
    """Return the row of a call that waits once more, or whose given result is only to be handed over."""
    begun = call | {
        'status': CallStatus.PENDING.value, 'worker': None, 'result': result, 'error': None, 'attempt': 0, 'failures': 0,
        'due_at': now, 'created_at': now, 'started_at': None, 'finished_at': None if result is None else now, 'step': None,
    }  # fmt: skip
    if 'progress' in begun:
        begun['progress'] = None
    if result is not None:
        return begun | {'awaits': None, 'expires_at': None}
    if call['expires_at'] is not None:
        begun['expires_at'] = call['expires_at'] - call['created_at'] + now
    if call['kind'] == CallKind.TIMER:
        begun['due_at'] = call['due_at'] - call['created_at'] + now
    elif call['kind'] in WAITING_KINDS:
        # Whoever looks at it sees whether the answer is there, and lets it wait on.
        begun['due_at'] = now
    elif call['awaits'] == APPROVAL:
        begun['due_at'] = NEVER
    return begun
