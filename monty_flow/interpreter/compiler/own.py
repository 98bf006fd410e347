"""How a program of our own is compiled: the prelude, a library, a generated method."""

from __future__ import annotations

import ast
from collections.abc import Callable

from monty_flow.interpreter.records import record


@record(frozen=True)
class Own:
    """How a program of our own is compiled, where it differs from a script."""

    #: Maps the names in the tree to those of emitted code, and numbers the nodes.
    rename: Callable[[ast.Module], None]
    #: The identity of the one function of a generated program, None for the prelude, whose functions go by name.
    identity: str | None = None
    #: Whether calls of unknown values may stop.
    escapes: bool = True
    #: Names of methods of script classes that may stop.
    methods: frozenset[str] = frozenset()
    #: Whether it answers operations of C, and C operations in it are asked anew (`runtime/asking.py`).
    asks: bool = False
    #: The library that it is, '' for the prelude and for generated methods.
    library: str = ''
    #: The name of a library module's source.
    module: str | None = None
