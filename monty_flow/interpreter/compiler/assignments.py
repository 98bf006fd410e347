"""Lower assignments in all their forms: plain, annotated, augmented, and `del`.

A target whose parts hold stops is assigned after its parts have been evaluated into temporaries, in
Python's order. An augmented assignment with a guarded operator becomes load, combine and store.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from monty_flow.interpreter.compiler import nodes, operations
from monty_flow.interpreter.compiler.arithmetic import again, is_display, is_literal, is_simple
from monty_flow.interpreter.compiler.marks import has_stop, is_operator_stop, is_stop
from monty_flow.interpreter.compiler.nodes import Marked
from monty_flow.interpreter.compiler.scopes import Kind
from monty_flow.interpreter.compiler.targets import Targets
from monty_flow.interpreter.runtime.attributes import Access, access_of, is_dunder, stores_by_helper
from monty_flow.interpreter.runtime.growth import FEW

#: In-place operators that need a guard -> the guard.
_IN_PLACE: dict[type[ast.operator], str] = {
    ast.Add: '$iadd', ast.Mult: '$imul', ast.Pow: '$ipow', ast.LShift: '$ilshift', ast.Mod: '$imod',
    ast.FloorDiv: '$ifloordiv',
}  # fmt: skip


def is_checked(target: ast.expr) -> bool:
    """Tell whether an augmented target has to be read by a helper, because of an attribute's name."""
    return isinstance(target, ast.Attribute) and access_of(target.attr)[0] is not Access.NATIVE


