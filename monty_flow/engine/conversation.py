"""What people and programs say to runs and hear of them: the part of `Engine` for signals, approvals, published values and children."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from monty_flow.engine import payloads
from monty_flow.engine.errors import ApprovalNotFound, NameRefused, SignalsFull, WrongStatus
from monty_flow.engine.large import Large, LargeValues
from monty_flow.engine.records import Approval, Run, Signal
from monty_flow.engine.speaking import checked_name, storable
from monty_flow.engine.states import ENDED, RunStatus
from monty_flow.engine.store import Store
from monty_flow.engine.store.said import MAX_WAITING_SIGNALS

#: Characters of the comment to a decision.
MAX_COMMENT_CHARACTERS = 4000
#: Calls of one run that may wait for decisions at the same time.
MAX_ASKED = 10_000
#: Statuses of a run that can be told something.
LISTENING = tuple(status for status in RunStatus if status not in ENDED)


class Conversation:
    """Speak with runs."""

    _store: Store
    _lock: threading.RLock
    _large: LargeValues

    def get(self, run_id: str) -> Run:
        raise NotImplementedError

    def _write(self, operate: Callable[[Store], Any]) -> Any:
        raise NotImplementedError

    def signal(self, run_id: str, name: str, value: Any = None, *, key: str | None = None) -> Signal:
        """Send a signal to a run, for a `flow.wait_signal(name)` of its script, now or later.

        Signals of one name are taken in the order in which they were sent, each once. Sending again with the same `key` changes
        nothing and returns the first one. Raises NameRefused, ValueRefused for a value that cannot be stored, WrongStatus
        for a run that has ended, and SignalsFull.
        """
        _check(name, 'the name of a signal')
        if key is not None:
            _check(key, 'the key of a signal')
        payload = payloads.encode(value, f'the value of the signal {name!r}')
        run = self.get(run_id)
        payload, used = self._large.out(payload)
        sent: Signal = self._write(lambda store: _send(store, run.id, f'signal:{name}', key, payload, used))
        return sent

    def signals(self, run_id: str) -> list[Signal]:
        """Return the signals that were sent to a run, in their order, with the calls that they are the answers to."""
        with self._lock:
            return self._store.signals(self.get(run_id).id)

    def published(self, run_id: str) -> dict[str, Any]:
        """Return what the script of a run has published last under each name (`flow.publish`)."""
        with self._lock:
            return self._store.published(self.get(run_id).id)

    def children(self, run_id: str, *, limit: int = 1000) -> list[Run]:
        """Return the runs that the script of a run has started, in their order."""
        with self._lock:
            return [self.get(child) for child in self._store.children(self.get(run_id).id, limit)]

    def approvals(
        self, run_id: str | None = None, *, limit: int = 1000, namespace: str | None = None
    ) -> list[Approval]:
        """Return the calls that wait until a person has decided upon them, of one run or of all, the oldest first.

        With `namespace` only those of its runs.
        """
        with self._lock:
            return self._store.approvals(None if run_id is None else self.get(run_id).id, limit, namespace)

    def approve(self, run_id: str, call: int, *, by: str | None = None, comment: str | None = None) -> Approval:
        """Let a call that waits for it go on, and return what was asked.

        `by` says who decides, `comment` why; the script and the records have both. Raises ApprovalNotFound when the call does not
        wait for a decision, or not any more.
        """
        return self._decide(run_id, call, {'approved': True, 'by': by, 'comment': comment})

    def reject(self, run_id: str, call: int, *, by: str | None = None, comment: str | None = None) -> Approval:
        """Refuse a call; otherwise as `approve`."""
        return self._decide(run_id, call, {'approved': False, 'by': by, 'comment': comment})

    def _decide(self, run_id: str, call: int, decision: dict[str, Any]) -> Approval:
        if decision['by'] is not None:
            _check(decision['by'], 'the name of who decides')
        comment = decision['comment']
        if comment is not None:
            if type(comment) is not str or len(comment) > MAX_COMMENT_CHARACTERS:
                raise NameRefused(f'the comment must be a text of at most {MAX_COMMENT_CHARACTERS} characters')
            decision['comment'] = storable(comment)
        run = self.get(run_id)

        def operate(store: Store) -> Approval:
            store.lock_run(run.id)
            asked = [each for each in store.approvals(run.id, MAX_ASKED) if each.call == call]
            if not asked:
                raise ApprovalNotFound(run.id, call)
            store.decide(run.id, call, payloads.encode(decision))
            return asked[0]

        decided: Approval = self._write(operate)
        return decided


def _send(store: Store, run_id: str, name: str, key: str | None, payload: bytes, used: Sequence[Large]) -> Signal:
    now = store.now()
    status = store.lock_run(run_id)
    known = None if key is None else store.signal_with_key(run_id, key)
    if known is not None:
        return known
    if status is None or status in ENDED:
        raise WrongStatus(run_id, 'signalled', 'gone' if status is None else status, LISTENING)
    if store.waiting_signals(run_id) >= MAX_WAITING_SIGNALS:
        raise SignalsFull(run_id, MAX_WAITING_SIGNALS)
    store.put_large([(run_id, each) for each in used])
    return store.send(run_id, name, key, payload, now)


def _check(text: Any, what: str) -> None:
    try:
        checked_name(text, what)
    except (TypeError, ValueError) as error:
        raise NameRefused(str(error)) from None
