"""`str()` and `repr()` for scripts: bounded, and without addresses or anything else of the host.

CPython's text of a function, an iterator or a method ends in ` at 0x7f...`; ours stops before that. A
container is rendered with a stack of our own, so depth costs memory and not C stack, and every node
is paid for as often as it is shown: a small value that shares its parts may be huge as text.
"""

from __future__ import annotations

import builtins
import sys
import types
from collections.abc import Iterable
from typing import Any, Final

from monty_flow.interpreter.errors import LimitReached, MemoryLimitError
from monty_flow.interpreter.patterns import pattern
from monty_flow.interpreter.runtime import arrays
from monty_flow.interpreter.runtime.buffers import ARRAYS
from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES, is_script_function
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.universe import DATES, VALUES, VIEWS, TypeFacade, growing
from monty_flow.interpreter.runtime.widths import text_width

#: Decimal digits of an int as text, CPython's default; the host may have lifted its own.
MAX_DIGITS: Final = 4300
_DIGITS_BOUND: Final = 10**MAX_DIGITS
_NEGATIVE_BOUND: Final = -_DIGITS_BOUND
_TOO_MANY_DIGITS: Final = (
    f'Exceeds the limit ({MAX_DIGITS} digits) for integer string conversion; '
    'use sys.set_int_max_str_digits() to increase the limit'
)
#: Nodes rendered between two charges.
_STRIDE: Final = 1_000
#: Exceptions inside exceptions up to which str() shows the innermost, as CPython does.
_MAX_INNER: Final = 50
#: Nodes and characters of a text that no run pays for.
_UNPAID_NODES: Final = 200_000
_UNPAID_SIZE: Final = 16 * 1024 * 1024
#: Characters up to which the text of one part is not worth a look at the limits.
_FEW: Final = 1 << 16
_TEXTS: Final = frozenset({str, bytes, bytearray})

#: Rendered by CPython itself: nothing of a script is inside.
LEAVES: Final = growing(
    (str, float, bool, type(None), complex, bytes, bytearray, range, type(...), type, *DATES, *VALUES)
)
_FLAT: Final = frozenset({str, int, float, bool, type(None), complex, bytes})
#: Attributes that str(exception) of a class reads beside its args.
_SHOWN: Final[dict[type, tuple[str, ...]]] = {
    OSError: ('errno', 'strerror', 'filename', 'filename2'),
    SyntaxError: ('msg', 'filename', 'lineno'),
}
ADDRESS: Final = pattern(r' at 0x[0-9a-fA-F]+')

# What the stack of `_render` holds: text to show, a value to render, or the id of a container that ends.
_TEXT: Final = 0
_VALUE: Final = 1
_LEAVE: Final = 2
_Step = tuple[int, Any]


#: How built-in exceptions show themselves; a script's class with another way has its own.
_EXCEPTION_TEXTS = frozenset(
    {kind.__str__ for kind in vars(builtins).values() if isinstance(kind, type) and issubclass(kind, BaseException)}
)


class TooMuchToShow(LimitReached):
    """Tell that a text which no run pays for is too long."""


def text_of(value: object, run: Run | None = None) -> str:
    """Return str(value) as a script sees it; `run` pays where one is given."""
    kind = type(value)
    if kind is str:
        return value  # type: ignore[return-value]
    if kind is int:
        return _digits(value)  # type: ignore[arg-type]
    if kind in LEAVES:
        return str(value)
    if type(kind) in SCRIPT_TYPES and not (issubclass(kind, BaseException) and kind.__str__ in _EXCEPTION_TEXTS):
        if kind.__str__ is object.__str__:
            return repr_of(value, run)
        return _own_text(str(value), kind.__str__)
    if kind is types.MappingProxyType:
        return repr_of(dict(value), run)  # type: ignore[call-overload]
    if issubclass(kind, BaseException):
        return _exception_text(value, run)  # type: ignore[arg-type]
    return repr_of(value, run)


def repr_of(value: object, run: Run | None = None) -> str:
    """Return repr(value) as a script sees it; `run` pays where one is given."""
    kind = type(value)
    if kind is int:
        return _digits(value)  # type: ignore[arg-type]
    if kind in LEAVES:
        if kind in _TEXTS:
            _pay_quoting(run, value)  # type: ignore[arg-type]
        return repr(value)
    if kind in ARRAYS:
        if run is not None:
            arrays.reserve_text(run, value)
        return repr(value)
    if kind is list and _is_flat(value):  # type: ignore[arg-type]
        if run is not None:
            run.charge(len(value))  # type: ignore[arg-type]
        return repr(value)
    if _shows_itself(kind):
        return _own_text(repr(value), kind.__repr__)
    return _render(value, run)


