"""The items of a `flow.map` call: each is a call of the run by itself, and the script is not stepped for any of them.

    flow.map(function, items)     a call of the kind `map`, for which the script waits
      item 0, 1, 2 ...            calls with `part_of`, the number of that call, and `item`; so many at once as was asked for

A commit that ends items begins the next ones in their order. It writes their results and no state of the script, so an item
costs the same whether it is the first or the ten-thousandth. Where a map stands is in the rows of its items, and nowhere else: the
next item is the one after the highest that was begun. When all are over, or one has failed that may not, the same commit makes the
call of the map due. Whoever claims that looks at all items: it collects their results, or begins what was not begun or has no
result, which is so at first, and when a person has a run tried again.

Until somebody has looked at a call that is due, nobody begins items of it, so that none is begun twice: both change the version of
the run. A map that is over has its other items given up.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from monty_flow.engine import payloads
from monty_flow.engine.errors import ValueRefused
from monty_flow.engine.interpreting import Asked
from monty_flow.engine.live import Ended, Hand, Known, LiveRun
from monty_flow.engine.outcomes import Over, Raised, Returned, StillWaiting, recorded
from monty_flow.engine.speaking import ANSWERED
from monty_flow.engine.states import LIVE, CallStatus
from monty_flow.engine.timers import ASYNC_SLEEP, SLEEP
from monty_flow.engine.transitions import Settled
from monty_flow.engine.waits import MAP, NEVER, WAITS, Ask

#: Items of one map: all are read when it is looked at, and their results are one value of the script.
MAX_ITEMS: Final = 100_000
#: Items of one map that are under way at once.
MAX_CONCURRENCY: Final = 1000
#: Characters of the name of a function, which is in an index of the database.
MAX_NAME_CHARACTERS: Final = 200
#: Items that a worker keeps decoded, of all maps together; those of the newest one always.
KEPT_ITEMS: Final = 2 * MAX_ITEMS


@dataclass(frozen=True, slots=True)
class Plan:
    """What a map was asked to do."""

    function: str
    items: Sequence[Any]
    concurrency: int
    #: Whether errors are results.
    gathers_errors: bool


@dataclass(frozen=True, slots=True)
class Item:
    """An item that is to be begun."""

    part_of: int
    item: int
    asked: Asked


@dataclass(frozen=True, slots=True)
class Following:
    """What a commit does with maps besides settling calls."""

    items: tuple[Item, ...] = ()
    #: Maps that somebody is to look at.
    woken: tuple[int, ...] = ()


NOTHING_FOLLOWS = Following()


def plan_of(arguments: bytes) -> Plan:
    """Return what a call of `flow.map` asks for; raise TypeError or ValueError, which the script gets."""
    args, kwargs = payloads.decode(arguments)
    if len(args) != 4 or kwargs:
        raise TypeError('flow.map() takes a function, items, concurrency and return_exceptions')
    function, items, concurrency, gathers_errors = args
    if type(function) is not str or type(items) is not list or type(concurrency) is not int:
        raise TypeError(
            'flow.map() takes the name of a function, a list of items, and the concurrency as a whole number'
        )
    is_name = len(function) <= MAX_NAME_CHARACTERS and all(part.isidentifier() for part in function.split('.'))
    if function in _NO_FUNCTIONS or not is_name:
        raise ValueError(f'flow.map() takes a function that workers provide, not {function[:MAX_NAME_CHARACTERS]!r}')
    if len(items) > MAX_ITEMS:
        raise ValueError(f'flow.map(): {len(items)} items are more than {MAX_ITEMS}; map some of them at a time')
    if not 1 <= concurrency <= MAX_CONCURRENCY:
        raise ValueError(f'flow.map(): concurrency is {concurrency}; give a number from 1 to {MAX_CONCURRENCY}')
    return Plan(function, items, concurrency, bool(gathers_errors))


_NO_FUNCTIONS: Final = frozenset({*ANSWERED, *WAITS, MAP, SLEEP, ASYNC_SLEEP})


class Maps:
    """The maps of the runs that a worker has calls of."""

    def __init__(self, ask: Ask[Any], whole: Callable[[bytes], bytes]) -> None:
        self._ask = ask
        #: Returns a payload with what its row is without.
        self._whole = whole
        self._plans: OrderedDict[tuple[str, int], Plan] = OrderedDict()
        self._items = 0
        self._lock = threading.Lock()

    def look(self, run: LiveRun, hand: Hand) -> tuple[Over | StillWaiting, tuple[Item, ...]]:
        """Return what a map has come to, and what is to be begun of it."""
        assert hand.arguments is not None
        number = hand.number
        try:
            plan = plan_of(self._whole(hand.arguments))
        except (TypeError, ValueError) as error:
            return Raised(error, final=True), ()
        self._keep(run.id, number, plan)
        found: list[tuple[int, CallStatus]] = self._ask(lambda store: store.items(run.id, number))
        if not plan.gathers_errors and any(status is CallStatus.FAILED for _, status in found):
            failure = recorded(None, self._ask(lambda store: store.first_failed_item(run.id, number)))
            assert failure is not None
            return failure, ()
        live = {item for item, status in found if status in LIVE}
        over = {item for item, status in found if status in (CallStatus.DONE, CallStatus.FAILED)}
        missing = [item for item in range(len(plan.items)) if item not in live and item not in over]
        if not missing and not live:
            return self._collected(run.id, number, plan), ()
        chosen = missing[: max(0, plan.concurrency - len(live))]
        run.next_items[number] = max([*chosen[-1:], *(item for item, _ in found)], default=-1) + 1
        return StillWaiting(NEVER), tuple([_item(number, item, plan) for item in chosen])

    def _collected(self, run_id: str, number: int, plan: Plan) -> Over:
        results: list[Any] = [None] * len(plan.items)
        errors: list[list[Any]] = []
        for found in self._ask(lambda store: list(store.item_results(run_id, number, len(plan.items)))):
            if found.result is not None:
                results[found.item] = payloads.decode(self._whole(found.result))
                continue
            name, message, _, *rest = payloads.decode(found.error)
            errors.append([found.item, name, message, payloads.decode(rest[0]) if rest and rest[0] else None])
        value = {'results': results, 'errors': errors}
        try:
            return Returned(value, payloads.encode(value, 'what flow.map() gives'))
        except ValueRefused as error:
            return Raised(TypeError(str(error)), final=True)

    def follow(self, run: LiveRun, ended: Sequence[Ended], settled: Iterable[Settled], *, may_begin: bool) -> Following:
        """Return what follows for the maps of items that have ended, by how their calls are settled."""
        statuses = {call.number: call.status for call in settled if call.step is not None}
        gone = {hand.number: hand.part_of for hand, _ in ended if hand.part_of is not None and hand.number in statuses}
        items: list[Item] = []
        woken: list[int] = []
        for number in sorted(set(gone.values())):
            known = run.calls.get(number)
            if known is None or known.is_woken or known.ready is not None:
                continue
            plan = self._plan(run.id, number)
            live = sum(call.part_of == number and each not in gone for each, call in run.calls.items())
            has_failed = not plan.gathers_errors and any(
                part_of == number and statuses[each] is CallStatus.FAILED for each, part_of in gone.items()
            )
            begun = self._next(run, number, plan, live) if may_begin and not has_failed else []
            items += begun
            if has_failed or not (live or begun):
                woken.append(number)
        return Following(tuple(items), tuple(woken))

    def _next(self, run: LiveRun, number: int, plan: Plan, live: int) -> list[Item]:
        first = run.next_items.get(number)
        if first is None:
            last = self._ask(lambda store: store.last_item(run.id, number))
            first = 0 if last is None else last + 1
        end = min(first + max(0, plan.concurrency - live), len(plan.items))
        run.next_items[number] = max(first, end)
        return [_item(number, item, plan) for item in range(first, end)]

    def _plan(self, run_id: str, number: int) -> Plan:
        with self._lock:
            found = self._plans.get((run_id, number))
            if found is not None:
                self._plans.move_to_end((run_id, number))
                return found
        plan = plan_of(self._whole(self._ask(lambda store: store.call_arguments(run_id, number))))
        self._keep(run_id, number, plan)
        return plan

    def _keep(self, run_id: str, number: int, plan: Plan) -> None:
        with self._lock:
            known = self._plans.pop((run_id, number), None)
            self._items += len(plan.items) - (0 if known is None else len(known.items))
            self._plans[run_id, number] = plan
            while self._items > KEPT_ITEMS and len(self._plans) > 1:
                _, oldest = self._plans.popitem(last=False)
                self._items -= len(oldest.items)


def orphans(calls: Mapping[int, Known], over: Container[int] = ()) -> list[int]:
    """Return the items whose map is not under way any more, or is in `over`."""
    found = []
    for number, call in calls.items():
        if call.part_of is not None:
            of = calls.get(call.part_of)
            if of is None or of.ready is not None or call.part_of in over:
                found.append(number)
    return found


def _item(number: int, item: int, plan: Plan) -> Item:
    args = (plan.items[item],)
    return Item(number, item, Asked(None, plan.function, args, {}, payloads.encode([list(args), {}])))
