"""Names in texts of ours that are written in the script language, as the prelude and the methods of dataclasses are."""

from __future__ import annotations

import ast


class OwnNames(ast.NodeTransformer):
    """Number the nodes of such a text as those of a script are; a subclass turns its names into those of emitted code."""

    def __init__(self) -> None:
        self.count = 0

    def rename(self, tree: ast.Module) -> None:
        """Rename and number a whole tree."""
        tree.parent = None  # type: ignore[attr-defined]
        self.visit(tree)

    def generic_visit(self, node: ast.AST) -> ast.AST:
        node.nid = self.count  # type: ignore[attr-defined]
        self.count += 1
        for child in ast.iter_child_nodes(node):
            child.parent = node  # type: ignore[attr-defined]
            self.visit(child)
        return node
