"""Match the nodes of two versions of a script, so that a state of the one can go on in the other.

Statements of a block are matched by their text (definitions by their name, compound statements by their kind and head),
with a longest common subsequence; what stands between two matches is matched by kind, in order. Below a matched pair the
nodes are paired field by field. A pair says that the nodes have the same place in the text, not that they mean the same:
who uses it (`snapshot/relocation.py`) compares what matters to him. (Tree differencing by moves, as GumTree does it, was
dropped: what has moved out of its block has another meaning for a function that stands in the middle of it.)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

from monty_flow.interpreter.compiler.build import numbered
from monty_flow.interpreter.compiler.check import MARKS, children
from monty_flow.interpreter.limits import DEFAULT_LIMITS

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
#: Fields that hold blocks.
_BLOCKS = ('body', 'orelse', 'finalbody')


class Correspondence:
    """The pairs of nodes of two sources, by their numbers in snapshots."""

    def __init__(self, old_source: str, new_source: str, script_name: str) -> None:
        self._old, self._new = _numbered(old_source, script_name), _numbered(new_source, script_name)
        self._new_of: dict[int, int] = {}
        self._pair(self._old[0], self._new[0])

    def new_number(self, old_number: int) -> int | None:
        """Return the number in the new source of a node of the old one, None where it has no counterpart."""
        return self._new_of.get(old_number)

    def is_same_point(self, old_number: int) -> bool:
        """Tell whether a node and its counterpart are the same operation: a call of the same name, the same operator."""
        new_number = self._new_of.get(old_number)
        if new_number is None:
            return False
        old, new = self._old[old_number], self._new[new_number]
        if isinstance(old, ast.Await | ast.YieldFrom):
            # What is waited for is in hand already, so it has to be what the new script says.
            old, new = old.value, new.value
            if type(old) is not type(new):
                return False
        if isinstance(old, ast.Call):
            return ast.dump(old.func) == ast.dump(new.func)
        return type(getattr(old, 'op', None)) is type(getattr(new, 'op', None)) and (
            getattr(old, 'attr', None) == getattr(new, 'attr', None)
        )

    def added(self) -> Iterator[Any]:
        """Give the statements at the top level of the new source that have no counterpart."""
        known = set(self._new_of.values())
        for statement in self._new[0].body:
            if statement.nid not in known:
                yield statement

    def _pair(self, old: Any, new: Any) -> None:
        if type(old) is not type(new):
            return
        if isinstance(old, _DEFINITIONS) and old.name != new.name:
            return
        self._new_of[old.nid] = new.nid
        for field in old._fields:
            one, other = getattr(old, field, None), getattr(new, field, None)
            if isinstance(one, list) and isinstance(other, list):
                if field in _BLOCKS and _are_statements(one) and _are_statements(other):
                    self._pair_blocks(one, other)
                else:
                    self._pair_lists(one, other)
            elif _is_numbered(one) and _is_numbered(other):
                self._pair(one, other)

    def _pair_lists(self, old: list[Any], new: list[Any]) -> None:
        if len(old) == len(new):
            for one, other in zip(old, new, strict=True):
                if _is_numbered(one) and _is_numbered(other):
                    self._pair(one, other)
            return
        for at, to, size in _common([_dump(item) for item in old], [_dump(item) for item in new]):
            for offset in range(size):
                if _is_numbered(old[at + offset]):
                    self._pair(old[at + offset], new[to + offset])

    def _pair_blocks(self, old: list[Any], new: list[Any]) -> None:
        old, new = self._pair_definitions(old, new)
        at = to = 0
        for begin, other, size in _common([_key(item) for item in old], [_key(item) for item in new]):
            self._pair_rest(old[at:begin], new[to:other])
            for offset in range(size):
                self._pair(old[begin + offset], new[other + offset])
            at, to = begin + size, other + size
        self._pair_rest(old[at:], new[to:])

    def _pair_definitions(self, old: list[Any], new: list[Any]) -> tuple[list[Any], list[Any]]:
        """Pair functions and classes by name, wherever in the block they stand; return the other statements."""
        new_of = _definitions(new)
        for name, items in _definitions(old).items():
            # A property and its setter have one name: the first is the first.
            for item, other in zip(items, new_of.get(name, ()), strict=False):
                self._pair(item, other)
        return (
            [item for item in old if not isinstance(item, _DEFINITIONS)],
            [item for item in new if not isinstance(item, _DEFINITIONS)],
        )

    def _pair_rest(self, old: list[Any], new: list[Any]) -> None:
        """Pair statements between two matches by their kinds, in order."""
        for begin, other, size in _common([type(item) for item in old], [type(item) for item in new]):
            for offset in range(size):
                self._pair(old[begin + offset], new[other + offset])


def _numbered(source: str, script_name: str) -> list[Any]:
    """Return the nodes of a source by their numbers."""
    tree, _ = numbered(source, script_name, DEFAULT_LIMITS)
    found: list[Any] = []
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        found.append(node)
        pending += reversed(children(node))
    return found


def _is_numbered(item: object) -> bool:
    return isinstance(item, ast.AST) and not isinstance(item, MARKS)


def _common(old: list[Any], new: list[Any]) -> list[tuple[int, int, int]]:
    return [tuple(block) for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()]  # type: ignore[misc]


def _are_statements(items: list[Any]) -> bool:
    return all(isinstance(item, ast.stmt) for item in items)


def _definitions(statements: list[Any]) -> dict[tuple[type, str], list[Any]]:
    found: dict[tuple[type, str], list[Any]] = {}
    for item in statements:
        if isinstance(item, _DEFINITIONS):
            found.setdefault((type(item), item.name), []).append(item)
    return found


def _dump(item: Any) -> str:
    return ast.dump(item) if isinstance(item, ast.AST) else repr(item)


def _key(statement: ast.stmt) -> tuple[type, str]:
    """Return by what a statement is matched: its text, without its blocks."""
    blocks = [field for field in (*_BLOCKS, 'handlers', 'cases') if isinstance(getattr(statement, field, None), list)]
    if not blocks:
        return type(statement), ast.dump(statement)
    head = [_dump(getattr(statement, field, None)) for field in statement._fields if field not in blocks]
    return type(statement), '\n'.join(head)
