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
#: Methods of what an operand is, or holds, that an operator of C asks: those of keys of sets, of what is formatted, of counts.
_OF_OPERANDS: dict[type[ast.operator], tuple[str, ...]] = {
    ast.BitAnd: ('__eq__',), ast.BitOr: ('__eq__',), ast.BitXor: ('__eq__',), ast.Sub: ('__eq__',), ast.Mult: ('__index__',),
    ast.Mod: ('__repr__', '__str__', '__format__', '__index__', '__int__', '__float__'),
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

#: Methods by which containers tell keys of one hash apart (the hashes themselves a snapshot asks for when it is loaded, where nothing
#: can stop), that give text, and that give numbers: C asks them in the middle of what it does.
KEYS = ('__eq__',)
TEXTS = ('__repr__', '__str__', '__format__')
NUMBERS = ('__index__', '__int__', '__float__', '__complex__', '__floor__', '__ceil__', '__trunc__', '__round__')
#: Where one of these may stop, operations of C are asked anew until each method that they call has answered (`runtime/asking.py`).
ASKED = frozenset({*KEYS, *TEXTS, *NUMBERS, '__fspath__'})
#: Methods that those which are generated for dataclasses ask.
SHOWN_OR_COMPARED = frozenset({*TEXTS, '__hash__', '__eq__', '__ne__', '__lt__', '__le__', '__gt__', '__ge__'})
#: Methods that answer then: those that C calls, and gets a value from that it goes on with.
ANSWERING = ASKED.union(
    '__hash__ __ne__ __lt__ __le__ __gt__ __ge__ __bytes__ __bool__ __len__ __length_hint__ __contains__ __getitem__ __setitem__ __delitem__'
    ' __missing__ __abs__ __neg__ __pos__ __invert__'.split(),
    (f'__{part}{name}__' for name in _BINARY.values() for part in ('', 'r', 'i')),
)
#: Modules whose functions do what operators and conversions do.
OPERATING_MODULES = frozenset({'cmath', 'math', 'operator'})
#: Built-ins that are asked anew -> the methods for which.
ASKED_BUILTINS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(('dict', 'frozenset', 'set'), KEYS),
    **dict.fromkeys(('ascii', 'format', 'repr', 'str', 'print'), TEXTS),
    **dict.fromkeys(
        ('bin', 'bytearray', 'bytes', 'chr', 'complex', 'float', 'hex', 'int', 'oct', 'range', 'round'), NUMBERS
    ),
}
#: Of these, the ones that go through what they are given: it must be there a second time.
ASKED_CONSUMERS = frozenset('dict frozenset set bytearray bytes'.split())
#: The same of methods of built-in types.
ASKED_METHODS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        'add difference difference_update discard fromkeys get intersection intersection_update isdisjoint issubset issuperset'
        ' move_to_end setdefault symmetric_difference union update'.split(),
        KEYS,
    ),
    **dict.fromkeys(('pop', 'remove'), (*KEYS, '__index__')),
    **dict.fromkeys(('format', 'format_map'), (*TEXTS, '__index__')),
    **dict.fromkeys(('center', 'insert', 'ljust', 'rjust', 'zfill'), ('__index__',)),
}
ASKED_METHOD_CONSUMERS = frozenset(
    'difference difference_update fromkeys intersection intersection_update isdisjoint issubset issuperset'
    ' symmetric_difference union update'.split()
)


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


def asked_by(node: ast.AST) -> tuple[str, ...]:
    """Return the names of further methods of what operands hold, which C asks in the middle of an operation of a script."""
    if isinstance(node, ast.BinOp | ast.AugAssign):
        return _OF_OPERANDS.get(type(node.op), ())
    if isinstance(node, ast.Compare):
        return KEYS if any(isinstance(operator, ast.In | ast.NotIn) for operator in node.ops) else ()
    if isinstance(node, ast.Subscript):
        return () if is_plain_key(node.slice) else (*KEYS, '__index__')
    if isinstance(node, ast.Set | ast.Dict):
        items = node.elts if isinstance(node, ast.Set) else node.keys
        return () if all(item is not None and is_plain_key(item) for item in items) else KEYS
    return ()


def is_plain_key(node: ast.expr) -> bool:
    """Tell whether a key or an index is written out."""
    if isinstance(node, ast.Slice):
        return all(part is None or is_plain_key(part) for part in (node.lower, node.upper, node.step))
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.operand, ast.Constant)
    return isinstance(node, ast.Constant | ast.JoinedStr)


def may_stop(node: ast.AST, pausing: Set[str]) -> bool:
    """Tell whether an operation may run one of the methods that may stop."""
    return any(method in pausing for method in methods_of(node))