def _own_text(text: str, method: Any) -> str:
    """Return what a method gave: the script's own says what it likes, CPython's may show an address."""
    return text if type(method) is types.FunctionType else ADDRESS.sub('', text)


def _shows_itself(kind: type) -> bool:
    """Tell whether a type is a script's class that says how its instances are shown, by itself or its base."""
    shows: object = kind.__repr__
    return type(kind) in SCRIPT_TYPES and shows is not BaseException.__repr__ and shows not in _CONTAINER_TEXTS


def repr_as(base: Any, value: object, run: Run | None) -> str | None:
    """Return `base.__repr__(value)` for a subclass of a container, None where `base` is no container."""
    return None if base not in _COPIES else _render(value, run, base)


def _pay_quoting(run: Run | None, text: str | bytes | bytearray) -> None:
    """Pay for the repr of a text: at most twice as long when it can be printed, else up to four times in practice."""
    size = len(text)
    if size <= _FEW:
        return
    longest = size * 4 if type(text) is not str or text.isascii() else _quoted_bytes(text)
    if run is None:
        _pay(None, 0, longest)
    else:
        run.reserve(longest)
        run.charge(longest >> 9)


def _quoted_bytes(text: str) -> int:
    """Return the bytes that the repr of a text of any characters takes at most."""
    width = text_width(text)
    if text.isprintable():
        return (len(text) + text.count('\\') + text.count("'")) * width
    # What cannot be printed is six or ten characters long.
    return len(text) * (4 if width == 1 else 6 if width == 2 else 10)


def _is_flat(items: list[Any]) -> bool:
    if len(items) >= _STRIDE or not 0 < sys.get_int_max_str_digits() <= MAX_DIGITS:
        return False
    return _FLAT.issuperset(map(type, items)) and sum([len(item) for item in items if type(item) in _TEXTS]) <= _FEW


def ascii_of(value: object, run: Run | None = None) -> str:
    """Return ascii(value) as a script sees it."""
    text = repr_of(value, run)
    if str.isascii(text):
        return text
    if run is not None:
        # Ten bytes for each character at worst, twice.
        run.reserve(20 * len(text) if len(text) > _FEW else 0)
    return text.encode('ascii', 'backslashreplace').decode('ascii')


def _digits(value: int) -> str:
    if _NEGATIVE_BOUND < value < _DIGITS_BOUND:
        return repr(value)
    raise ValueError(_TOO_MANY_DIGITS)


def placed(error: object) -> None:
    """Put the places of a UnicodeError into its object: C reads the byte there without a look at a negative one."""
    if isinstance(error, UnicodeDecodeError | UnicodeEncodeError | UnicodeTranslateError):
        try:
            size = len(error.object)
        except TypeError:
            # One that was never given an object shows none.
            return
        if not (0 <= error.start <= size and 0 <= error.end <= size):
            error.start, error.end = (min(max(place, 0), size) for place in (error.start, error.end))


def _exception_text(error: BaseException, run: Run | None) -> str:
    if isinstance(error, UnicodeError):
        placed(error)
    shown = [*error.args]
    for base, names in _SHOWN.items():
        if isinstance(error, base):
            shown.extend(getattr(error, name) for name in names)
    # The arguments of these are checked to be text by CPython itself.
    if isinstance(error, BaseExceptionGroup | UnicodeError) or all(type(item) in _FLAT for item in shown):
        if any(type(item) is int for item in shown) and not 0 < sys.get_int_max_str_digits() <= MAX_DIGITS:
            # The host may have lifted the bound on digits; ours holds.
            _digits(max(abs(item) for item in shown if type(item) is int))
        size = sum([len(item) for item in shown if type(item) in _TEXTS])
        if size > _FEW:
            _pay(run, len(shown), size if len(shown) < 2 else 4 * size)
        return str(error)
    if len(error.args) != 1:
        return repr_of(error.args, run)
    # str() of an exception inside an exception recurses once a level; repr does not here, and says more.
    inner = error.args[0]
    is_quoted = isinstance(error, KeyError) or (isinstance(inner, BaseException) and _is_deep(inner))
    return repr_of(inner, run) if is_quoted else text_of(inner, run)


