"""Which attribute accesses and class statements stop because of how a script's classes are made.

Part of the pausing analysis: descriptors and `__getattr__` that may stop make every read of an attribute a stop,
`__set__` and its kin every store; a method under a second name (`__radd__ = __add__`, `Base.__len__ = f`) stops as under
its first; and the hooks of class creation make class statements stop.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Set
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from monty_flow.interpreter.compiler.nodes import Marked
    from monty_flow.interpreter.compiler.scopes import Program, Scope

#: Methods that reading an attribute may run, that storing or deleting one may, and that a class statement may.
READERS: Final = frozenset({'__get__', '__getattr__'})
WRITERS: Final = frozenset({'__set__', '__delete__', '__setattr__', '__delattr__'})
HOOKS: Final = frozenset({'__set_name__', '__init_subclass__'})


def second_names(program: Program, methods: Set[str], *, escapes: bool) -> set[str]:
    """Return the names that class bodies and stores give to methods that may stop."""
    found: set[str] = set()
    if escapes:
        found.update(target.attr for target, _ in program.attribute_stores if target.attr.startswith('__'))
        for call, _ in program.calls:
            if is_name(call.func, 'type') and len(call.args) == 3 and type(call.args[2]) is ast.Dict:
                keys = [key.value for key in call.args[2].keys if type(key) is ast.Constant]
                found.update(key for key in keys if type(key) is str)
    for node, _ in program.classes:
        for statement in node.body:
            if type(statement) is ast.Assign and type(statement.value) is ast.Name:
                value = statement.value.id
                names = [target.id for target in statement.targets if type(target) is ast.Name]
                if value in methods:
                    found.update(names)
                elif escapes:
                    found.update(name for name in names if name.startswith('__'))
    return found


def dynamic_reads(program: Program, methods: Set[str]) -> Iterator[tuple[Marked, Scope]]:
    """Yield every read of an attribute, called or not, where a method of the script may give what is read."""
    if methods.isdisjoint(READERS):
        return
    yield from program.attribute_loads
    for call, scope in program.calls:
        func: Any = call.func
        if type(func) is ast.Attribute and not (type(func.value) is ast.Call and is_name(func.value.func, 'super')):
            yield func, scope


def is_name(node: ast.expr, name: str) -> bool:
    return type(node) is ast.Name and node.id == name
