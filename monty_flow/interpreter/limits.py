"""What a script may use up. Every limit has a safe default."""

from __future__ import annotations

from operator import attrgetter

from monty_flow.interpreter.records import record

#: The deepest recursion that a limit may allow: comparing nested lists recurses in C.
MAX_RECURSION_DEPTH = 10_000


@record(frozen=True)
class ResourceLimits:
    """Bounds on one run, counted over all its steps, across pauses.

    Time spent waiting in a pause does not count.
    """

    #: Seconds of computing, None for no bound. Time in functions of the host does not count, but for calls that have ended
    #: before the run was a few milliseconds old.
    max_duration_secs: float | None = 30.0
    #: Bytes that values of the script may take at once, None for no bound. A single result over it is not made; what
    #: many small ones take is judged by the growth of the process, with 8 MB (or a sixteenth) to spare.
    max_memory: int | None = 256 * 1024 * 1024
    #: Ticks (function entries and loop iterations), None for no bound; exact and deterministic, also across pauses. What goes
    #: over items that are there already is paid before it begins: a list whole, a range by the 1,000.
    max_steps: int | None = None
    #: Depth of script calls that there is room for; far over it is a RecursionError, which the script may catch as in CPython.
    #: The stack is one setting of the interpreter: where it is wider, for the host or another run, so is it for this one. A script
    #: that runs alone in its process may ask for more by `sys.setrecursionlimit`, up to `MAX_RECURSION_DEPTH`.
    max_recursion_depth: int = 1000
    #: Bytes of UTF-8 that the script may print, None for no bound.
    max_output_bytes: int | None = 16 * 1024 * 1024
    #: Bits of the largest int that `**`, `<<` and `*` may make: the product of two of half the size takes some 0.03 s.
    max_int_bits: int = 1024 * 1024
    #: Bytes of the largest snapshot, before compression.
    max_snapshot_bytes: int = 64 * 1024 * 1024
    #: Bytes of UTF-8 source.
    max_source_bytes: int = 1024 * 1024
    #: External calls of a run, None for no bound.
    max_pauses: int | None = 1_000_000

    def __post_init__(self) -> None:
        for name, value in zip(_LIMITS, _values_of(self), strict=True):
            # Loading a state makes limits: the usual kind passes by one look.
            if value.__class__ is int and value >= 0:
                continue
            if value is None and name in _OPEN:
                continue
            if type(value) not in (int, float) or not value >= 0:
                or_none = ', or None for no bound' if name in _OPEN else ''
                raise ValueError(f'{name}={value!r} is not a number from 0 on{or_none}')
        if not 1 <= self.max_recursion_depth <= MAX_RECURSION_DEPTH:
            raise ValueError(
                f'max_recursion_depth={self.max_recursion_depth} is not between 1 and {MAX_RECURSION_DEPTH}: the'
                ' native stack holds no more'
            )


_LIMITS: tuple[str, ...] = tuple(ResourceLimits.__annotations__)
_values_of = attrgetter(*_LIMITS)
#: Those that may have no bound.
_OPEN = frozenset(name for name, kind in ResourceLimits.__annotations__.items() if 'None' in kind)
DEFAULT_LIMITS = ResourceLimits()