def _is_deep(error: BaseException) -> bool:
    inner: Any = error
    for _ in range(_MAX_INNER):
        if not isinstance(inner, BaseException) or len(inner.args) != 1:
            return False
        inner = inner.args[0]
    return True


def _render(value: object, run: Run | None, base: Any = None) -> str:
    """Return the text of a container or exception; what is being shown already, further out, is a cycle."""
    shown = run.begin_showing() if run is not None else set()
    before = shown.copy()
    try:
        return _rendered(value, run, base, shown)
    finally:
        shown.intersection_update(before)


def _rendered(value: object, run: Run | None, base: Any, active: set[int]) -> str:
    out: list[str] = []
    stack: list[_Step] = [(_VALUE, value)]
    nodes = size = looked = 0
    while stack:
        step, item = stack.pop()
        if step == _TEXT:
            out.append(item)
            continue
        if step == _LEAVE:
            active.discard(item)
            continue
        nodes += 1
        if nodes % _STRIDE == 0 or size - looked > _FEW:
            _pay(run, nodes, size)
            looked = size
        kind = type(item)
        if kind in _TEXTS:
            _pay_quoting(run, item)
        elif kind in ARRAYS and run is not None:
            arrays.reserve_text(run, item)
        opened, shown = _opened(item, kind, base)
        base = None
        if opened is None:
            text = _leaf(item, kind)
            if text is None:
                _enter(item, stack, active)
                continue
            size += len(text)
            out.append(text)
            continue
        key = id(item)
        if key in active:
            out.append(opened.cycle)
            continue
        if run is not None:
            run.reserve(8 * len(shown) if kind is not slice else 0)
        active.add(key)
        stack.append((_LEAVE, key))
        _push(stack, opened.steps(shown))
    _pay(run, nodes, size)
    return ''.join(out)


def _opened(item: Any, kind: Any, base: Any) -> tuple[_Open | None, Any]:
    """Return how a container is shown, and the container to show, None for what is no container.

    A subclass of one that leaves its text to it is shown as a copy; `base` is whose text the script asked for.
    """
    opened = _OPEN.get(kind)
    if opened is not None or type(kind) not in SCRIPT_TYPES:
        return opened, item
    found = base or _CONTAINER_TEXTS.get(kind.__repr__)
    if found is None:
        return None, item
    return _OPEN[found] if found not in _SETS else _named_set(kind.__name__), _COPIES[found](item)


def _enter(item: Any, stack: list[_Step], active: set[int]) -> None:
    """Go into an exception, an alias or a method, which CPython shows without a look at cycles."""
    if id(item) in active:
        raise RecursionError('maximum recursion depth exceeded while getting the repr of an object')
    active.add(id(item))
    stack.append((_LEAVE, id(item)))
    if type(item) is types.MethodType:
        steps = [(_TEXT, f'<bound method {item.__func__.__qualname__} of '), (_VALUE, item.__self__), (_TEXT, '>')]
    else:
        steps = _exception_steps(item) if isinstance(item, BaseException) else _alias_steps(item)
    _push(stack, steps)


def _pay(run: Run | None, nodes: int, size: int) -> None:
    if run is not None:
        run.charge(min(nodes, _STRIDE))
        run.reserve(size + 8 * nodes)
    elif nodes > _UNPAID_NODES or size > _UNPAID_SIZE:
        raise TooMuchToShow(MemoryLimitError('max_memory', _UNPAID_NODES))


def _push(stack: list[_Step], steps: Iterable[_Step]) -> None:
    stack.extend(reversed([*steps]))


class _Open:
    """How one container type is shown."""

    __slots__ = ('close', 'cycle', 'empty', 'head')

    def __init__(self, head: str, close: str, cycle: str, empty: str | None = None) -> None:
        self.head = head
        self.close = close
        self.cycle = cycle
        self.empty = empty

    def steps(self, value: Any) -> list[_Step]:
        if type(value) is slice:
            value = (value.start, value.stop, value.step)
        if not value and self.empty is not None:
            return [(_TEXT, self.empty)]
        steps: list[_Step] = [(_TEXT, self.head)]
        if type(value) in (dict, types.MappingProxyType):
            for key, item in value.items():
                steps += ((_VALUE, key), (_TEXT, ': '), (_VALUE, item), (_TEXT, ', '))
        else:
            for item in value:
                steps += ((_VALUE, item), (_TEXT, ', '))
        if len(steps) > 1:
            steps.pop()
        if type(value) is tuple and len(value) == 1:
            steps.append((_TEXT, ','))
        steps.append((_TEXT, self.close))
        return steps


