"""Operations of C that ask methods of a script in their middle: `d[key]`, `repr(items)`, `'%s' % item`, `items[index]`.

A pause cannot come back into C. So where such a method may stop, nothing of the script runs inside the operation: when C calls a method,
the operation is given up, the prelude calls the method in its place (`answered`), where it may stop, and the operation
is begun anew, with the answers that are there by then. It ends when each method that it calls has answered.

What the methods are, the compiler knows (`ANSWERING` of `compiler/operations.py`): each begins with a look at the log of the operation
under way, which costs nothing in scripts where no such method may stop. They are asked in the same order each time, because
the operations that are done so begin with nothing changed: they change what they work on once all have answered, or may do so twice.
What they go through is there a second time, too: iterators are made lists before.

An operation of which so many methods are asked takes as many beginnings; those are short beside what a pause costs.
"""

from __future__ import annotations

import collections
import gc
import operator
import sys
from collections.abc import Callable
from types import BuiltinMethodType, FunctionType, MethodType, MethodWrapperType
from typing import Any, Final

from monty_flow.interpreter import modules
from monty_flow.interpreter.builtins.table import BUILTINS
from monty_flow.interpreter.compiler.operations import (
    ASKED_BUILTINS,
    ASKED_CONSUMERS,
    ASKED_METHOD_CONSUMERS,
    ASKED_METHODS,
    OPERATING_MODULES,
    TEXTS,
)
from monty_flow.interpreter.runtime.attributes import Access, access_of
from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES
from monty_flow.interpreter.runtime.dunders import Scrubbed, scrubbed_parts
from monty_flow.interpreter.runtime.generators import END
from monty_flow.interpreter.runtime.helper_table import CATCHABLE
from monty_flow.interpreter.runtime.inherited import Inherited, inherited_parts
from monty_flow.interpreter.runtime.loads import GuardedMethod, guarded_method_parts
from monty_flow.interpreter.runtime.operating import OPERATORS, operation_of, own_method
from monty_flow.interpreter.runtime.pause import CannotPause, Pause, refusal_of
from monty_flow.interpreter.runtime.paying_bases import BUILTINS_OF

#: Types whose methods and items are asked anew; what scripts derive from them is of them too.
_CONTAINERS: Final = (dict, list, set, frozenset, tuple, str, bytes, bytearray, collections.deque, range)
#: Methods of which a second beginning would not do the same, and of what.
_ONCE: Final = ((collections.Counter, frozenset({'update', 'subtract'})),)
#: Functions of `operator` that call what they are given, or which done twice would do something else.
_CHANGING: Final = frozenset({'call', 'ixor', 'iconcat', 'iadd', 'imul'})
#: Types whose instances call methods of the script -> what the prelude does in their place; modules put theirs in.
GETTERS: Final[dict[type, Callable[[Any], tuple[Any, ...]]]] = {}
#: Of these, the ones that hold values, and how many values are looked at in search of a circle.
_HOLDERS: Final = (list, set, frozenset, tuple, collections.deque)
_LOOKED_AT: Final = 2_000
#: Methods of containers that are called by their names: those of operators, and those that give text.
_OF_CONTAINERS: Final = frozenset(
    '__repr__ __str__ __format__ __getitem__ __setitem__ __delitem__ __contains__ __eq__ __ne__'.split()
)
#: What `super().name` gives for a method of a container -> whose it is, and its name.
_OF_BASE: Final[dict[type, Callable[[Any], tuple[Any, str]]]] = {
    Inherited: inherited_parts, Scrubbed: scrubbed_parts, MethodWrapperType: lambda method: (method.__self__, method.__name__),
}  # fmt: skip
_MISMATCH: Final = (
    'an operation that calls methods of the script did not call them in the same order when it was begun anew, and cannot be'
    ' stopped: make the external calls before it'
)


class Question(CannotPause):
    """Give up an operation that has called a method which has not answered yet."""

    def __init__(self, log: list[Any], method: Any, args: tuple[Any, ...]) -> None:
        super().__init__(_MISMATCH)
        self.log = log
        self.method = method
        self.args_of_call = args


