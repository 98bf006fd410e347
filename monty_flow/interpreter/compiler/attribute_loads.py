"""Loads of attributes: native where the name is harmless, else by the helper that knows what a script may see."""

from __future__ import annotations

import ast
from typing import Any

from monty_flow.interpreter.compiler import nodes
from monty_flow.interpreter.compiler.arithmetic import again
from monty_flow.interpreter.compiler.marks import is_stop
from monty_flow.interpreter.compiler.operands import EXPRESSIONS, Operands
from monty_flow.interpreter.compiler.scopes import CLASS_CELL, Kind, Scope
from monty_flow.interpreter.runtime.attributes import Access, access_of
from monty_flow.interpreter.runtime.classes import DEFINABLE
from monty_flow.interpreter.runtime.universe import GUARDED, GUARDED_METHODS

_LOOKED_AT = frozenset(
    '__new__ __setattr__ __delattr__ __repr__ __str__ __format__ __mod__ __rmod__ __add__ __iadd__ __mul__ __rmul__ __imul__'
    ' __pow__ __rpow__ __lshift__ __rlshift__ __floordiv__ __rfloordiv__ __divmod__ __rdivmod__ __contains__ __setitem__ __ior__'
    # Of `type`, where a metaclass asks.
    ' __call__ __getattr__ __instancecheck__ __subclasscheck__'.split()
)


class AttributeLoads(Operands):
    """The attributes that one function reads."""

    def attribute(self, node: ast.Attribute) -> ast.expr:
        line = node.lineno
        found: ast.expr
        if self.is_super(node.value):
            found = self.super_attribute(node)
        else:
            node.value = self.expr(node.value)
            access, _ = access_of(node.attr)
            found = node
            if access is not Access.NATIVE:
                load = self.helper_load if is_stop(node) else self.checked_load
                found = load(node.value, node.attr, access, line)
        return self.stop_value(found, node) if is_stop(node) else found

    def helper_load(self, value: ast.expr, name: str, access: Access, line: int) -> ast.expr:
        """Return a load of an attribute by the helper that knows what a script may see under its name."""
        helper = self.unit.helper('$attribute' if access is Access.GUARDED else '$script_attribute')
        return nodes.call(helper, [value, nodes.constant(name, line)], line)

    def checked_load(self, value: ast.expr, name: str, access: Access, line: int) -> ast.expr:
        """Return a load by the helper, or a native one where a test says that the helper would do no more.

        A private name of an instance of a script's class is its own; and what is loaded under the name of a guarded
        method is what the helper would give, when it is no method of a built-in type.
        """
        test: ast.expr
        if self.comprehensions or (access is Access.GUARDED and name not in GUARDED_METHODS):
            return self.helper_load(value, name, access, line)
        held = self.at_hand(value, line)
        if held is None:
            return self.helper_load(value, name, access, line)
        bound, obj = held
        first = obj if bound is None else bound
        if access is Access.SCRIPT:
            test = self.is_of_script(first, line)
            native: ast.expr = nodes.at(ast.Attribute(again(obj), name, nodes.LOAD), line)
            return nodes.at(ast.IfExp(test, native, self.helper_load(again(obj), name, access, line)), line)
        loaded = self.walrus_of(nodes.at(ast.Attribute(first, name, nodes.LOAD), line), line)
        kind = nodes.call(self.unit.helper('$type'), [loaded], line)
        test = nodes.compare(kind, ast.NotIn(), nodes.load(self.unit.helper('$method_types'), line), line)
        slow = self.helper_load(again(obj), name, access, line)
        return nodes.at(ast.IfExp(test, again(loaded.target), slow), line)

    def is_of_script(self, value: ast.expr, line: int) -> ast.expr:
        """Return `type(type(value)) is ScriptType`."""
        kind = nodes.call(self.unit.helper('$type'), [nodes.call('$type', [value], line)], line)
        return nodes.compare(kind, ast.Is(), nodes.load(self.unit.helper('$ScriptType'), line), line)

    def is_super(self, node: ast.expr) -> bool:
        return (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == 'super'
            and self.unit.is_unbound('super', self.scope)
        )

    def super_attribute(self, node: ast.Attribute) -> ast.expr:
        """Return what reads `super().name`, with the class from its cell and the first parameter."""
        line = node.lineno
        call: Any = node.value
        if call.args:
            operands = self.exprs(call.args)
        elif not self.method_scope().params:
            raise self.unit.error(node, 'super() needs a method with a first parameter')
        else:
            operands = [nodes.load(CLASS_CELL, line), nodes.load(self.method_scope().params[0], line)]
            if reads_plainly(node.attr):
                found = nodes.call(self.unit.helper('$native_super'), operands, line)
                return nodes.at(ast.Attribute(found, node.attr, nodes.LOAD), line)
        return nodes.call(self.unit.helper('$super'), [*operands, nodes.constant(node.attr, line)], line)

    def method_scope(self) -> Scope:
        """Return the scope of the method around this code."""
        scope = self.scope
        while scope.parent is not None and scope.parent.kind is not Kind.CLASS:
            scope = scope.parent
        return scope


def reads_plainly(name: str) -> bool:
    """Tell whether `super().name` may be read natively: no attribute of a base class under that name is guarded."""
    if name.startswith('__'):
        return name in DEFINABLE and name not in _LOOKED_AT
    return name not in GUARDED and access_of(name)[0] is Access.NATIVE


EXPRESSIONS[ast.Attribute] = AttributeLoads.attribute
