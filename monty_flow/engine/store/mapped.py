"""What a store knows of the items of `flow.map` calls, each of which is a call of the run itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.sql import ClauseElement

from monty_flow.engine.schema import calls
from monty_flow.engine.states import CallStatus
from monty_flow.engine.store.operations import Operations
from monty_flow.engine.store.statements import open_parameter, status_in

#: Items whose results are read in one question.
RESULTS_AT_A_TIME = 500

_run = open_parameter('run_id')
_items = (calls.c.run_id == _run, calls.c.part_of == open_parameter('number'))

CLAUSES: dict[str, ClauseElement] = {
    'call_arguments': select(calls.c.arguments).where(
        calls.c.run_id == _run, calls.c.number == open_parameter('number')
    ),
    'last_item': select(func.max(calls.c.item)).where(*_items),
    'items': select(calls.c.item, calls.c.status).where(*_items),
    'item_results': select(calls.c.item, calls.c.result, calls.c.error)
    .where(*_items, calls.c.item >= open_parameter('first'), calls.c.item < open_parameter('end'))
    .where(status_in(calls.c.status, (CallStatus.DONE, CallStatus.FAILED)))
    .order_by(calls.c.item, calls.c.number),
    'first_failed_item': select(calls.c.error)
    .where(*_items, calls.c.status == CallStatus.FAILED.value)
    .order_by(calls.c.finished_at, calls.c.number)
    .limit(1),
    # It goes on being looked at, also when it is held.
    'wake_map': update(calls)
    .where(calls.c.run_id == _run, calls.c.number == open_parameter('number'))
    .where(status_in(calls.c.status, (CallStatus.PENDING, CallStatus.HELD)))
    .values(due_at=open_parameter('now')),
    # They are begun anew when the call of which they are items is looked at.
    'forget_failed_items': update(calls)
    .where(calls.c.run_id == _run, calls.c.part_of.is_not(None), calls.c.status == CallStatus.FAILED.value)
    .values(status=CallStatus.CANCELLED.value),
}


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What came of an item: payloads of its result, or of its error."""

    item: int
    result: bytes | None
    error: bytes | None


class Mapped(Operations):
    """What a store tells of items."""

    def call_arguments(self, run_id: str, number: int) -> bytes | None:
        """Return the payload of the arguments of a call, None when there is no such call."""
        found = self._query(self._statements['call_arguments'], {'run_id': run_id, 'number': number})
        return found[0][0] if found else None

    def last_item(self, run_id: str, number: int) -> int | None:
        """Return the highest item of a call that was begun, None when none was."""
        last: int | None = self._query(self._statements['last_item'], {'run_id': run_id, 'number': number})[0][0]
        return last

    def items(self, run_id: str, number: int) -> list[tuple[int, CallStatus]]:
        """Return the items of a call that were begun with their statuses, one that was begun again more than once."""
        found = self._query(self._statements['items'], {'run_id': run_id, 'number': number})
        return [(item, CallStatus(status)) for item, status in found]

    def first_failed_item(self, run_id: str, number: int) -> bytes | None:
        """Return the payload of the error of the item that failed first, None when none did."""
        found = self._query(self._statements['first_failed_item'], {'run_id': run_id, 'number': number})
        return found[0][0] if found else None

    def item_results(self, run_id: str, number: int, size: int) -> Iterator[ItemResult]:
        """Yield what came of `size` items of a call, in their order."""
        for first in range(0, size, RESULTS_AT_A_TIME):
            row = {'run_id': run_id, 'number': number, 'first': first, 'end': first + RESULTS_AT_A_TIME}
            for found in self._query(self._statements['item_results'], row):
                yield ItemResult(*found)