class Asking:
    """Do operations of one run with the answers that are there."""

    __slots__ = ('_objects', '_open', 'log')

    def __init__(self, objects: Any) -> None:
        self._objects = objects
        #: Answers of the operation under way, and how many of them it was given; None where none is under way.
        self.log: list[Any] | None = None
        #: Answers of the operations that were given up, each with the method that is called in its place now.
        self._open: list[tuple[list[Any], Any]] = []

    def __call__(
        self, callee: Any, args: tuple[Any, ...], kwargs: dict[str, Any], answers: list[Any]
    ) -> tuple[Any, ...]:
        """Begin an operation; return (True, what it gives), or (False, a method to be called, with what)."""
        function, args = self._function(callee, args)
        if self._open and self._open[-1][0] is answers:
            self._open.pop()
        outer, self.log = self.log, [answers, 0, args]
        try:
            return True, function(*args, **kwargs)
        except Question as question:
            if question.log is not answers:
                raise
            self._open.append((answers, question.method))
            return False, question.method, question.args_of_call
        except Pause as pause:
            raise self._refusal(pause) from None
        finally:
            self.log = outer

    def _refusal(self, pause: Pause) -> CannotPause:
        """Return the error of a pause in what C calls and that is no method which answers: `__hash__`, a callback."""
        record = pause.records[-1] if pause.records else None
        if type(record) is not tuple:
            return refusal_of(pause)
        external, method = pause.request.name, self._objects.run.program.find_function(record[0])[1].name
        return CannotPause(
            f"the external function '{external}' was called by '{method}', which Python itself calls where the script cannot"
            f" be stopped: call '{external}' before, in a statement of its own"
        )

    def answer(self, args: tuple[Any, ...]) -> Any:
        """Return what a method of the script answered to the operation that calls it now; raise where it did not yet."""
        assert self.log is not None
        answers, place, operands = self.log
        code = sys._getframe(1).f_code
        if place == len(answers):
            method = _method_of(args[0], code)
            is_within = any(one.__self__ is args[0] and one == method for _, one in self._open)
            if not is_within and not (code.co_name in TEXTS and _goes_round(operands, args[0])):
                raise Question(answers, method, args[1:])
            answers.append(self._answer_here(method, args[1:]))
        method, is_value, value = answers[place]
        if method.__self__ is not args[0] or method.__func__.__code__.co_name != code.co_name:
            raise CannotPause(_MISMATCH)
        self.log[1] = place + 1
        if is_value:
            return value
        raise value

    def _answer_here(self, method: Any, args: tuple[Any, ...]) -> tuple[Any, bool, Any]:
        """Return the answer of a method within which the operation goes on: only here does C know what it is in the middle of."""
        outer, self.log = self.log, None
        try:
            return method, True, method(*args)
        except CATCHABLE as error:
            return method, False, error
        finally:
            self.log = outer

    def _function(self, callee: Any, args: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
        """Return what does an operation, and what it is given."""
        objects = self._objects
        if type(callee) is not str:
            return objects.guards.callable(callee), args
        if callee[1:] in ASKED_METHODS:
            name = callee[1:]
            is_native = access_of(name)[0] is Access.NATIVE
            return getattr(args[0], name) if is_native else objects.methods.attribute(args[0], name), args[1:]
        if callee in OPERATORS:
            return (_exclusive if callee == '__ixor__' else operation_of(objects.guards, callee)), args
        if callee in BUILTINS:
            return objects.guarded(objects.value(callee)), args
        if callee in _OPERATIONS:
            return _OPERATIONS[callee], args
        owner, name = _GUARDED[callee]
        return getattr(getattr(objects, owner), name), args


def _method_of(owner: Any, code: Any) -> Any:
    """Return the method of a class of a script that is about to run, bound."""
    # Of a class, a class method or what its metaclass has.
    kinds = (owner, type(owner)) if isinstance(owner, type) else (type(owner),)
    for base in [base for kind in kinds for base in kind.__mro__]:
        if type(base) in SCRIPT_TYPES:
            for found in (base.__dict__.get(code.co_name), *base.__dict__.values()):
                function = getattr(found, '__func__', found)
                if type(function) is FunctionType and function.__code__ is code:
                    return MethodType(function, owner)
    raise CannotPause(_MISMATCH)


def _goes_round(operands: tuple[Any, ...], instance: Any) -> bool:
    """Tell whether a container that is being shown is held by an instance that it holds: it shows itself as dots there."""
    sought = {id(operand) for operand in operands if isinstance(operand, _CONTAINERS) and operand is not instance}
    pending, seen = [instance], set[int]()
    while pending and sought and len(seen) < _LOOKED_AT:
        value = pending.pop()
        if id(value) in sought:
            return True
        if id(value) not in seen:
            seen.add(id(value))
            if isinstance(value, dict):
                pending.extend(dict.values(value))
            elif isinstance(value, _HOLDERS):
                pending.extend(gc.get_referents(value))
            elif type(type(value)) in SCRIPT_TYPES:
                pending.extend(getattr(value, '__dict__', {}).values())
    return False


def _set_of(*items: Any) -> set[Any]:
    return set(items)


def _held_item(container: Any, key: Any) -> Any:
    """Return an item of a `defaultdict`, END where it has none."""
    return dict.get(container, key, END)


def _dict_of(*parts: Any) -> dict[Any, Any]:
    """Return what a display makes of keys and values in turn; END stands for the key of what is spread."""
    made: dict[Any, Any] = {}
    for key, value in zip(parts[::2], parts[1::2], strict=True):
        if key is END:
            made.update(value)
        else:
            made[key] = value
    return made


def _exclusive(a: Any, b: Any) -> Any:
    """Do `a ^= b`, which done twice would be done not at all, once all have answered."""
    if type(a) is not set:
        return operation_of(None, '__ixor__')(a, b)
    made = a ^ b
    a.clear()
    # The hashes are taken over, and there is nothing to be equal to.
    a |= made
    return a


def is_native_method(target: Any, name: str) -> bool:
    """Tell whether a method is one of a built-in container that may be begun anew."""
    kind = type(target)
    if isinstance(target, type):
        return target in _CONTAINERS and kind not in SCRIPT_TYPES and type(kind) not in SCRIPT_TYPES
    if not isinstance(target, _CONTAINERS) or own_method(target, name) is not None:
        return False
    return not any(isinstance(target, owner) and name in names for owner, names in _ONCE)


def begun_anew(run: Any, function: Any) -> tuple[Any, ...] | None:
    """Return the function of the prelude, and what it is given first, that calls a native one which methods may be asked of."""
    if type(function) in GETTERS:
        return GETTERS[type(function)](function)
    if not run.program.asks:
        return None
    name = getattr(function, '__name__', '').removeprefix('b_')
    owner = getattr(function, '__self__', None)
    if type(function) is GuardedMethod:
        owner, name = guarded_method_parts(function)
        if name in _OF_CONTAINERS:
            return 'answered', function
    elif type(function) in _OF_BASE:
        owner, name = _OF_BASE[type(function)](function)
        is_known = name in _OF_CONTAINERS and isinstance(owner, _CONTAINERS)
        return ('answered', function) if is_known else None
    elif BUILTINS.get(name) is not None and (isinstance(function, type) or type(owner) is BUILTINS_OF[0]):
        if name not in ASKED_BUILTINS or name == 'print':
            return None
        return 'answered_items' if name in ASKED_CONSUMERS else 'answered', name
    elif owner is None or type(function) is not BuiltinMethodType or not isinstance(owner, _CONTAINERS):
        return _of_module(function)
    if name in ASKED_METHODS and is_native_method(owner, name):
        return 'answered_method_items' if name in ASKED_METHOD_CONSUMERS else 'answered_method', name, owner
    if name == '__getitem__' and has_native_items(owner, name):
        return 'answered', 'item', owner
    return None


def _of_module(function: Any) -> tuple[Any, ...] | None:
    found = modules.reference_of(function)
    if found is None or found[0] not in OPERATING_MODULES or found[1] in _CHANGING:
        return None
    return 'answered', function


def has_native_items(container: Any, name: str) -> bool:
    """Tell whether the items of a container are got, set or deleted by C."""
    return isinstance(container, _CONTAINERS) and own_method(container, name) is None


def has_factory(container: Any) -> bool:
    """Tell whether a container is one that calls a function of a script for a key that it has not."""
    if not isinstance(container, collections.defaultdict) or own_method(container, '__missing__') is not None:
        return False
    factory = container.default_factory
    return not (factory is None or (isinstance(factory, type) and type(factory) not in SCRIPT_TYPES))


def repeatable(objects: Any, value: Any) -> Any:
    """Return what can be gone through twice: a list of what an iterator has."""
    return objects.guarded(list)(value) if hasattr(type(value), '__next__') else value


_OPERATIONS: Final = {
    'item': operator.getitem, 'delete_item': operator.delitem, 'held_item': _held_item, 'set_of': _set_of, 'dict_of': _dict_of,
}  # fmt: skip
#: Operation -> the part of the run's objects that does it, and its name there.
_GUARDED: Final = {
    'set_item': ('guards', 'store_item'), 'contains': ('guards', 'contains'), 'format_value': ('formatter', 'format_value'),
}  # fmt: skip
