"""Time-ordered ids in the form of UUIDv7 (RFC 9562, section 5.7).

Ids that grow with time keep the newest rows together in every index; 74 random bits keep them apart.
"""

from __future__ import annotations

import threading
import uuid
from random import Random

from monty_flow.engine.clock import Clock


class IdSource:
    """Make ids from a clock and a random source.

    For several threads. Ids of one source are strictly increasing, also within a millisecond and when the clock goes back.
    """

    def __init__(self, clock: Clock, random: Random) -> None:
        self._clock = clock
        self._random = random
        self._last = 0
        self._lock = threading.Lock()

    def next(self) -> str:
        """Return a new id as the usual 36 characters."""
        with self._lock:
            bits = (self._clock.now() // 1000) << 74 | self._random.getrandbits(74)
            if bits <= self._last:
                # A small random stride keeps the order without making the next id guessable by adding one.
                bits = self._last + 1 + self._random.getrandbits(32)
            self._last = bits
        milliseconds, random_a, random_b = bits >> 74, bits >> 62 & 0xFFF, bits & (1 << 62) - 1
        return str(uuid.UUID(int=milliseconds << 80 | 7 << 76 | random_a << 64 | 2 << 62 | random_b))


#: Hexadecimal digits of an id that are its moment, and the dash between them.
_MOMENT_LENGTH = 13


def id_at(milliseconds: int) -> str:
    """Return the beginning of the ids that are made at a moment; ids from then on are not below it."""
    digits = f'{min(max(0, milliseconds), (1 << 48) - 1):012x}'
    return f'{digits[:8]}-{digits[8:]}'


def moment_of_id(beginning: str) -> int:
    """Return the milliseconds of the first moment whose ids begin so."""
    digits = beginning[:_MOMENT_LENGTH].replace('-', '')
    return int(digits.ljust(12, '0'), 16)
