"""Operators whose methods may stop, one attempt after the other: Python's protocol as steps that the prelude takes.

CPython asks one operand, and where that answers NotImplemented the other one, in C: a pause inside the first could not come back to
the second. So where a method of a script may stop, `operate` of the prelude asks them one by one; what is tried in which
order is found here.
"""

from __future__ import annotations

import collections
import operator
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from typing import Any, Final

from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES, SHARED, bound_member
from monty_flow.interpreter.runtime.pause import Barrier

#: Values whose operators call nothing of a script.
PLAIN: Final = frozenset({int, float, bool, complex, str, bytes, type(None)})
_COMPARISONS: Final = {
    '__eq__': ('__eq__', '=='), '__ne__': ('__ne__', '!='), '__lt__': ('__gt__', '<'), '__gt__': ('__lt__', '>'),
    '__le__': ('__ge__', '<='), '__ge__': ('__le__', '>='),
}  # fmt: skip
_ARITHMETIC: Final = {
    'add': '+', 'sub': '-', 'mul': '*', 'matmul': '@', 'truediv': '/', 'mod': '%', 'floordiv': '//',
    'pow': '** or pow()', 'lshift': '<<', 'rshift': '>>', 'and': '&', 'or': '|', 'xor': '^', 'divmod': 'divmod()',
}  # fmt: skip
#: Name of a method -> that of the other operand, and the operator as errors show it.
_OPERATORS: Final = _COMPARISONS | {f'__{name}__': (f'__r{name}__', sign) for name, sign in _ARITHMETIC.items()}
#: The names of the methods of all operators, and of those in place.
OPERATORS: Final = frozenset({*_OPERATORS, *(f'__i{name}__' for name in _ARITHMETIC)})
#: Types that are concatenated and repeated after the methods of the other operand were asked.
_SEQUENCES: Final = (list, tuple, str, bytes, bytearray)
_NUMBERS: Final = (int, float, complex)
#: Types whose items are asked in turn for what is looked for.
_SEARCHED: Final = (list, tuple, deque)
_MAPPINGS: Final[tuple[dict[Any, Any], ...]] = ({}, OrderedDict())
_VIEWS: Final = tuple(type(view) for made in _MAPPINGS for view in (made.values(), made.items()))
_SINGLE: Final = {
    '__matmul__': operator.matmul, '__sub__': operator.sub, '__truediv__': operator.truediv, '__rshift__': operator.rshift,
    '__and__': operator.and_, '__or__': operator.or_, '__xor__': operator.xor,
    '__imatmul__': operator.imatmul, '__isub__': operator.isub, '__itruediv__': operator.itruediv,
    '__irshift__': operator.irshift, '__iand__': operator.iand, '__ior__': operator.ior, '__ixor__': operator.ixor,
    '__eq__': operator.eq, '__ne__': operator.ne, '__lt__': operator.lt, '__le__': operator.le, '__gt__': operator.gt,
    '__ge__': operator.ge,
}  # fmt: skip

#: A method of a script or None for CPython's own, whose it is, its name, and what it gets.
Attempt = tuple[Any, Any, str, Any]


def operation_of(guards: Any, name: str) -> Callable[[Any, Any], Any]:
    """Return what does a whole operation, as CPython does it; guarded where its result may be big."""
    single = _SINGLE.get(name)
    found: Callable[[Any, Any], Any] = getattr(guards, name.strip('_')) if single is None else single
    return found


def own_method(obj: Any, name: str) -> Any:
    """Return a method that a class of a script defines, bound; None where CPython's own is the next of its kind."""
    kind = type(obj)
    for base in kind.__mro__:
        if name in base.__dict__:
            if type(base) not in SCRIPT_TYPES or base in SHARED:
                return None
            found = base.__dict__[name]
            return bound_member(found, obj, kind)
    return None


