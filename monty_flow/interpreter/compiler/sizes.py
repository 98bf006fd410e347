"""Lower what may make much of little without an operator: spreads, f-strings, and long rows of heavy operations.

* what is spread into a display or a call, and what is stored into a slice, goes through a guard that judges its size first;
* an f-string with several texts adds up their lengths before it joins them: `f'{$w1}{$w2}' if len($w1 := ..) + len($w2 := ..)
  < _FEW_CHARACTERS else $joined([$w1, $w2])`;
* CPython looks at what the watcher of limits has to say at calls and at jumps back only. So of the operations that may be heavy and are
  neither every sixteenth passes its result through a call, and no row of them, however long, keeps a limit waiting.
"""

from __future__ import annotations

import ast
import re
from typing import Final

from monty_flow.interpreter.compiler import nodes
from monty_flow.interpreter.compiler.arithmetic import Arithmetic, again, is_copied, is_narrow
from monty_flow.interpreter.compiler.nodes import Marked
from monty_flow.interpreter.compiler.numeric import every_binding
from monty_flow.interpreter.patterns import pattern
from monty_flow.interpreter.runtime.growth import FEW

#: Heavy operations of a function between two calls.
_ROW: Final = 16
#: Parts of an f-string in a comprehension that are joined without a list.
_PARTS: Final = 3
#: Characters of an f-string up to which nobody looks at it.
_FEW_CHARACTERS: Final = 1 << 16
#: Characters below which an exact text is short: shorter than any number that CPython refuses to read.
SHORT_TEXT: Final = 4096
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_DISPLAYS: Final = (ast.List, ast.Tuple, ast.Set, ast.Dict, ast.Constant)
#: Methods of texts that take no arguments, and may need many times the memory of the text.
CASES: Final = frozenset({'upper', 'lower', 'title', 'capitalize', 'swapcase', 'casefold'})
#: Methods of texts that do little with a short text when their arguments are short literals.
_OVER_LITERALS: Final = frozenset(
    'count find index lstrip replace rfind rindex rpartition rsplit rstrip split splitlines strip'.split()
)
_SHORT_LITERAL: Final = 16
_WEIGHTS: Final[dict[type[ast.operator], int]] = {
    ast.BitOr: _ROW, ast.BitAnd: _ROW, ast.BitXor: _ROW, ast.Sub: 4, ast.Div: 1, ast.RShift: 1,
}  # fmt: skip
#: Methods that are guarded for what their arguments can cost, so that they are called as they are without any.
_BOUNDED: Final = frozenset({'strip', 'lstrip', 'rstrip'})
#: Guarded methods that are native with one argument, and with numbers for places: nothing of a script runs for these.
_PLAIN_OF_ONE: Final = frozenset({'startswith', 'endswith'})