_OPEN: Final[dict[type, _Open]] = {
    list: _Open('[', ']', '[...]'),
    tuple: _Open('(', ')', '(...)'),
    dict: _Open('{', '}', '{...}'),
    set: _Open('{', '}', 'set(...)', 'set()'),
    types.MappingProxyType: _Open('mappingproxy({', '})', '{...}'),
    frozenset: _Open('frozenset({', '})', 'frozenset(...)', 'frozenset()'),
    slice: _Open('slice(', ')', '...'),
    **{view: _Open(f'{view.__name__}([', '])', '...') for view in VIEWS},
}


#: How to take the items of a subclass of a container without a method of the subclass.
_COPIES: Final[dict[Any, Any]] = {
    list: lambda value: [*list.__iter__(value)],
    tuple: lambda value: (*tuple.__iter__(value),),
    dict: lambda value: dict(dict.items(value)),
    set: lambda value: {*set.__iter__(value)},
    frozenset: lambda value: frozenset(frozenset.__iter__(value)),
}
_SETS: Final = (set, frozenset)
#: The native `__repr__` of a container -> the container.
_CONTAINER_TEXTS: Final[dict[Any, Any]] = {kind.__repr__: kind for kind in _COPIES}


def _named_set(name: str) -> _Open:
    return _Open(f'{name}({{', '})', f'{name}(...)', f'{name}()')


def _exception_steps(error: BaseException) -> list[_Step]:
    name = type(error).__name__
    if len(error.args) == 1:
        return [(_TEXT, f'{name}('), (_VALUE, error.args[0]), (_TEXT, ')')]
    return [(_TEXT, name), (_VALUE, error.args)]


def _class_name(cls: Any) -> str:
    """Return the name of a class as an alias shows it."""
    module = getattr(cls, '__module__', 'builtins') if type(cls) in SCRIPT_TYPES else 'builtins'
    return str(cls.__qualname__) if module == 'builtins' else f'{module}.{cls.__qualname__}'


def _alias_steps(alias: Any) -> list[_Step]:
    separator = ' | ' if type(alias) is types.UnionType else ', '
    steps: list[_Step] = []
    for argument in alias.__args__:
        if argument is type(None) and separator == ' | ':
            steps.append((_TEXT, 'None'))
        elif isinstance(argument, type):
            steps.append((_TEXT, _class_name(argument)))
        else:
            steps.append((_VALUE, argument))
        steps.append((_TEXT, separator))
    if steps:
        steps.pop()
    if separator == ' | ':
        return steps
    return [(_TEXT, f'{_class_name(alias.__origin__)}['), *steps, (_TEXT, ']')]


def _leaf(value: Any, kind: Any) -> str | None:
    """Return the text of a value without parts that are rendered on their own, or None where it has them."""
    if kind is int:
        return _digits(value)
    if kind in LEAVES or kind is TypeFacade:
        return repr(value)
    if _shows_itself(kind):
        return _own_text(repr(value), kind.__repr__)
    if issubclass(kind, BaseException) or kind is types.GenericAlias or kind is types.UnionType:
        return None
    if kind is types.FunctionType:
        return f'<function {value.__qualname__}>'
    if kind is types.MethodType and is_script_function(value.__func__):
        return None
    if kind is types.MethodType:
        # Built-in and module functions of ours are bound methods; `b_` keeps the former from hiding the real ones.
        return f'<built-in function {value.__name__.removeprefix("b_")}>'
    if kind is types.BuiltinFunctionType:
        owner = value.__self__
        if owner is None or isinstance(owner, types.ModuleType):
            return f'<built-in function {value.__name__}>'
        return f'<built-in method {value.__name__} of {type(owner).__name__} object>'
    if kind is types.GeneratorType or kind is types.CoroutineType:
        return f'<{kind.__name__} object {value.__qualname__.removeprefix("$main.<locals>.")}>'
    if kind.__repr__ is object.__repr__:
        return f'<{getattr(kind, "script_type_name", kind.__name__)} object>'
    # Facades of ours write their own text.
    return ADDRESS.sub('', repr(value))
