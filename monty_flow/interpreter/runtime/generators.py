"""Generators that may pause while they run.

A generator whose body only yields is a native generator. One whose body can also make external
calls is wrapped: when a pause unwinds it, the native generator is dead, and the wrapper is what the
rest of the script holds. Resuming gives the wrapper a new native generator that stands where the
old one stood.
"""

from __future__ import annotations

from types import GeneratorType
from typing import Any

from monty_flow.interpreter.runtime.pause import GeneratorMark, Pause


class End:
    """What stepping an exhausted iterator gives where the end is wanted as a value."""

    __slots__ = ()

    def __repr__(self) -> str:
        return '<end>'


END = End()


class PausableGenerator:
    """A script's generator whose body may make external calls."""

    __slots__ = ('native',)

    def __init__(self, native: GeneratorType[Any, Any, Any] | None) -> None:
        #: The native generator; None while a pause that passed it is not resumed.
        self.native = native

    def __iter__(self) -> PausableGenerator:
        return self

    def __next__(self) -> Any:
        return self.advance(False)

    def __repr__(self) -> str:
        return '<generator object>'

    def advance(self, end_as_value: bool) -> Any:
        """Run to the next yield; at the end raise StopIteration, or return END."""
        native = self.native
        if native is None:
            raise ValueError('generator already executing')
        try:
            return next(native)
        except Pause as pause:
            self.native = None
            pause.records.append(GeneratorMark(self, end_as_value))
            raise
        except StopIteration:
            if end_as_value:
                return END
            raise


def next_or_end(iterator: Any) -> Any:
    """Return the next item of an iterator, or END."""
    if type(iterator) is PausableGenerator:
        return iterator.advance(True)
    return next(iterator, END)
