"""Which methods of a script's class an operation may run.

Only scripts that define an operator method in which an external call can be reached have operations that stop;
for all others this table is never asked.
"""

from __future__ import annotations

import ast
from collections.abc import Set

_BINARY: dict[type[ast.operator], str] = {
    ast.Add: 'add', ast.Sub: 'sub', ast.Mult: 'mul', ast.MatMult: 'matmul', ast.Div: 'truediv', ast.Mod: 'mod',
    ast.FloorDiv: 'floordiv', ast.Pow: 'pow', ast.LShift: 'lshift', ast.RShift: 'rshift', ast.BitAnd: 'and',
    ast.BitOr: 'or', ast.BitXor: 'xor',
}  # fmt: skip
_UNARY: dict[type[ast.unaryop], tuple[str, ...]] = {
    ast.USub: ('__neg__',), ast.UAdd: ('__pos__',), ast.Invert: ('__invert__',), ast.Not: ('__bool__', '__len__'),
}  # fmt: skip
_COMPARE: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Eq: ('__eq__',), ast.NotEq: ('__ne__', '__eq__'), ast.Lt: ('__lt__', '__gt__', '__eq__'),
    ast.Gt: ('__gt__', '__lt__', '__eq__'), ast.LtE: ('__le__', '__ge__', '__eq__'), ast.GtE: ('__ge__', '__le__', '__eq__'), ast.In: ('__contains__', '__eq__'),
    ast.NotIn: ('__contains__', '__eq__'), ast.Is: (), ast.IsNot: (),
}  # fmt: skip
#: Methods that sorting asks: that of equality to find the items in which two sequences differ.
ORDERINGS = ('__lt__', '__gt__', '__eq__')
#: Methods of lists, tuples and deques that look for an item -> what does so in the prelude, by steps.
SEARCHES: dict[str, str] = {'index': 'index_by_steps', 'count': 'count_by_steps', 'remove': 'remove_by_steps'}
#: Built-ins with a version in the prelude that asks the methods of its operands itself.
BY_STEPS: dict[str, str] = {
    'sum': 'sum_operands', 'sorted': 'sorted_by_steps', 'min': 'min_by_steps', 'max': 'max_by_steps', 'print': 'print_by_steps',
}  # fmt: skip
#: Built-ins that give what one method of their argument gives.
BUILTINS: dict[str, tuple[str, ...]] = {
    'len': ('__len__',), 'repr': ('__repr__',), 'str': ('__str__', '__repr__'), 'abs': ('__abs__',),
    'hash': ('__hash__',), 'int': ('__int__', '__index__'), 'float': ('__float__', '__index__'),
    'bool': ('__bool__', '__len__'), 'round': ('__round__',), 'format': ('__format__', '__str__', '__repr__'),
    'divmod': ('__divmod__', '__rdivmod__'), 'pow': ('__pow__', '__rpow__'), 'reversed': ('__reversed__',),
    'iter': ('__iter__',), 'type': ('__set_name__', '__init_subclass__'), 'sum': ('__add__', '__radd__'),
    'sorted': ORDERINGS, 'min': ORDERINGS, 'max': ORDERINGS, 'print': ('__str__', '__repr__', 'write', 'flush'),
}  # fmt: skip


def name_of(operation: ast.operator | ast.cmpop) -> str:
    """Return the name of the method that an operator asks first."""
    if isinstance(operation, ast.cmpop):
        return _COMPARE[type(operation)][0]
    return f'__{_BINARY[type(operation)]}__'


def methods_of(node: ast.AST) -> tuple[str, ...]:
    """Return the names of the methods that an operation may run."""
    if isinstance(node, ast.BinOp):
        name = _BINARY[type(node.op)]
        return f'__{name}__', f'__r{name}__'
    if isinstance(node, ast.AugAssign):
        name = _BINARY[type(node.op)]
        return f'__i{name}__', f'__{name}__', f'__r{name}__'
    if isinstance(node, ast.UnaryOp):
        return _UNARY[type(node.op)]
    if isinstance(node, ast.Compare):
        return tuple(method for operator in node.ops for method in _COMPARE[type(operator)])
    if isinstance(node, ast.Subscript):
        context = type(node.ctx)
        if context is ast.Load:
            return '__getitem__', '__missing__', '__class_getitem__'
        if 'is_augmented' in node.__dict__:
            return '__getitem__', '__missing__', '__setitem__'
        return ('__setitem__',) if context is ast.Store else ('__delitem__',)
    if isinstance(node, ast.FormattedValue):
        return '__format__', '__str__', '__repr__'
    return ()


def may_stop(node: ast.AST, pausing: Set[str]) -> bool:
    """Tell whether an operation may run one of the methods that may stop."""
    return any(method in pausing for method in methods_of(node))