def attempts(name: str, a: Any, b: Any) -> list[Attempt] | None:
    """Return what `a <operator> b` asks, in order; None where no class of a script has a say."""
    reflected = _OPERATORS[name][0]
    first, second = _attempt(a, name, b), _attempt(b, reflected, a)
    left, right = first[0], second[0]
    if left is None and (right is None or (name == '__mod__' and isinstance(a, str | bytes | bytearray))):
        return None
    is_comparison = name in _COMPARISONS
    if not is_comparison and type(a) is type(b):
        return [first]
    goes_first = left is None and not is_comparison and isinstance(a, _SEQUENCES)
    if right is not None and type(b) is not type(a) and isinstance(b, type(a)):
        # Of arithmetic, a subclass goes first only by a method of its own.
        goes_first = is_comparison or _function(right) is not _function(own_method(a, reflected))
    return [second, first] if goes_first else [first, second]


def _attempt(obj: Any, name: str, other: Any) -> Attempt:
    method = own_method(obj, name)
    if method is None and name == '__ne__':
        # What a class does not say about `!=`, its `==` says.
        method = own_method(obj, '__eq__')
        if method is not None:
            name = '__eq__'
    return method, obj, name, other


def _function(method: Any) -> Any:
    return getattr(method, '__func__', method)


def native_attempt(obj: Any, name: str, other: Any) -> Any:
    """Ask CPython's own method; with numbers on both sides it is not asked, as its work would not be judged."""
    if isinstance(obj, _NUMBERS) and isinstance(other, _NUMBERS) and name not in _COMPARISONS:
        return NotImplemented
    if name in ('__mul__', '__rmul__') and isinstance(obj, _SEQUENCES) and own_method(other, '__index__') is None:
        raise TypeError(f"can't multiply sequence by non-int of type '{_type_name(other)}'")
    method = getattr(obj, name, None)
    return NotImplemented if method is None else method(other)


def _type_name(value: object) -> str:
    name: str = getattr(type(value), 'script_type_name', type(value).__name__)
    return name


def unsupported(name: str, a: Any, b: Any, in_place: bool) -> Any:
    """Return what is left when both operands answered NotImplemented; raise for what needs an answer."""
    if name == '__eq__':
        return a is b
    if name == '__ne__':
        return a is not b
    sign = _OPERATORS[name][1]
    if name in _COMPARISONS:
        raise TypeError(f"'{sign}' not supported between instances of '{_type_name(a)}' and '{_type_name(b)}'")
    if in_place:
        sign = f'{sign.split()[0]}='
    raise TypeError(f"unsupported operand type(s) for {sign}: '{_type_name(a)}' and '{_type_name(b)}'")


def plain_name(name: str) -> str:
    """Return the method of an operator by that of its in-place form."""
    return f'__{name[3:]}'


def parts_of(name: str, a: Any, b: Any) -> str:
    """Return how two containers are compared: 'items', 'values', or '' where CPython does it as a whole."""
    if name not in _COMPARISONS:
        return ''
    for kind in _SEARCHED:
        if isinstance(a, kind) and isinstance(b, kind):
            return 'items'
    return 'values' if isinstance(a, dict) and isinstance(b, dict) and name in ('__eq__', '__ne__') else ''


def holds_instances(items: Any, item: Any) -> bool:
    """Tell whether a search goes through a list or tuple in which a method of a script may be asked."""
    if type(items) not in (list, tuple):
        return False
    return type(type(item)) in SCRIPT_TYPES or any(type(type(one)) in SCRIPT_TYPES for one in items)


def goes_by_steps(container: Any) -> bool:
    """Tell whether `in` asks the items of a container in turn, as against one that knows its items by their hashes or as a text."""
    return is_searched(container) or isinstance(container, (Iterator, *_VIEWS))


def is_searched(container: Any) -> bool:
    """Tell whether a container is a list, tuple or deque, and no instance of a script's class."""
    return isinstance(container, _SEARCHED) and type(type(container)) not in SCRIPT_TYPES


