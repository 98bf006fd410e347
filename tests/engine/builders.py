"""Records with defaults, and short ways to do what most tests of the store do."""

from __future__ import annotations

from typing import Any

from monty_flow.engine import payloads
from monty_flow.engine.states import CallKind, CallStatus, RunStatus
from monty_flow.engine.store import NewRun, Store
from monty_flow.engine.transitions import Claim, NewCall, Settled, Transition

SECOND = 1_000_000


def new_run(run_id: str, **changes: Any) -> NewRun:
    """Return a run that can be inserted."""
    values = {
        'id': run_id,
        'source': 'f()',
        'script_hash': 'hash of f()',
        'script_name': 'main.py',
        'key': None,
        'inputs': payloads.encode({}),
        'limits': None,
    }
    return NewRun(**(values | changes))


def insert(store: Store, *run_ids: str) -> None:
    """Insert runs."""
    with store.transaction():
        store.insert_runs([new_run(run_id) for run_id in run_ids])


def claim(store: Store, session: str, *functions: str, limit: int = 100) -> list[Claim]:
    """Open the session if need be and claim what is due."""
    with store.transaction():
        if store.renew_session(session, 15 * SECOND) is None:
            store.open_session(session, 'worker', functions, 15 * SECOND)
        return store.claim(session, frozenset(functions), limit)


def paused(claim: Claim, session: str, *, leased: bool = True, **changes: Any) -> Transition:
    """Return the transition of a claimed call that leads to a call of `f`."""
    return pausing(claim, session, new_call(claim.last_call + 1, leased=leased), **changes)


def new_call(number: int, **changes: Any) -> NewCall:
    """Return a call of `f` that a step begins."""
    values: dict[str, Any] = {
        'number': number,
        'kind': CallKind.FUNCTION,
        'function': 'f',
        'arguments': payloads.encode([[1], {}]),
        'due_at': 0,
        'leased': True,
    }
    return NewCall(**(values | changes))


def pausing(claim: Claim, session: str, *new: NewCall, **changes: Any) -> Transition:
    """Return the transition of a claimed call that leads to these calls."""
    values: dict[str, Any] = {
        'to_status': RunStatus.WAITING,
        'new': new,
        'step': claim.step + 1,
        'last_call': max((call.number for call in new), default=claim.last_call),
        'oldest_call': min((call.number for call in new), default=claim.last_call),
        'snapshot': payloads.wrap(b'snapshot'),
    }
    return transition(claim, session, **(values | changes))


def succeeded(claim: Claim, session: str, output: Any = 'output') -> Transition:
    """Return the transition of a claimed call that ends the run."""
    return transition(claim, session, to_status=RunStatus.SUCCEEDED, output=payloads.encode(output))


#: What may be said of the one call that a transition settles.
_OF_CALL = frozenset(
    {'number', 'function', 'attempt', 'failures', 'due_at', 'started_at', 'result', 'function_us', 'error'}
)


def settled(claim: Claim, **changes: Any) -> Settled:
    """Return a claimed call whose result the script took."""
    values: dict[str, Any] = {
        'number': claim.number,
        'function': claim.function,
        'status': CallStatus.DONE,
        'attempt': claim.attempt,
        'failures': claim.failures,
        'step': claim.step,
    }
    return Settled(**(values | changes))


def transition(claim: Claim, session: str, *, call_status: CallStatus = CallStatus.DONE, **changes: Any) -> Transition:
    """Return a transition that settles a claimed call."""
    of_call = {name: changes.pop(name) for name in _OF_CALL & changes.keys()}
    values: dict[str, Any] = {
        'run_id': claim.run_id,
        'from_version': claim.version,
        'from_status': claim.status,
        'to_status': RunStatus.WAITING,
        'worker': session,
        'at': 5 * SECOND,
        'settled': (settled(claim, status=call_status, **of_call),),
        'from_step': claim.step,
        'step': claim.step,
        'last_call': claim.last_call,
        'oldest_call': claim.oldest_call,
    }
    return Transition(**(values | changes))


def apply(store: Store, *transitions: Transition) -> list[bool]:
    """Apply transitions in one transaction."""
    with store.transaction():
        return store.apply(transitions)


def lose_session(store: Store, session: str) -> None:
    """Have a session end as its lease does, within a transaction that is open: what it has in hand counts as begun."""
    store._execute(store._statements['delete_worker'], {'worker': session})
    store.recover()
