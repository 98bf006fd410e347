"""Records with defaults, and short ways to do what most tests of the store do."""

from __future__ import annotations

from typing import Any

from monty_flow.engine import payloads
from monty_flow.engine.records import Claim, NewCall, Transition
from monty_flow.engine.states import CallKind, CallStatus, RunStatus
from monty_flow.engine.store import NewRun, Store

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


def paused(claim: Claim, session: str, **changes: Any) -> Transition:
    """Return the transition of a claimed call that leads to a call of `f`."""
    call = NewCall(CallKind.FUNCTION, 'f', payloads.encode([[1], {}]), 0, True, payloads.wrap(b'snapshot'))
    return transition(claim, session, to_status=RunStatus.WAITING, next=call, **changes)


def succeeded(claim: Claim, session: str, output: Any = 'output') -> Transition:
    """Return the transition of a claimed call that ends the run."""
    return transition(claim, session, to_status=RunStatus.SUCCEEDED, output=payloads.encode(output))


def transition(claim: Claim, session: str, **changes: Any) -> Transition:
    """Return a transition that settles a claimed call."""
    values: dict[str, Any] = {
        'run_id': claim.run_id,
        'from_version': claim.version,
        'from_status': claim.status,
        'to_status': RunStatus.WAITING,
        'number': claim.number,
        'function': claim.function,
        'worker': session,
        'at': 5 * SECOND,
        'call_status': CallStatus.DONE,
        'attempt': claim.attempt,
        'failures': claim.failures,
    }
    return Transition(**(values | changes))


def apply(store: Store, *transitions: Transition) -> list[bool]:
    """Apply transitions in one transaction."""
    with store.transaction():
        return store.apply(transitions)
