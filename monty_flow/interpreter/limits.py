"""What a script may use up. Every limit has a safe default."""

from __future__ import annotations

from dataclasses import dataclass

#: The deepest recursion that a limit may allow: comparing nested lists recurses in C.
MAX_RECURSION_DEPTH = 10_000


@dataclass(frozen=True, slots=True)
class ResourceLimits:
    """Bounds on one run, counted over all its steps, across pauses.

    Time spent waiting in a pause does not count.
    """

    #: Seconds of computing, None for no bound.
    max_duration_secs: float | None = 30.0
    #: Bytes that values of the script may take, None for no bound.
    max_memory: int | None = 256 * 1024 * 1024
    #: Ticks (function entries and loop iterations), None for no bound; exact and deterministic.
    max_steps: int | None = None
    #: Depth of script calls.
    max_recursion_depth: int = 1000
    #: Bytes of print output, None for no bound.
    max_output_bytes: int | None = 16 * 1024 * 1024
    #: Bits of the largest int that `**`, `<<` and `*` may make.
    max_int_bits: int = 4 * 1024 * 1024
    #: Bytes of the largest snapshot.
    max_snapshot_bytes: int = 64 * 1024 * 1024
    #: Bytes of UTF-8 source.
    max_source_bytes: int = 1024 * 1024

    def __post_init__(self) -> None:
        if not 1 <= self.max_recursion_depth <= MAX_RECURSION_DEPTH:
            raise ValueError(
                f'max_recursion_depth={self.max_recursion_depth} is not between 1 and {MAX_RECURSION_DEPTH}: the'
                ' native stack holds no more'
            )


DEFAULT_LIMITS = ResourceLimits()
