"""Whether a program's annotations are evaluated.

CPython evaluates the annotations of parameters, of class bodies and of the top level as it meets them. What they give is
seen by the programs alone that ask for it, so in all others they are left out (a class keeps its own as text, which is
all that dataclasses and their like need): a hint costs nothing there, and cannot fail.
"""

from __future__ import annotations

import ast
from enum import Enum
from typing import Any


class Annotations(Enum):
    """What becomes of the annotations of a program."""

    #: Nothing can see them.
    UNSEEN = 'unseen'
    #: `from __future__ import annotations`: they are text.
    TEXT = 'text'
    VALUES = 'values'


#: Words of which one must stand in the source of a program that looks at annotations.
_ASKING = (
    '__annotations__', 'get_type_hints', 'signature', 'get_annotations', '__dataclass_fields__', 'singledispatch',
)  # fmt: skip
#: Those with which annotations that are text are looked up in the names of the top level.
RESOLVING = ('get_type_hints', 'singledispatch')


def annotations_of(tree: ast.Module, source: str) -> Annotations:
    """Return what becomes of the annotations of a program."""
    if not (any(word in source for word in _ASKING) or ('fields(' in source and '.type' in source)):
        return Annotations.UNSEEN
    node: Any
    for node in tree.body:
        is_future = isinstance(node, ast.ImportFrom) and node.module == '__future__'
        if is_future and any(alias.name == 'annotations' for alias in node.names):
            return Annotations.TEXT
    return Annotations.VALUES


def of_function(node: Any) -> list[tuple[str, ast.expr]]:
    """Return the annotations of a function: (name, expression), in the order in which Python evaluates them."""
    args = node.args
    listed = [*args.posonlyargs, *args.args, args.vararg, *args.kwonlyargs, args.kwarg]
    found = [(arg.arg, arg.annotation) for arg in listed if arg is not None and arg.annotation is not None]
    return found if node.returns is None else [*found, ('return', node.returns)]
