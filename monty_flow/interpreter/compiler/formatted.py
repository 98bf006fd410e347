"""f-strings: what is put into text, by its own methods where these may stop."""

from __future__ import annotations

import ast

from monty_flow.interpreter.compiler import nodes
from monty_flow.interpreter.compiler.arithmetic import again
from monty_flow.interpreter.compiler.attribute_loads import AttributeLoads
from monty_flow.interpreter.compiler.marks import is_stop
from monty_flow.interpreter.compiler.operands import EXPRESSIONS
from monty_flow.interpreter.compiler.sizes import is_plain_spec


class FormattedStrings(AttributeLoads):
    """The f-strings of one function."""

    def formatted_string(self, node: ast.JoinedStr) -> ast.expr:
        texts = sum(self.may_be_long(part) for part in node.values)
        node.values = self.exprs(node.values)
        return self.joined(node, texts)

    def formatted_value(self, node: ast.FormattedValue) -> ast.expr:
        """Return a call that gives text, inside a FormattedValue that only passes text on."""
        value, spec = node.value, node.format_spec
        operands = [value] if spec is None else [value, spec]
        lowered = self.exprs(operands)
        line = node.lineno
        conversion = nodes.constant('' if node.conversion < 0 else chr(node.conversion), line)
        text = lowered[1] if spec is not None else nodes.constant('', line)
        if node.conversion < 0 and not is_stop(node) and is_plain_spec(spec):
            return self.shown_number(node, lowered[0], text)
        result = nodes.call(self.unit.helper('$format_value'), [lowered[0], conversion, text], line)
        found: ast.expr = result
        if is_stop(node) and node.conversion >= 0 and spec is not None:
            # What comes back over a pause is the text, which is formatted then.
            shown = self.format_stop(
                node, nodes.call(result.func, [lowered[0], conversion, nodes.constant('', line)], line)
            )
            found = nodes.call(self.unit.helper('$format_value'), [shown, nodes.constant('', line), text], line)
        elif is_stop(node):
            found = self.format_stop(node, result)
        node.value, node.conversion, node.format_spec = found, -1, None
        return node

    def format_stop(self, node: ast.FormattedValue, result: ast.Call) -> ast.expr:
        if self.unit.stops.asks:
            return self.stop_value(self.answered('format_value', result.args, node.lineno), node)
        mark = len(self.live)
        operand = self.save(result.args[0], node, 'l')
        del self.live[mark:]
        result.args[0] = again(operand)
        result.func = nodes.call(self.unit.helper('$through'), [operand, result.func], node.lineno)
        return self.stop_value(result, node)

    def shown_number(self, node: ast.FormattedValue, value: ast.expr, spec: ast.expr) -> ast.expr:
        """Return a formatted value that CPython formats itself where it is a number or text."""
        line = node.lineno
        if self.is_number(value) and type(value) is not ast.Constant:
            node.value = value
            return node
        held = self.at_hand(value, line)
        none = nodes.constant('', line)
        if held is None or type(value) is ast.Constant:
            node.value = nodes.call(self.unit.helper('$format_value'), [value, none, spec], line)
            node.format_spec = None
            return node
        first, value = held
        test = self.is_one_of(value if first is None else first, ('str', 'int', 'float'), line)
        natively: ast.expr = again(value)
        if node.format_spec is not None:
            shown = nodes.at(ast.FormattedValue(again(value), -1, node.format_spec), line)
            natively = nodes.at(ast.JoinedStr([shown]), line)
        guarded = nodes.call(self.unit.helper('$format_value'), [again(value), none, spec], line)
        node.value, node.format_spec = nodes.at(ast.IfExp(test, natively, guarded), line), None
        return node


EXPRESSIONS.update(
    {ast.JoinedStr: FormattedStrings.formatted_string, ast.FormattedValue: FormattedStrings.formatted_value}
)
