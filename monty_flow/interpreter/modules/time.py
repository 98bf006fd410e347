"""`time`: the run's clock, with UTC as the local time zone.

`sleep` is the one external call among all modules: the run pauses, and its host waits.
"""

from __future__ import annotations

import calendar
import operator
import time
from time import struct_time
from typing import SupportsIndex, cast

from monty_flow.interpreter.modules.module import Definition, External, Functions

#: Stands for `time.sleep` until `load` is given the run's external function of that name.
SLEEP = External('time.sleep')
#: Characters of a text or format of `strptime`, whose cost is not linear.
MAX_STRPTIME_LENGTH = 1000
_NANOSECONDS = 1_000_000_000
_TIME_FIELDS = 9


class TimeFunctions(Functions):
    """The functions of `time`."""

    __slots__ = ()
    module = 'time'

    def time(self) -> float:
        return self._run.now()

    def time_ns(self) -> int:
        return _nanoseconds(self._run.now())

    def monotonic(self) -> float:
        return self._run.monotonic()

    def monotonic_ns(self) -> int:
        return _nanoseconds(self._run.monotonic())

    def perf_counter(self) -> float:
        return self._run.monotonic()

    def perf_counter_ns(self) -> int:
        return _nanoseconds(self._run.monotonic())

    # What the process has used is the host's business, and would not be the same in another one.
    def process_time(self) -> float:
        return self._run.monotonic()

    def process_time_ns(self) -> int:
        return _nanoseconds(self._run.monotonic())

    def thread_time(self) -> float:
        return self._run.monotonic()

    def thread_time_ns(self) -> int:
        return _nanoseconds(self._run.monotonic())

    def gmtime(self, seconds: float | None = None, /) -> struct_time:
        return time.gmtime(self._run.now() if seconds is None else seconds)

    def localtime(self, seconds: float | None = None, /) -> struct_time:
        fields = self.gmtime(seconds)
        return _struct_time(tuple(fields))

    def mktime(self, time_tuple: object, /) -> float:
        return float(calendar.timegm(_struct_time(_fields(time_tuple))))

    def asctime(self, time_tuple: object = None, /) -> str:
        return time.asctime(self._given_or_now(time_tuple))

    def ctime(self, seconds: float | None = None, /) -> str:
        return time.asctime(self.gmtime(seconds))

    def strftime(self, format: str, time_tuple: object = None, /) -> str:
        self._run.charge(len(format))
        # C gives up at 256 characters for each one of the format.
        self._run.reserve(256 * len(format))
        return time.strftime(format, self._given_or_now(time_tuple))

    def strptime(self, data_string: str, format: str = '%a %b %d %H:%M:%S %Y', /) -> struct_time:
        for text in (data_string, format):
            if isinstance(text, str) and len(text) > MAX_STRPTIME_LENGTH:
                raise ValueError(f'time.strptime() takes at most {MAX_STRPTIME_LENGTH} characters in the sandbox')
        return time.strptime(data_string, format)

    def _given_or_now(self, time_tuple: object) -> struct_time:
        return self.localtime() if time_tuple is None else _struct_time(_fields(time_tuple))


def _nanoseconds(seconds: float) -> int:
    whole = int(seconds)
    # A product of the whole number would not be exact as a float.
    return whole * _NANOSECONDS + int((seconds - whole) * _NANOSECONDS)


def _fields(time_tuple: object) -> tuple[int, ...]:
    """Return the nine fields of a time tuple, as C would read them."""
    if not isinstance(time_tuple, tuple):
        raise TypeError('Tuple or struct_time argument required')
    if len(time_tuple) != _TIME_FIELDS:
        raise TypeError(f'function takes exactly {_TIME_FIELDS} arguments ({len(time_tuple)} given)')
    return tuple(operator.index(cast(SupportsIndex, field)) for field in time_tuple)


def _struct_time(fields: tuple[int, ...]) -> struct_time:
    """Make a time tuple that says its zone, so that `%Z` does not ask the host for its own."""
    return struct_time((*fields, 'UTC', 0))


MODULE = Definition(
    'time',
    static={'sleep': SLEEP, 'timezone': 0, 'altzone': 0, 'daylight': 0, 'tzname': ('UTC', 'UTC')},
    functions=TimeFunctions,
    left_out={
        'gmtime() and localtime() make time tuples, and a plain tuple of nine ints will do': 'struct_time',
        'the time zone is always UTC': 'tzset',
        'it measures the host; use monotonic()': 'get_clock_info clock_getres clock_gettime clock_gettime_ns clock_settime clock_settime_ns pthread_getcpuclockid '
        'CLOCK_BOOTTIME CLOCK_MONOTONIC CLOCK_MONOTONIC_RAW CLOCK_PROCESS_CPUTIME_ID CLOCK_REALTIME CLOCK_TAI '
        'CLOCK_THREAD_CPUTIME_ID CLOCK_HIGHRES CLOCK_PROF CLOCK_UPTIME CLOCK_UPTIME_RAW CLOCK_MONOTONIC_RAW_APPROX '
        'CLOCK_UPTIME_RAW_APPROX',
    },
)