class Sizes(Arithmetic):
    """The spreads, f-strings and heavy operations of one function."""

    heavy = 0
    out: list[ast.stmt]
    #: Names that the function binds again, None before anyone asked.
    rebound: set[str] | None = None

    def is_own_arguments(self, node: ast.expr) -> bool:
        """Tell whether an expression is the `*args` or `**kwargs` of this very function, as the call left it."""
        function = self.scope.node
        if type(node) is not ast.Name or not isinstance(function, _FUNCTIONS):
            return False
        own = [argument.arg for argument in (function.args.vararg, function.args.kwarg) if argument is not None]
        if node.id not in own or not self.unit.is_private(node.id, self.scope):
            return False
        if self.rebound is None:
            body = [] if isinstance(function, ast.Lambda) else function.body
            self.rebound = {name for name, _ in every_binding(body, lambda _: False)}
        return node.id not in self.rebound

    def spread(self, node: ast.Starred, value: ast.expr) -> ast.expr:
        """Return what to spread for a lowered value: as it is where little is known to be in it, else looked at first."""
        if isinstance(node.value, _DISPLAYS):
            return value
        if 'is_alone' in node.__dict__ and self.is_own_arguments(node.value):
            return value
        if 'is_key' in node.__dict__:
            self.unit.takes_steps = True
            return nodes.call(self.unit.helper('$spread_keys'), [value], value.lineno)
        return self.short_or(value, ('list', 'tuple'), '$spread_twice' if 'is_copied' in node.__dict__ else '$spread')

    def spread_mapping(self, value: ast.expr) -> ast.expr:
        """Return the mapping of a `**` in a display or a call, looked at first."""
        if isinstance(value, _DISPLAYS):
            return value
        return self.short_or(value, ('dict',), '$spread_mapping')

    def short_or(self, value: ast.expr, kinds: tuple[str, ...], helper: str) -> ast.expr:
        """Return a value that is of one of these types and short, or what the helper gives for it."""
        line = value.lineno
        self.unit.takes_steps = True
        held = self.at_hand(value, line)
        if held is None:
            return nodes.call(self.unit.helper(helper), [value], line)
        first, value = held
        tests = [
            self.type_is(value if first is None or number else first, kind, line) for number, kind in enumerate(kinds)
        ]
        is_one = tests[0] if len(tests) == 1 else self.any_of(tests, line)
        is_short = nodes.compare(
            nodes.call(self.unit.helper('$len'), [again(value)], line),
            ast.Lt(),
            nodes.constant(FEW, line),
            line,
        )
        slow = nodes.call(self.unit.helper(helper), [again(value)], line)
        return nodes.at(ast.IfExp(self.all_of([is_one, is_short], line), again(value), slow), line)

    def spread_values(self, node: ast.Dict) -> ast.Dict:
        """Look at what a display spreads."""
        for index, key in enumerate(node.keys):
            if key is None:
                node.values[index] = self.spread_mapping(node.values[index])
        return node

    def cut(self, node: ast.Subscript) -> ast.expr:
        """Return a slice: natively of what is short, by the guard of what is long or of a type that is not known."""
        assert type(node.slice) is ast.Slice
        line = node.lineno
        none = nodes.constant(None, line)
        if is_short_slice(node.slice):
            return node
        bounds = [node.slice.lower or none, node.slice.upper or none, node.slice.step or none]
        held = self.at_hand(node.value, line) if all(map(is_copied, bounds)) else None
        if held is None:
            return nodes.call(self.unit.helper('$cut'), [node.value, *bounds], line)
        first, value = held
        is_list = self.type_is(value if first is None else first, 'list', line)
        length = nodes.call(self.unit.helper('$len'), [again(value)], line)
        is_short = nodes.compare(length, ast.Lt(), nodes.constant(FEW, line), line)
        test = self.all_of([self.any_of([is_list, self.type_is(value, 'str', line)], line), is_short], line)
        node.value = again(value)
        slow = nodes.call(self.unit.helper('$cut'), [again(value), *map(again, bounds)], line)
        return nodes.at(ast.IfExp(test, node, slow), line)

    def short_call(self, node: ast.Call, func: ast.Attribute, target: ast.expr) -> ast.expr:
        """Return a call of a method with no arguments but literals on a lowered object: natively on a text that is short."""
        line = node.lineno
        helper = nodes.load(self.unit.guarded_method(func.attr), line)
        held = self.at_hand(target, line)
        if held is None:
            return nodes.call(helper, [target, *node.args], line)
        first, value = held
        is_str = self.type_is(value if first is None else first, 'str', line)
        length = nodes.call(self.unit.helper('$len'), [again(value)], line)
        is_short = nodes.compare(length, ast.Lt(), nodes.constant(FEW, line), line)
        native = nodes.call(nodes.at(ast.Attribute(again(value), func.attr, nodes.LOAD), line), list(node.args), line)
        slow = nodes.call(helper, [again(value), *node.args], line)
        return nodes.at(ast.IfExp(self.all_of([is_str, is_short], line), native, slow), line)

    def is_small_for_short(self, node: ast.Call, name: str) -> bool:
        """Tell whether a call of a text's method is no work to speak of where the text is short."""
        if node.keywords:
            return False
        if name in CASES:
            return not node.args
        return name in _OVER_LITERALS and all(
            isinstance(arg, ast.Constant)
            and (type(arg.value) in (int, type(None)) or (type(arg.value) is str and len(arg.value) <= _SHORT_LITERAL))
            for arg in node.args
        )

    def is_plain_call(self, node: ast.Call, name: str) -> bool:
        """Tell whether a call of a guarded method needs no guard, by its arguments: nothing of a script runs for numbers."""
        args = node.args
        if node.keywords:
            return False
        if name in _PLAIN_OF_ONE and args:
            places = all(type(arg) is ast.Constant or self.is_number(arg) for arg in args[1:])
            return type(args[0]) is not ast.Starred and places
        return name in _BOUNDED and not args

    def looked_up(self, node: ast.Subscript) -> ast.expr:
        """Return an item; a key that is no literal and no number may take long to be hashed."""
        return node if type(node.slice) is ast.Constant or self.is_number(node.slice) else self.paced(node)

    def may_be_long(self, part: ast.expr) -> bool:
        """Tell whether a part of an f-string that is not lowered yet may be a long text."""
        if type(part) is not ast.FormattedValue:
            # Wide characters make those of the other parts as wide.
            return type(part) is ast.Constant and not is_narrow(part)
        return part.conversion >= 0 or not is_plain_spec(part.format_spec) or not self.is_number(part.value)

    def slice_value(self, target: ast.Subscript, value: ast.expr) -> ast.expr:
        """Return what is stored into a slice, looked at first."""
        if type(target.slice) is not ast.Slice or isinstance(value, _DISPLAYS):
            return value
        helper = '$stored' if target.slice.step is None else '$stored_by_steps'
        return self.short_or(value, ('list',), helper)

    def joined(self, node: ast.JoinedStr, texts: int) -> ast.expr:
        """Return an f-string with that many parts that may be long, as one that is not made when it would be too long."""
        line = node.lineno
        if texts < 2:
            return node
        if self.comprehensions:
            parts = [self.part(value, line) for value in node.values]
            if len(parts) <= _PARTS:
                parts += [nodes.constant('', line)] * (_PARTS - len(parts))
                return nodes.call(self.unit.helper('$join_few'), parts, line)
            return nodes.call(self.unit.helper('$joined'), [nodes.at(ast.List(parts, nodes.LOAD), line)], line)
        size: ast.expr | None = None
        values: list[ast.expr] = []
        parts = []
        for value in node.values:
            if type(value) is ast.Constant:
                values.append(value)
                parts.append(value)
                continue
            bound = self.walrus_of(value, line)
            length = nodes.call(self.unit.helper('$len'), [bound], line)
            size = length if size is None else nodes.at(ast.BinOp(size, ast.Add(), length), line)
            values.append(nodes.at(ast.FormattedValue(nodes.load(bound.target.id, line), -1, None), line))
            parts.append(nodes.load(bound.target.id, line))
        assert size is not None
        test = nodes.compare(size, ast.Lt(), nodes.constant(_FEW_CHARACTERS, line), line)
        node.values = values
        slow = nodes.call(self.unit.helper('$joined'), [nodes.at(ast.List(parts, nodes.LOAD), line)], line)
        return nodes.at(ast.IfExp(test, node, slow), line)

    def part(self, value: ast.expr, line: int) -> ast.expr:
        """Return the text of a part of an f-string on its own."""
        return nodes.at(ast.JoinedStr([value]), line) if type(value) is ast.FormattedValue else value

    def paced(self, value: ast.expr, weight: int = 1) -> ast.expr:
        """Return the value of a heavy operation, every so often through a call."""
        self.heavy += weight
        if self.heavy < _ROW:
            return value
        self.heavy = 0
        return nodes.call(self.unit.helper('$same'), [value], value.lineno)

    def pace_stores(self, targets: list[ast.expr]) -> None:
        """Emit a call after a statement that stores into or deletes items and slices, or unpacks, every so often."""
        weight = sum(map(self.weight_of_target, targets))
        if weight:
            line = targets[0].lineno
            self.heavy += weight
            if self.heavy >= _ROW:
                self.unit.takes_steps = True
                self.out.append(nodes.expression(self.unpaced(line), line))

    def weight_of_target(self, target: ast.expr) -> int:
        """Return how heavy a store into a target may be: keys are hashed, slices move what is behind them."""
        if isinstance(target, (ast.Tuple, ast.List)):
            # A starred target takes all that there is.
            starred = _ROW * any(type(item) is ast.Starred for item in target.elts)
            return starred + sum(map(self.weight_of_target, target.elts))
        if type(target) is not ast.Subscript:
            return 0
        if type(target.slice) is ast.Slice:
            return _ROW
        return int(type(target.slice) is not ast.Constant and not self.is_number(target.slice))

    def unpaced(self, line: int) -> ast.expr:
        """Return a call after which nothing heavy has been done."""
        self.heavy = 0
        return nodes.call(self.unit.helper('$same'), [nodes.constant(None, line)], line)

    def is_heavy_comparison(self, node: ast.Compare) -> bool:
        """Tell whether a comparison may take long: with a literal or a number, or by identity, it does not."""
        if all(isinstance(operator, (ast.Is, ast.IsNot)) for operator in node.ops):
            return False
        if len(node.ops) > 1:
            return True
        return not any(type(side) is ast.Constant or self.is_number(side) for side in (node.left, node.comparators[0]))

    def weight_of(self, operator: ast.operator, left: ast.expr, right: ast.expr) -> int:
        """Return how heavy a native operator may be on operands of some type: what makes sets and dicts makes much."""
        weight = _WEIGHTS.get(type(operator), 0)
        if not weight or any(type(side) is ast.Constant or self.is_number(side) for side in (left, right)):
            return 0
        return weight