class Assignments(Targets):
    """The assignments of one function, and what lowering of blocks needs."""

    def statements(self, body: list[ast.stmt]) -> None:
        """Lower statements into `self.out`."""
        raise NotImplementedError

    def block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        """Return the core form of an inner block."""
        return self.collect(lambda: self.statements(body))

    def collect(self, lower: Callable[[], None]) -> list[ast.stmt]:
        """Return the statements that `lower` emits."""
        outer, self.out = self.out, []
        lower()
        made, self.out = self.out, outer
        return made

    def assign(self, node: ast.Assign) -> None:
        value, targets = node.value, node.targets
        if self.adds_to_itself(node):
            name, right = self.target(targets[0]), self.expr(value.right)  # type: ignore[attr-defined]
            right = right if is_simple(right) else self.held(right, node.lineno)
            self.out.append(self.combined_in_place(ast.Add(), name.id, right, '$add', node.lineno))  # type: ignore[attr-defined]
            return
        if type(value) is ast.Call and is_stop(value) and len(targets) == 1 and type(targets[0]) is ast.Name:
            call, stops = self.call_value(value)
            if stops:
                self.emit_stop(call, value, self.target(targets[0]))
                return
            lowered: ast.expr = call
        else:
            lowered = self.expr(value)
        if is_stop(node):
            lowered = self.stop_value(self.collecting(node, lowered), node)
        if any(has_stop(target) or self.needs_helper(target) for target in targets):
            if len(targets) == 1 and self.stored_alone(targets[0], lowered):
                return
            lowered = self.save(lowered, node)
            for target in targets:
                self.assign_to(target, again(lowered))
            return
        node.value = lowered
        node.targets = [self.target(target) for target in targets]
        self.out.append(node)
        self.pace_stores(node.targets)

    def adds_to_itself(self, node: ast.Assign) -> bool:
        """Tell whether an assignment is `name = name + value`, of a local and a value of which nothing is known."""
        value, target = node.value, node.targets[0]
        if type(value) is not ast.BinOp or type(value.op) is not ast.Add or len(node.targets) > 1 or has_stop(node):
            return False
        left, right = value.left, value.right
        if (
            type(target) is not ast.Name
            or type(left) is not ast.Name
            or left.id != target.id
            or self.scope.kind is Kind.CLASS
        ):
            return False
        return self.unit.is_private(left.id, self.scope) and not self.is_bounded(value.op, left, right)

    def stored_alone(self, target: ast.expr, value: ast.expr) -> bool:
        """Emit the store of a lowered value into one target that may be a slice, or that has a star, where nothing stops."""
        if has_stop(target):
            return False
        if isinstance(target, (ast.Tuple, ast.List)):
            if self.has_parts(target):
                return False
            value = self.unpacked(target, value)
        elif not self.is_sliced(target):
            return False
        lowered = self.target(target)
        sliced = self.sliced(lowered, value, target.lineno)
        self.out.append(nodes.at(ast.Assign([lowered], value), target.lineno) if sliced is None else sliced)
        self.pace_stores([lowered])
        return True

    def loaded_attribute(self, value: ast.expr, name: str, line: int, *, stops: bool) -> ast.expr:
        """Return a load of an attribute: by a helper where it is not to be read natively, as everywhere else."""
        access, _ = access_of(name)
        if access is Access.NATIVE:
            return nodes.at(ast.Attribute(value, name, nodes.LOAD), line)
        load = self.helper_load if stops else self.checked_load
        return load(value, name, access, line)

    def collecting(self, node: ast.Assign, value: ast.expr) -> ast.Call:
        """Return a call that makes a list of a pausing generator, as far as unpacking will look."""
        line = node.lineno
        counts = [
            None if any(type(item) is ast.Starred for item in target.elts) else len(target.elts)
            for target in node.targets
            if isinstance(target, (ast.Tuple, ast.List))
        ]
        counts += [None for target in node.targets if isinstance(target, ast.Subscript)]
        known = [count for count in counts if count is not None]
        if len(known) < len(counts):
            return nodes.call(self.unit.prelude('collect'), [value], line)
        return nodes.call(self.unit.prelude('collect_some'), [value, nodes.constant(max(known), line)], line)

    def assign_to(self, target: Any, value: ast.expr) -> None:
        """Assign to a target whose parts may hold stops."""
        line = target.lineno
        value = self.unpacked(target, value)
        if isinstance(target, (ast.Tuple, ast.List)) and (has_stop(target) or self.has_parts(target)):
            number = nodes.number_of(target)
            names: list[ast.expr] = []
            for index, item in enumerate(target.elts):
                name = f'$u{number}_{index}'
                self.live.append(name)
                stored: ast.expr = nodes.store(name, line)
                if type(item) is ast.Starred:
                    stored = nodes.at(ast.Starred(stored, nodes.STORE), line)
                names.append(stored)
            unpack = nodes.at(ast.Tuple(names, nodes.STORE), line)
            self.out.append(nodes.at(ast.Assign([unpack], value), line))
            for index, item in enumerate(target.elts):
                inner = item.value if type(item) is ast.Starred else item
                self.assign_to(inner, nodes.load(f'$u{number}_{index}', line))
            return
        self.store_part(self.target(target), value, line)

    def target(self, node: ast.expr) -> ast.expr:
        """Lower the parts of an assignment target, and leave the store itself to Python."""
        if isinstance(node, (ast.Tuple, ast.List)):
            node.elts = [self.target(item) for item in node.elts]
        elif type(node) is ast.Starred:
            node.value = self.target(node.value)
        elif type(node) is ast.Name:
            node.id = self.local(node.id)
        elif type(node) is ast.Attribute:
            node.value = self.expr(node.value)
        elif type(node) is ast.Subscript:
            node.value, node.slice = self.exprs([node.value, node.slice])
        return node

    def annotated(self, node: Marked) -> None:
        """Assign as without the annotation, which is not evaluated."""
        if node.value is None:
            if self.scope.kind is Kind.CLASS:
                self.annotate(node)
            elif isinstance(node.target, ast.Name) and self.function.number:
                self.function.phantom_names.append(node.target.id)
            return
        target = ast.Name(node.target.id, ast.Load()) if isinstance(node.target, ast.Name) else None
        plain: Any = nodes.at(ast.Assign([node.target], node.value), node.lineno)
        plain.nid = node.nid
        self.assign(plain)
        if self.scope.kind is Kind.CLASS and target is not None:
            node.target = target
            self.annotate(node)

    def annotate(self, node: ast.AnnAssign) -> None:
        """Note an annotation of a class body."""
        raise NotImplementedError

    def augmented(self, node: ast.AugAssign) -> None:
        guard = _IN_PLACE.get(type(node.op))
        if has_stop(node) or is_checked(node.target):
            self.augmented_with_stops(node, guard)
            return
        target, value = self.target(node.target), self.expr(node.value)
        node.target, node.value = target, value  # type: ignore[assignment]
        if guard is None:
            self.out.append(node)
        elif type(target) is ast.Name:
            self.augmented_name(node, target, value, guard)
        else:
            self.augmented_part(node, target, value, guard)

    def augmented_name(self, node: ast.AugAssign, target: ast.Name, value: ast.expr, guard: str) -> None:
        line = node.lineno
        if self.is_bounded_in_place(node.op, target, value):
            self.out.append(node)
            return
        if not is_simple(value) and self.is_steady(nodes.load(target.id, line)):
            value = self.held(value, line)
        self.out.append(self.combined_in_place(node.op, target.id, value, guard, line))

    def combined_in_place(self, operator: ast.operator, name: str, value: ast.expr, guard: str, line: int) -> ast.stmt:
        """Return the statement that combines a local with a value: natively where a test says so, else by the guard."""
        call = nodes.call(self.unit.helper(guard), [nodes.load(name, line), again(value)], line)
        slow: ast.stmt = nodes.assign(name, call, line)
        test = self.in_place_test(operator, nodes.load(name, line), value, line) if is_simple(value) else None
        if test is None:
            return slow
        fast: ast.stmt = nodes.at(ast.AugAssign(nodes.store(name, line), operator, value), line)
        if guard == '$add':
            fast = nodes.assign(name, nodes.at(ast.BinOp(nodes.load(name, line), operator, value), line), line)
        if type(operator) is ast.Add and self.is_steady(nodes.load(name, line)):
            # A text that only a local holds grows in place, if the statement that adds to it is CPython's own.
            grown = nodes.at(ast.AugAssign(nodes.store(name, line), ast.Add(), again(value)), line)
            slow = nodes.if_(self.text_test(name, value, line), [grown], [slow], line)
            if is_literal(value, str):
                return slow
        return nodes.if_(test, [fast], [slow], line)

    def text_test(self, name: str, value: ast.expr, line: int) -> ast.expr:
        """Return a test that a local and what is added to it are texts; it pays for what is long."""
        texts = [] if is_literal(value, str) else [self.type_is(value, 'str', line)]
        texts.append(self.type_is(nodes.load(name, line), 'str', line))
        lengths = [
            nodes.call(self.unit.helper('$len'), [again(part)], line) for part in (nodes.load(name, line), value)
        ]
        size = nodes.at(ast.BinOp(lengths[0], ast.Add(), lengths[1]), line)
        is_short = nodes.compare(size, ast.Lt(), nodes.constant(FEW, line), line)
        grown = nodes.call(self.unit.helper('$grown'), [nodes.load(name, line), again(value)], line)
        return self.all_of([*texts, self.any_of([is_short, grown], line)], line)

    def is_bounded_in_place(self, operator: ast.operator, target: ast.Name, value: ast.expr) -> bool:
        """Tell whether what is known bounds the result; a literal that is text may be added again and again."""
        if type(operator) is ast.Add:
            if type(value) is ast.List and is_display(value):
                # What grows in place by a list, grows as by `append`.
                return True
            return is_literal(value, int, float) or self.is_number(target) or self.is_number(value)
        return type(operator) in (ast.Mod, ast.FloorDiv) and self.is_bounded(operator, target, value)

    def in_place_test(self, operator: ast.operator, target: ast.expr, value: ast.expr, line: int) -> ast.expr | None:
        """Return a test under which the operator needs no guard; both operands are names or literals."""
        if type(operator) is ast.Add:
            return self.number_test(value, line)
        tested = None
        if type(operator) is ast.Mult:
            tested = self.test_product(target, value, line)
        elif type(operator) in (ast.Mod, ast.FloorDiv):
            tested = self.test_division(target, value, line)
        return None if tested is None else tested[0]

    def held(self, value: ast.expr, line: int) -> ast.expr:
        """Put a value into a local of its own and return a load of it."""
        bound = self.walrus_of(value, line)
        self.out.append(nodes.assign(bound.target.id, value, line))
        return nodes.load(bound.target.id, line)

    def augmented_part(self, node: ast.AugAssign, target: ast.expr, value: ast.expr, guard: str) -> None:
        """Augment an item or attribute: evaluate its parts once, then load, combine and store."""
        line = node.lineno
        loaded, stored = self.repeatable(target)
        held = self.held(loaded, line)
        assert isinstance(held, ast.Name)
        if not is_simple(value) or not self.is_steady(value):
            value = self.held(value, line)
        if type(node.op) is ast.Add and self.is_number(value):
            self.out.append(nodes.at(ast.AugAssign(nodes.store(held.id, line), node.op, value), line))
        else:
            self.out.append(self.combined_in_place(node.op, held.id, value, guard, line))
        self.out.append(nodes.at(ast.Assign([stored], nodes.load(held.id, line)), line))

    def repeatable(self, target: ast.expr) -> tuple[ast.expr, ast.expr]:
        """Return a load and a store of an item or attribute whose parts are evaluated once, before."""
        line = target.lineno

        def once(part: ast.expr) -> ast.expr:
            if type(part) is ast.Constant:
                return part
            self.walrus += 1
            name = f'$w{self.walrus}'
            self.live.append(name)
            self.out.append(nodes.assign(name, self.standalone(part), line))
            return nodes.load(name, line)

        if type(target) is ast.Attribute:
            value = once(target.value)
            return (
                self.loaded_attribute(value, target.attr, line, stops=is_stop(target)),
                nodes.at(ast.Attribute(again(value), target.attr, nodes.STORE), line),
            )
        assert type(target) is ast.Subscript
        value, index = once(target.value), once(target.slice)
        makes = self.unit.stops.factories and is_stop(target)
        if is_stop(target) and self.is_asked(*operations.KEYS, '__index__'):
            return (
                nodes.call(self.unit.prelude('answered_item'), [value, index], line),
                nodes.at(ast.Subscript(again(value), again(index), nodes.STORE), line),
            )
        return (
            self.item(value, index, line) if makes else nodes.at(ast.Subscript(value, index, nodes.LOAD), line),
            nodes.at(ast.Subscript(again(value), again(index), nodes.STORE), line),
        )

    def augmented_with_stops(self, node: ast.AugAssign, guard: str | None) -> None:
        """Augment where an operand stops: load the target, evaluate the operand, then combine and store."""
        line = node.lineno
        name = self.temporary(node)
        store: ast.expr
        if type(node.target) is ast.Name:
            loaded: ast.expr = nodes.load(node.target.id, line)
            store = node.target
        else:
            target: Any = self.target(node.target)
            loaded, store = self.repeatable(target)
            for mark in ('nid', 'stop', 'operator_stop'):
                if hasattr(target, mark):
                    setattr(store, mark, getattr(target, mark))
            if is_stop(target) or (isinstance(target, ast.Subscript) and '__getitem__' in self.unit.stops.methods):
                loaded = self.stop_value(loaded, target, 'g')
        self.out.append(nodes.assign(name, loaded, line))
        value = self.expr(node.value)
        if is_operator_stop(node):
            self.emit_stop(self.in_place(node, name, value), node, nodes.store(name, line))
            self.store_augmented(store, name, line)
            return
        if is_stop(node):
            value = self.stop_value(nodes.call(self.unit.prelude('collect'), [value], line), node, 'c')
        if guard is not None:
            if not is_simple(value):
                value = self.held(value, line)
            combined = self.combined_in_place(node.op, name, value, guard, line)
        else:
            combined = nodes.at(ast.AugAssign(nodes.store(name, line), node.op, value), line)
        self.out.append(combined)
        self.store_augmented(store, name, line)

    def in_place(self, node: ast.AugAssign, name: str, value: ast.expr) -> ast.expr:
        """Return a call that combines in place, fit for a stop."""
        method = nodes.constant(f'__i{operations.name_of(node.op)[2:]}', node.lineno)
        operands = [method, nodes.load(name, node.lineno), value]
        combine = 'answered_in_place' if self.unit.stops.asks else 'operate_in_place'
        return nodes.call(self.unit.prelude(combine), operands, node.lineno)

    def store_augmented(self, store: ast.expr, name: str, line: int) -> None:
        self.store_part(store, nodes.load(name, line), line)

    def store_part(self, target: ast.expr, value: ast.expr, line: int) -> None:
        """Store into a lowered target: by a stop where a method of a script's class may stop."""
        if isinstance(target, ast.Subscript) and is_stop(target) and self.is_asked(*operations.KEYS, '__index__'):
            self.emit_stop(self.asked_store(target, value, line), target, None)
            return
        may_stop = '__setitem__' in self.unit.stops.methods and hasattr(target, 'nid')
        if may_stop and isinstance(target, ast.Subscript):
            self.emit_stop(self.stored_through(target, value, line), target, None)
            return
        sliced = self.sliced(target, value, line)
        if sliced is not None:
            self.out.append(sliced)
            return
        if isinstance(target, ast.Attribute):
            if stores_by_helper(target.attr):
                self.store_by_helper(target, value, line)
                return
            if hasattr(target, 'nid') and is_stop(target):
                name = nodes.constant(target.attr, line)
                self.emit_stop(
                    nodes.call(self.unit.helper('$set_any'), [target.value, name, value], line), target, None
                )
                return
        self.out.append(nodes.at(ast.Assign([target], value), line))

    def stored_through(self, target: ast.Subscript, value: ast.expr, line: int) -> ast.expr:
        """Return a store that a method of the container may do, but none of what a built-in container holds."""
        self.unit.takes_steps = True
        operands = [self.held(part, line) for part in (value, target.value, self.standalone(target.slice))]
        store = nodes.load(self.unit.helper('$store_item'), line)
        through = nodes.call(self.unit.helper('$through'), [operands[1], store], line)
        return nodes.call(through, [again(operand) for operand in operands], line)

    def asked_store(self, target: ast.Subscript, value: ast.expr, line: int) -> ast.expr:
        """Return a store under a key of which methods may be asked: natively where it is plain."""
        mark = len(self.live)
        marked: Any = target
        value, container = self.save(value, marked, 'x'), self.save(target.value, marked, 'l')
        key = self.save(self.standalone(target.slice), marked, 'r')
        del self.live[mark:]
        operands = [value, container, key]
        call = nodes.call(self.unit.prelude('answered_store'), [again(operand) for operand in operands], line)
        if '__setitem__' in self.unit.stops.methods:
            return call
        natively = nodes.call(self.unit.helper('$store_item'), operands, line)
        return nodes.at(ast.IfExp(self.is_plain(key, line), natively, call), line)

    def store_by_helper(self, target: ast.Attribute, value: ast.expr, line: int) -> None:
        """Store by the helper, or natively where a test says that the private name is the script's own."""
        name = nodes.constant(target.attr, line)
        call = nodes.call(self.unit.helper('$set_attribute'), [target.value, name, value], line)
        slow = nodes.expression(call, line)
        if is_dunder(target.attr) or not (is_simple(target.value) and is_simple(value)):
            self.out.append(slow)
            return
        place = nodes.at(ast.Attribute(again(target.value), target.attr, nodes.STORE), line)
        fast = nodes.at(ast.Assign([place], again(value)), line)
        self.out.append(nodes.if_(self.is_of_script(again(target.value), line), [fast], [slow], line))

    def delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            self.delete_one(target, node.lineno)
        self.pace_stores(node.targets)

    def delete_one(self, target: ast.expr, line: int) -> None:
        if isinstance(target, (ast.Tuple, ast.List)):
            for item in target.elts:
                self.delete_one(item, line)
        else:
            lowered = self.target(target)
            if isinstance(lowered, ast.Subscript) and is_stop(lowered):
                operands = [lowered.value, self.standalone(lowered.slice)]
                asked = self.is_asked(*operations.KEYS, '__index__')
                helper: Any = self.unit.prelude('answered_deletion')
                if not asked:
                    operands = [self.held(operand, line) for operand in operands]
                    delete = nodes.load(self.unit.helper('$delete_item'), line)
                    helper = nodes.call(self.unit.helper('$through'), [again(operands[0]), delete], line)
                self.emit_stop(nodes.call(helper, operands, line), lowered, None)
            elif isinstance(lowered, ast.Attribute) and (is_stop(lowered) or self.needs_helper(lowered)):
                helper = '$delete_attribute' if self.needs_helper(lowered) else '$delete_any'
                call = nodes.call(self.unit.helper(helper), [lowered.value, nodes.constant(lowered.attr, line)], line)
                if is_stop(lowered):
                    self.emit_stop(call, lowered, None)
                else:
                    self.out.append(nodes.expression(call, line))
            else:
                self.out.append(nodes.at(ast.Delete([lowered]), line))