def searched(name: str, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, int] | None:
    """Return from where to where a list, tuple or deque is searched, None where its own method does it.

    That is where the call is wrong, and where no method of a script can be asked.
    """
    if not is_searched(target) or kwargs or not args or (name == 'remove' and isinstance(target, tuple)):
        return None
    if len(args) > (3 if name == 'index' else 1) or any(type(bound) is not int for bound in args[1:]):
        return None
    if type(args[0]) in PLAIN and all(type(one) in PLAIN for one in target):
        return None
    start, end, _ = slice(args[1] if len(args) > 1 else 0, args[2] if len(args) > 2 else None).indices(len(target))
    return start, end


def not_found(name: str, target: Any, item: Any, shown: Callable[[Any], str]) -> ValueError:
    """Return the error of `index` and `remove`."""
    kind = next(base.__name__ for base in _SEARCHED if isinstance(target, base))
    if kind == 'deque' or (kind == 'list' and name == 'index'):
        return ValueError(f'{shown(item)} is not in {kind}')
    return ValueError(f'{kind}.{name}(x): x not in {kind}')


def have_instances(items: Any) -> bool:
    """Tell whether ordering these may ask a method of a script: instances of its classes, or sequences that may hold some."""
    return any(type(type(one)) in SCRIPT_TYPES or type(one) in (list, tuple) for one in items)


def text_method(obj: Any) -> Any:
    """Return the method of a script that gives the text of an instance, None where CPython's own does."""
    shows: object = type(obj).__str__
    return own_method(obj, '__str__') or (own_method(obj, '__repr__') if shows is object.__str__ else None)


def through(operand: Any, function: Any) -> Any:
    """Return what asks a method of `operand`: behind a barrier where that is no instance or class of a script, but may hold some.

    What a method gives inside such an operation is not what the operation gives.
    """
    kind = type(operand)
    return function if type(kind) in SCRIPT_TYPES or kind in SCRIPT_TYPES else Barrier(function)


def item_of(container: Any, key: Any) -> Any:
    """Return an item that nothing has to be made for."""
    return through(container, operator.getitem)(container, key)


def factory_of(container: Any, key: Any) -> Any:
    """Return what a `defaultdict` calls for a key that it has not, None where it calls nothing that could stop."""
    if not isinstance(container, collections.defaultdict):
        return None
    factory = container.default_factory
    is_native = factory is None or (isinstance(factory, type) and type(factory) not in SCRIPT_TYPES)
    if is_native or own_method(container, '__getitem__') or own_method(container, '__missing__') or key in container:
        return None
    return factory


class Asking:
    """A built-in that gives what one method of its argument gives, called where a script function was expected."""

    __slots__ = ('_function',)

    def __init__(self, function: Any) -> None:
        self._function = function

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        called = through(args[0], self._function) if len(args) == 1 and not kwargs else Barrier(self._function)
        return called(*args, **kwargs)


#: Such built-ins, but for `repr`, which is one of each run.
ASKING: Final = (str, int, float, len, abs)


def places(keys: list[Any], reverse: Any) -> list[int]:
    """Return the positions of keys in the order in which they are sorted: equal ones keep theirs, backwards too."""
    found = list(range(len(keys)))
    return found[::-1] if reverse else found


def turn(positions: list[int], count: int) -> None:
    positions[:count] = positions[:count][::-1]


def move(positions: list[int], start: int, end: int) -> None:
    positions.insert(end, positions.pop(start))


def middle(low: int, high: int) -> int:
    return (low + high) >> 1


HELPERS: Final = {
    '$plain': PLAIN, '$attempts': attempts, '$native_attempt': native_attempt, '$unsupported': unsupported,
    '$plain_name': plain_name, '$own_method': own_method, '$parts_of': parts_of, '$holds_instances': holds_instances, '$goes_by_steps': goes_by_steps, '$searched': searched, '$not_found': not_found,
    '$have_instances': have_instances, '$text_method': text_method, '$through': through, '$places': places,
    '$turn': turn, '$move': move, '$middle': middle, '$NotImplemented': NotImplemented, '$get_item': operator.getitem, '$item_of': item_of, '$factory_of': factory_of,
}  # fmt: skip
