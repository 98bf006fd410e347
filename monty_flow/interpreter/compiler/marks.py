"""Marks that the pausing analysis leaves on nodes, and the lowering asks for."""

from __future__ import annotations

import ast


def has_stop(node: ast.AST) -> bool:
    return 'has_stop' in node.__dict__


def is_stop(node: ast.AST) -> bool:
    return 'stop' in node.__dict__


def is_operator_stop(node: ast.AST) -> bool:
    """Tell whether an operation stops because a method of a script's class may."""
    return 'operator_stop' in node.__dict__


def asks_truth(node: ast.AST) -> bool:
    """Tell whether the truth of an expression is asked of a method that may stop."""
    return 'truth_stop' in node.__dict__
