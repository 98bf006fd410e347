"""How long a call of a timer takes."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

#: The external calls that are timers: one that the script waits for alone, and one beside others.
SLEEP, ASYNC_SLEEP = 'time.sleep', 'asyncio.sleep'
#: Sleeps beyond this many seconds, some 3000 years, are refused as CPython refuses what its clock cannot hold.
MAX_SLEEP_SECONDS = 1e11


def sleep_seconds(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[float, Exception | None]:
    """Return the seconds of a `time.sleep` call, or 0 and the error that CPython would raise for its arguments."""
    if len(args) != 1 or kwargs:
        return 0.0, TypeError(f'time.sleep() takes exactly one argument ({len(args) + len(kwargs)} given)')
    value = args[0]
    if type(value) not in (int, float, bool):
        return 0.0, TypeError(f'{type(value).__name__!r} object cannot be interpreted as an integer')
    if value != value:
        return 0.0, ValueError('Invalid value NaN (not a number)')
    if value < 0:
        return 0.0, ValueError('sleep length must be non-negative')
    if value > MAX_SLEEP_SECONDS:
        return 0.0, OverflowError('timestamp out of range for platform time_t')
    return float(value), None


def delay_seconds(args: tuple[Any, ...]) -> float:
    """Return the seconds of a timer of the event loop, which has looked at its argument already."""
    value = args[0]
    # What is no number, or none that can be compared, has no time to wait for.
    if not isinstance(value, int | float | Fraction | Decimal) or value != value:
        return 0.0
    # CPython's loop, too, waits for longer than its clock can hold by waiting for as long as it can.
    return float(min(max(value, 0), MAX_SLEEP_SECONDS))
