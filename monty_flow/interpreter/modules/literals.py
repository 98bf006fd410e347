"""`ast.literal_eval`: the values that Python's literals in a text stand for. Nothing else of `ast` is there."""

from __future__ import annotations

import ast
from typing import Any, Final, NoReturn

from monty_flow.interpreter.compiler.parse import MAX_DEPTH, parse
from monty_flow.interpreter.errors import MontySyntaxError
from monty_flow.interpreter.limits import ResourceLimits
from monty_flow.interpreter.modules.module import Definition, Functions

#: Bytes of one text: parsing is one call of C that nothing can stop, and takes a tenth of a second for so many.
MAX_BYTES: Final = 100_000
_LIMITS: Final = ResourceLimits(max_source_bytes=MAX_BYTES)
#: Steps and bytes of memory that parsing takes for each character.
_STEPS_A_CHARACTER, _BYTES_A_CHARACTER = 30, 200
_NUMBERS: Final = (int, float, complex)


class Literals(Functions):
    __slots__ = ()
    module = 'ast'

    def literal_eval(self, node_or_string: str, /) -> Any:
        """Return the value of a text that consists of literals."""
        if not isinstance(node_or_string, str):
            raise ValueError(f'literal_eval takes a text in a script, not {type(node_or_string).__name__!r}')
        text = str.__str__(node_or_string).lstrip(' \t')
        if len(text) > MAX_BYTES:
            raise ValueError(f'a text of more than {MAX_BYTES:,} characters; write it as JSON and use json.loads')
        self._run.charge(len(text) * _STEPS_A_CHARACTER)
        self._run.reserve(len(text) * _BYTES_A_CHARACTER)
        try:
            body = parse(text, '<unknown>', _LIMITS).body
        except MontySyntaxError as error:
            raise SyntaxError(error.message.partition(': ')[2]) from None
        if len(body) != 1 or not isinstance(body[0], ast.Expr):
            raise SyntaxError('invalid syntax')
        return _value(body[0].value, 0)


def _value(node: ast.expr, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise SyntaxError('the text is nested too deeply')
    match node:
        case ast.Constant(value):
            return value
        case ast.Tuple(items):
            return tuple([_value(item, depth + 1) for item in items])
        case ast.List(items):
            return [_value(item, depth + 1) for item in items]
        case ast.Set(items):
            return {_value(item, depth + 1) for item in items}
        case ast.Call(ast.Name('set'), [], []):
            return set()
        case ast.Dict(keys, values):
            pairs = zip(keys, values, strict=True)
            return {
                _malformed(node) if key is None else _value(key, depth + 1): _value(value, depth + 1)
                for key, value in pairs
            }
        case ast.BinOp(left, ast.Add() | ast.Sub() as operator, ast.Constant(complex() as imaginary)):
            real = _signed(left)
            if type(real) is not complex:
                return real + imaginary if isinstance(operator, ast.Add) else real - imaginary
    return _signed(node)


def _signed(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value) if type(value) in _NUMBERS:
            return value
        case ast.UnaryOp(ast.UAdd() | ast.USub() as sign, ast.Constant(value)) if type(value) in _NUMBERS:
            number: Any = value
            return +number if isinstance(sign, ast.UAdd) else -number
    return _malformed(node)


def _malformed(node: ast.expr) -> NoReturn:
    raise ValueError(f'malformed node or string on line {node.lineno}: <ast.{type(node).__name__} object>')


AST = Definition(
    'ast',
    functions=Literals,
    left_out={
        'a script does not work on syntax trees; literal_eval() reads data': ' '.join(
            name for name in dir(ast) if not name.startswith('_') and name != 'literal_eval'
        )
    },
)
