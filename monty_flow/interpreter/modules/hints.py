"""`typing.get_type_hints`: annotations with the names in them looked up.

A string is parsed and taken apart by hand: names, attributes, subscripts, `|`, lists and literals, and nothing is called.
Names mean what they mean at the top level of the script, or in the dicts that are given.
"""

from __future__ import annotations

import ast
from typing import Any

from monty_flow.interpreter.builtins.functions import Builtins
from monty_flow.interpreter.builtins.table import BUILTINS
from monty_flow.interpreter.modules.typing_forms import Form, ForwardRef, union_of
from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES, is_script_function
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.universe import TYPE

#: Characters of one annotation, and levels of nesting.
MAX_TEXT, MAX_DEPTH = 10_000, 50


def hints_of(run: Run, obj: Any, globalns: Any, localns: Any, extras: bool) -> dict[str, Any]:
    """Return the annotations of a class with those of its bases, or of a function."""
    reader = _Reader(run, globalns, localns)
    found: dict[str, Any] = {}
    if type(obj) in SCRIPT_TYPES:
        for base in reversed(obj.__mro__):
            for name, value in vars(base).get('__annotations__', {}).items():
                found[name] = reader.read(value)
    elif is_script_function(obj) or is_script_function(getattr(obj, '__func__', None)):
        function = obj if is_script_function(obj) else obj.__func__
        found = {name: reader.read(value) for name, value in function.__annotations__.items()}
    elif hasattr(obj, '__name__'):
        return {}
    else:
        raise TypeError(f'{Builtins(run).b_repr(obj)} is not a module, class, method, or function.')
    return found if extras else {name: _plain(value) for name, value in found.items()}


def _plain(value: Any) -> Any:
    """Return a hint without what `Annotated`, `Required` and their kin say beside the type."""
    if type(value) is Form and value._arguments:
        if value.__name__ in ('Annotated', 'Required', 'NotRequired', 'ReadOnly'):
            return _plain(value._arguments[0])
        return Form(value.__name__, value._kind, tuple([_plain(each) for each in value._arguments]))
    return value


class _Reader:
    """Read annotations that are text."""

    def __init__(self, run: Run, globalns: Any, localns: Any) -> None:
        self.run = run
        self.spaces = [space for space in (localns, globalns) if type(space) is dict]
        self.objects = Builtins(run)

    def read(self, value: Any) -> Any:
        if value is None:
            return type(None)
        if type(value) is ForwardRef:
            value = value.__forward_arg__
        if type(value) is str:
            return self.text(value)
        if type(value) is Form and any(type(each) is ForwardRef for each in value._arguments):
            return Form(value.__name__, value._kind, tuple([self.read(each) for each in value._arguments]))
        return value

    def text(self, text: str) -> Any:
        if len(text) > MAX_TEXT:
            raise SyntaxError('an annotation is too long')
        try:
            tree = ast.parse(text.strip(), mode='eval')
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise SyntaxError(f'Forward reference must be an expression -- got {text!r}') from None
        value = self.node(tree.body, 0)
        return type(None) if value is None else self.read(value) if type(value) is str else value

    def node(self, node: ast.expr, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise RecursionError('an annotation is nested too deeply')
        if isinstance(node, ast.Name):
            return self.name(node.id)
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Attribute):
            return self.objects.b_getattr(self.node(node.value, depth + 1), node.attr)
        if isinstance(node, (ast.Tuple, ast.List)):
            items = [self.node(each, depth + 1) for each in node.elts]
            return tuple(items) if isinstance(node, ast.Tuple) else items
        if isinstance(node, ast.Subscript):
            owner, item = self.node(node.value, depth + 1), self.node(node.slice, depth + 1)
            if isinstance(owner, dict | list | tuple | str | bytes):
                raise TypeError('an annotation takes types apart')
            return owner[item]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return union_of((self.node(node.left, depth + 1), self.node(node.right, depth + 1)))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
            return -self.node(node.operand, depth + 1)
        raise TypeError(f'an annotation cannot hold {type(node).__name__}: write it in the script instead of a string')

    def name(self, name: str) -> Any:
        for space in self.spaces:
            if name in space:
                return space[name]
        scope = self.run.globals
        if name in scope and not name.startswith('$') and not name.startswith('__'):
            return scope[name]
        row = BUILTINS.get(name)
        if row is not None and (isinstance(row.value, type) or row.value is TYPE):
            return row.value
        raise NameError(f"name '{name}' is not defined")
