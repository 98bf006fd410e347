"""The items of `flow.map` calls in the list of a run's calls: thousands of rows as one line, but for those that matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monty_flow.engine import Call

#: Calls of items that are shown of each status that matters, where there are more items than `SHOWN_ITEMS`.
SHOWN_OF_A_STATUS = 5
SHOWN_ITEMS = 10
#: What is over and went as it should.
_QUIET = ('done', 'cancelled')


def folded(calls: Sequence[Call]) -> tuple[list[Call], list[str]]:
    """Return the calls to show, and a line for each map of which items are left out."""
    sizes = Counter(call.part_of for call in calls if call.part_of is not None)
    large = {number for number, size in sizes.items() if size > SHOWN_ITEMS}
    seen: Counter[tuple[int | None, str]] = Counter()
    shown = []
    for call in calls:
        if call.part_of in large:
            place = (call.part_of, call.status.value)
            seen[place] += 1
            if call.status.value in _QUIET or seen[place] > SHOWN_OF_A_STATUS:
                continue
        shown.append(call)
    maps = {call.number: call for call in calls if call.number in large}
    return shown, [_line(maps.get(number), number, calls, seen) for number in sorted(large)]


def _line(of: Call | None, number: int, calls: Sequence[Call], seen: Counter[tuple[int | None, str]]) -> str:
    items = len(of.args[1]) if of is not None and len(of.args) > 1 else len({
        call.item for call in calls if call.part_of == number
    })  # fmt: skip
    counts = {status: count for (part_of, status), count in seen.items() if part_of == number}
    told = ', '.join(f'{count} {status}' for status, count in sorted(counts.items()))
    return f'{items} items of call {number}: {told}'
