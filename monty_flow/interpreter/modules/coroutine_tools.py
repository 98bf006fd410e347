"""What `types.coroutine` asks the runtime for; scripts cannot import it."""

from __future__ import annotations

from types import GeneratorType
from typing import Any

from monty_flow.interpreter.modules.module import Definition, Functions
from monty_flow.interpreter.runtime.coroutines import AwaitableGenerator
from monty_flow.interpreter.runtime.generators import PausableGenerator


class CoroutineTools(Functions):
    """Make generators awaitable."""

    __slots__ = ()
    module = '_coroutine_tools'

    def awaitable(self, value: Any, /) -> Any:
        """Return a generator as one that may be awaited, anything else as it is."""
        return AwaitableGenerator(value) if type(value) in (GeneratorType, PausableGenerator) else value


MODULE = Definition('_coroutine_tools', functions=CoroutineTools)
