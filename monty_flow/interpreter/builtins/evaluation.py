"""Built-ins that make code of text, and the view of the names that it runs in; what they do is loaded with their first use."""

from __future__ import annotations

from types import FunctionType
from typing import Any

from monty_flow.interpreter.runtime.run import Run


class Evaluation:
    """The part of `Builtins` that compiles."""

    __slots__ = ()
    run: Run

    def b_globals(self, /, *args: Any, **kwargs: Any) -> Any:
        if args or kwargs:
            raise TypeError(f'globals() takes no arguments ({len(args) + len(kwargs)} given)')
        return self.globals_view()

    def globals_view(self) -> Any:
        """Return the names of the top level of the script."""
        from monty_flow.interpreter.runtime.global_names import GlobalNames

        return GlobalNames(self.run)

    def b_eval(self, /, *args: Any, **kwargs: Any) -> Any:
        return self.evaluated('eval', args, kwargs)

    def b_exec(self, /, *args: Any, **kwargs: Any) -> None:
        self.evaluated('exec', args, kwargs)

    def evaluated(self, mode: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        function = self.piece(mode, args, kwargs)
        try:
            return function()
        finally:
            self.piece_ended(function)

    def piece(self, mode: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> FunctionType:
        """Return the function that does what `eval` or `exec` of these arguments does; tell `piece_ended` of its end."""
        from monty_flow.interpreter.runtime.evaluation import prepared

        return prepared(self.run, mode, args, kwargs)

    def piece_ended(self, function: FunctionType) -> None:
        """Let go of the code of a piece that has ended."""
        from monty_flow.interpreter.runtime.evaluation import ended

        ended(self.run, function)

    def b_compile(self, /, *args: Any, **kwargs: Any) -> Any:
        from monty_flow.interpreter.runtime.evaluation import compiled

        return compiled(self.run, args, kwargs)