def mark_keys(node: ast.Set) -> None:
    """Note of what a display spreads that its items are hashed."""
    for item in node.elts:
        if type(item) is ast.Starred:
            starred: Marked = item
            starred.is_key = True


def mark_spreads(items: list[ast.expr]) -> None:
    """Note of the one spread of a call or a tuple that it is alone, of several that CPython puts them into a list first."""
    starred: list[Marked] = [item for item in items if type(item) is ast.Starred]
    if len(starred) == 1:
        starred[0].is_alone = True
    if len(items) > 1:
        for item in starred:
            item.is_copied = True


def is_short_slice(node: ast.Slice) -> bool:
    """Tell whether literal bounds leave few items: `[:9]`, `[2:9]`, `[-9:]`, `[-9:-2]`."""
    lower, upper = _bound(node.lower), _bound(node.upper)
    if upper is not None and 0 <= upper <= FEW:
        return lower is None or lower >= 0
    return lower is not None and -FEW <= lower < 0 and (node.upper is None or (upper is not None and upper < 0))


def _bound(node: ast.expr | None) -> int | None:
    """Return the int that a bound is, None where it is none or not a literal."""
    sign = 1
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node, sign = node.operand, -1
    return sign * node.value if isinstance(node, ast.Constant) and type(node.value) is int else None


def is_plain_spec(spec: ast.expr | None) -> bool:
    """Tell whether a format spec is literal, with a width and precision that are small."""
    if spec is None:
        return True
    if not isinstance(spec, ast.JoinedStr) or not all(type(part) is ast.Constant for part in spec.values):
        return False
    text = ''.join(str(part.value) for part in spec.values if isinstance(part, ast.Constant))
    return _PLAIN_SPEC.fullmatch(text) is not None


#: A format spec for a number or a text, without a fill that could be anything, and with few digits.
_PLAIN_SPEC: Final = pattern(r'[<>^]?[-+ ]?0?[0-9]{0,3}[,_]?(\.[0-9]{1,3})?[a-mo-zA-Z%]?', re.ASCII)
