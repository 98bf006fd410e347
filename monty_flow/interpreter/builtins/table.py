"""The one table of built-in names: what a script holds, what it calls, and what it may not use.

A name is in `BUILTINS` or in `REFUSED_BUILTINS`; a test says that every public name of CPython's
`builtins` is in one of them.
"""

from __future__ import annotations

from typing import Any, Final

from monty_flow.interpreter.records import record
from monty_flow.interpreter.runtime.universe import EXCEPTIONS, TYPE, TypeFacade, facade_named


@record(frozen=True)
class Builtin:
    """One built-in name."""

    name: str
    #: What CPython has under the name. The script holds it when it is a type, or when `guard` is None.
    value: Any
    #: The method of `Builtins` that direct calls go to (and what the script holds, for functions); None: native is safe.
    guard: str | None = None
    #: Positions and keywords of arguments that are called back while the built-in runs or its result is iterated.
    callbacks: tuple[int | str, ...] = ()
    #: True where the built-in iterates an argument before it returns, so that a lazy iterator runs inside it.
    consumes: bool = False
    #: True where the result iterates an argument later, so that it pauses where its source does.
    lazy: bool = False


#: Native: cheap for any operand in the universe, and giving values of the universe.
_NATIVE: Final = (
    abs, bin, bool, callable, chr, complex, float, hex, len, oct, object, ord, range,
)  # fmt: skip


def _guarded(value: Any, *callbacks: int | str, consumes: bool = False, lazy: bool = False) -> Builtin:
    return Builtin(value.__name__, value, f'b_{value.__name__}', callbacks, consumes, lazy)


_ROWS: Final[tuple[Builtin, ...]] = (
    *(Builtin(value.__name__, value) for value in _NATIVE),
    Builtin('Ellipsis', Ellipsis),
    # They ask one method of a script's class, and run nothing else; `anext(x, default)` is compiled apart.
    Builtin('aiter', aiter),
    Builtin('anext', anext),
    Builtin('property', property),
    Builtin('staticmethod', staticmethod),
    Builtin('classmethod', classmethod),
    # The compiler serves `super().name`; the native object has more attributes than a script may use.
    Builtin('super', TypeFacade('super')),
    # A facade: CPython's own is never within reach of a script or of the bytes of a snapshot.
    Builtin('open', facade_named('open'), 'b_open'),
    *(Builtin(name, facade_named(name), f'b_{name}') for name in ('eval', 'exec', 'compile', 'exit', 'quit', 'input')),
    _guarded(setattr),
    _guarded(delattr),
    # A direct call of these sees the names of the function that it stands in.
    _guarded(dir),
    _guarded(globals),
    _guarded(locals),
    _guarded(vars),
    Builtin('NotImplemented', NotImplemented),
    *(Builtin(name, value) for name, value in EXCEPTIONS.items()),
    _guarded(all, consumes=True),
    _guarded(any, consumes=True),
    _guarded(ascii),
    _guarded(bytearray, consumes=True),
    _guarded(bytes, consumes=True),
    _guarded(dict, consumes=True),
    _guarded(divmod),
    _guarded(enumerate, lazy=True),
    _guarded(filter, 0, lazy=True),
    _guarded(format),
    _guarded(frozenset, consumes=True),
    _guarded(getattr),
    _guarded(hasattr),
    _guarded(hash),
    _guarded(id),
    _guarded(int),
    _guarded(isinstance),
    _guarded(issubclass),
    _guarded(iter, lazy=True),
    _guarded(list, consumes=True),
    _guarded(map, 0, lazy=True),
    _guarded(max, 'key', consumes=True),
    _guarded(memoryview),
    _guarded(min, 'key', consumes=True),
    # Native: what it advances was paid for; it runs lazy iterators, so it may pause.
    Builtin('next', next, consumes=True),
    _guarded(pow),
    _guarded(print),
    _guarded(repr),
    _guarded(reversed, lazy=True),
    _guarded(round),
    _guarded(set, consumes=True),
    _guarded(slice),
    _guarded(sorted, 'key', consumes=True),
    _guarded(str),
    _guarded(sum, consumes=True),
    _guarded(tuple, consumes=True),
    # `type` itself makes classes; scripts hold a facade that answers with one argument.
    Builtin('type', TYPE, 'b_type'),
    _guarded(zip, lazy=True),
)
BUILTINS: Final[dict[str, Builtin]] = {row.name: row for row in _ROWS}

_INTERACTIVE = 'it is for interactive sessions'
REFUSED_BUILTINS: Final[dict[str, str]] = {
    '__import__': 'use an import statement',
    '__build_class__': 'use a class statement',
    '__loader__': 'it belongs to the host',
    '__spec__': 'it belongs to the host',
    'breakpoint': 'there is no debugger inside; print() what you want to see',
    'help': _INTERACTIVE,
    'copyright': _INTERACTIVE,
    'credits': _INTERACTIVE,
    'license': _INTERACTIVE,
}
