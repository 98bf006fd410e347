"""Context managers of `contextlib` as they were before it was written in the script language.

Nothing makes them any more; snapshots of earlier releases hold them.
"""

from __future__ import annotations

from typing import Any, ClassVar

from monty_flow.interpreter.modules.module import Frozen


class Suppress(Frozen):
    """Swallow exceptions of given classes."""

    __slots__ = ('_kinds',)
    script_type_name: ClassVar[str] = 'suppress'
    _kinds: tuple[Any, ...]

    def __init__(self, kinds: tuple[Any, ...]) -> None:
        self._set(_kinds=kinds)

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> bool:
        # A pause and a limit are no exceptions of the script.
        return isinstance(error, Exception | SystemExit | KeyboardInterrupt) and isinstance(error, self._kinds)


class NullContext(Frozen):
    """Do nothing around a block; give a value to it."""

    __slots__ = ('enter_result',)
    script_type_name: ClassVar[str] = 'nullcontext'
    enter_result: Any

    def __init__(self, enter_result: Any) -> None:
        self._set(enter_result=enter_result)

    def __enter__(self) -> Any:
        return self.enter_result

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> None:
        return None


class Closing(Frozen):
    """Close something after a block."""

    __slots__ = ('thing',)
    script_type_name: ClassVar[str] = 'closing'
    thing: Any

    def __init__(self, thing: Any) -> None:
        self._set(thing=thing)

    def __enter__(self) -> Any:
        return self.thing

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> None:
        # A pause leaves the block for a while only; what it holds stays open.
        if error is None or isinstance(error, Exception | SystemExit | KeyboardInterrupt | GeneratorExit):
            self.thing.close()
