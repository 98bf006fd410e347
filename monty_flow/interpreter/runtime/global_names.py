"""What `globals()` of a script gives: a live view of the names that it binds at its top level."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from monty_flow.interpreter.compiler.check import RESERVED
from monty_flow.interpreter.runtime.immutable import Immutable
from monty_flow.interpreter.runtime.namespaces import global_names, is_builtin_name, is_global_name, may_bind
from monty_flow.interpreter.runtime.paying_bases import BUILTINS_OF
from monty_flow.interpreter.runtime.text import repr_of

if TYPE_CHECKING:
    from monty_flow.interpreter.runtime.run import Run

_MISSING: Final[Any] = object()


class GlobalNames(Immutable):
    """The names that a script binds at its top level, as its `globals()`: a live view, which acts as a dict.

    A built-in that is bound through it is bound for code made of text alone (`Run.shadows`): the code of the script was
    compiled for the built-in.
    """

    __slots__ = ('_run',)
    _run: Run
    script_type_name: Final = 'dict'
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, run: Run) -> None:
        object.__setattr__(self, '_run', run)

    def __getitem__(self, name: Any) -> Any:
        found = self.get(name, _MISSING)
        if found is _MISSING:
            raise KeyError(name)
        return found

    def __setitem__(self, name: Any, value: Any) -> None:
        run = self._run
        if may_bind(run.program, name):
            run.globals[name] = value
        elif type(name) is str and is_builtin_name(name) and name not in RESERVED:
            if run.shadows is None:
                run.shadows = {}
            run.shadows[name] = value
        else:
            raise KeyError(f'globals() of a script takes the names of variables, not {name!r}')

    def __delitem__(self, name: Any) -> None:
        if name not in self or name == '__name__':
            raise KeyError(name)
        held = self._run.globals if name in self._run.globals else self._run.shadows
        assert held is not None
        del held[name]

    def __contains__(self, name: Any) -> bool:
        return self.get(name, _MISSING) is not _MISSING

    def __iter__(self) -> Iterator[str]:
        return iter(self.copy())

    def __reversed__(self) -> Iterator[str]:
        return reversed(self.copy())

    def __len__(self) -> int:
        return len(self.copy())

    def __eq__(self, other: object) -> Any:
        return True if type(other) is GlobalNames and other._run is self._run else NotImplemented

    def __or__(self, other: Any) -> Any:
        return self.copy() | other

    def __ror__(self, other: Any) -> Any:
        return other | self.copy()

    def __repr__(self) -> str:
        run = self._run
        if run.showing(run):
            return '{...}'
        try:
            return repr_of(self.copy(), run)
        finally:
            run.shown(run)

    def get(self, name: Any, default: Any = None, /) -> Any:
        """Return what a name is bound to."""
        if not is_global_name(name):
            return default
        run = self._run
        found = run.globals.get(name, _MISSING)
        if found is _MISSING:
            return default if run.shadows is None else run.shadows.get(name, default)
        return found

    def copy(self) -> dict[str, Any]:
        """Return the names and values as a dict."""
        run = self._run
        run.charge(len(run.globals))
        return global_names(run.globals, run.shadows or {})

    def keys(self) -> Any:
        """Return the names."""
        return self.copy().keys()

    def values(self) -> Any:
        """Return the values."""
        return self.copy().values()

    def items(self) -> Any:
        """Return the names and values."""
        return self.copy().items()

    def setdefault(self, name: Any, default: Any = None, /) -> Any:
        """Return what a name is bound to; bind it first where it is not."""
        if name not in self:
            self[name] = default
        return self[name]

    def pop(self, name: Any, *default: Any) -> Any:
        """Unbind a name and return what it was bound to."""
        if name not in self and default:
            return default[0]
        found = self[name]
        del self[name]
        return found

    def update(self, *args: Any, **names: Any) -> None:
        """Bind names."""
        found: dict[Any, Any] = BUILTINS_OF[0](self._run).b_dict(*args, **names)
        for name, value in found.items():
            self[name] = value
