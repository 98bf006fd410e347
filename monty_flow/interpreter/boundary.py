"""The one place where values cross between host and script, always as copies.

A value enters a script when its *exact* type is on a short list; what only looks like such a type (a
subclass, an enum, a dataclass) is refused, since its methods would be host code in reach of a script.
Values leave by the same list. What a script may hold but a host should not touch (functions, instances,
iterators) leaves as an inert `ScriptObject`, and no method of it runs on the way.

Nothing mutable is shared by the two sides. What is shared or cyclic within one value stays so in the
copy: every container is copied once, found again by `id`. Mutable copies are filled from a work list and
tuples are made from the inside out, so that no depth of nesting costs Python stack.
"""

from __future__ import annotations

import builtins
import importlib
import sys
import types
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn

from monty_flow.interpreter.errors import BoundaryError
from monty_flow.interpreter.records import record
from monty_flow.interpreter.runtime.cancellation import Cancelled, Rejected, ScriptMemoryError

if TYPE_CHECKING:
    from fractions import Fraction
    from uuid import UUID

    from monty_flow.interpreter.runtime.run import Run

#: Immutable, of no parts that could be something else: these cross as they are.
SCALARS = frozenset({type(None), bool, int, float, complex, str, bytes, date, timedelta, Decimal})
#: Items from which on a copy is judged by the run that computes, and bytes of an item or an entry of it.
_MANY = 4096
_ITEM_BYTES, _ENTRY_BYTES = 8, 40
#: Return the run that computes in this thread; the runtime puts its own here.
COMPUTING: list[Callable[[], Run | None]] = []
_FROZEN = frozenset({tuple, frozenset})

ALLOWED = (
    'None, bool, int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset, range, '
    'date, time, datetime, timedelta, timezone, Decimal, Fraction and UUID (exact types, no subclasses)'
)

#: Where a part is: None for the value itself, else the place of its container and the text of one step.
_Place = tuple[Any, str] | None


@record(frozen=True)
class ScriptObject:
    """Stand for a script's value that has no counterpart outside; it does nothing."""

    #: The name of the value's type, as the script knows it.
    type_name: str
    #: A short description; for an exception its message.
    text: str


def to_script(value: Any, where: str = 'value') -> Any:
    """Return a copy of a host value for a script, or raise BoundaryError naming the part that cannot enter.

    `where` is how the message calls the value, such as `inputs['x']`.
    """
    if type(value) in SCALARS:
        return value
    return _Copier(where, _refuse_to_enter).copy(value)


def to_host(value: Any, where: str = 'the result') -> Any:
    """Return a copy of a script's value for the host, with a `ScriptObject` for what has no counterpart."""
    if type(value) in SCALARS:
        return value
    return _Copier(where, _leaving).copy(value)


def keywords_to_host(kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return copies of keyword arguments for the host: their names are exact strings, which CPython does not ask for."""
    return {plain_text(name): value if type(value) in SCALARS else to_host(value) for name, value in kwargs.items()}


def plain_text(text: str) -> str:
    """Return a text without the methods that a script's class of texts has."""
    return text if type(text) is str else str.__str__(text)


#: Metaclasses of the classes whose instances leave as their `_value_`, where that is plain: enumerations.
LEAVES_AS_VALUE: set[type] = set()


def _leaving(value: Any, where: str) -> Any:
    """Return what the host gets for a value that is not on the list: a new exception, a plain value, or a stand-in."""
    if type(value) in SCRIPT_EXCEPTIONS:
        copier = _Copier(where, lambda part, _: describe(part))
        arguments = [copier.copy(argument) for argument in BaseException.args.__get__(value)]  # type: ignore[attr-defined]
        try:
            kind: type[BaseException] = MemoryError if type(value) is ScriptMemoryError else type(value)
            return kind(*arguments)
        except (TypeError, ValueError):
            # An exception with a constructor of its own, whose arguments the script has changed.
            return describe(value)
    if type(type(value)) in LEAVES_AS_VALUE:
        plain = object.__getattribute__(value, '__dict__').get('_value_', value)
        if type(plain) in SCALARS:
            return plain
    return describe(value)


def describe(value: Any) -> ScriptObject:
    """Return the inert stand-in of a script's value; read only slots of built-in types, run nothing."""
    kind = type(value)
    type_name = plain_text(type.__getattribute__(kind, '__name__'))
    if kind is type:
        return ScriptObject('type', f'<class {type.__getattribute__(value, "__name__")!r}>')
    if kind in (types.FunctionType, types.BuiltinFunctionType):
        return ScriptObject('function', f'<function {plain_text(value.__name__)}>')
    if issubclass(kind, BaseException):
        arguments = BaseException.args.__get__(value)  # type: ignore[attr-defined]
        return ScriptObject(type_name, _text_of_arguments(arguments))
    return ScriptObject(type_name, f'<{type_name} object>')


def exception_to_script(exc: BaseException) -> BaseException:
    """Return a new exception for a script in place of one of the host.

    A built-in `Exception` type keeps its type and its arguments; any other becomes an `Exception` with
    the type's name and the text. Cause, context, traceback and attributes stay outside. Raises BoundaryError for what
    cannot be raised.
    """
    if not isinstance(exc, BaseException):
        _refuse_to_raise(exc)
    kind = type(exc)
    if kind in SCRIPT_EXCEPTIONS:
        # The second argument of a SyntaxError holds a path and source of the host.
        arguments = exc.args[:1] if issubclass(kind, SyntaxError) else exc.args
        try:
            made = ScriptMemoryError if kind is MemoryError else kind
            return made(*[_argument_to_script(argument) for argument in arguments])
        except (TypeError, ValueError):
            # Exceptions with a constructor of their own can be made by hand with arguments it refuses.
            pass
    text = _safe_text(exc)
    return Exception(f'{kind.__name__}: {text}' if text else kind.__name__)


def _script_exceptions() -> frozenset[type[BaseException]]:
    classes = [value for value in vars(builtins).values() if isinstance(value, type) and issubclass(value, Exception)]
    return frozenset(
        (Cancelled, Rejected, ScriptMemoryError, *(cls for cls in classes if not issubclass(cls, BaseExceptionGroup)))
    )


#: Exceptions of the host that enter a script as what they are.
SCRIPT_EXCEPTIONS = _script_exceptions()


def _argument_to_script(argument: Any) -> Any:
    try:
        return to_script(argument)
    except BoundaryError:
        return _safe_text(argument)


def _safe_text(value: object) -> str:
    try:
        text = str(value)
    except Exception:  # a host class may raise anything from its __str__, and the script needs some text
        return f'<{type(value).__name__} object>'
    return text if type(text) is str else str.__str__(text)


def _text_of_arguments(arguments: tuple[Any, ...]) -> str:
    texts = [argument if type(argument) is str else _text_of_argument(argument) for argument in arguments]
    return ', '.join(texts)


def _text_of_argument(argument: Any) -> str:
    # repr of an int may be refused for its length, and repr of anything that is not a scalar may run a script.
    if type(argument) in (type(None), bool, float, complex, bytes) or (
        type(argument) is int and argument.bit_length() < 4096
    ):
        return repr(argument)
    return f'<{plain_text(type.__getattribute__(type(argument), "__name__"))} object>'


def _refuse_to_raise(given: Any) -> NoReturn:
    if isinstance(given, type) and issubclass(given, BaseException):
        name = given.__name__
        raise BoundaryError(f"the exception is the class {name}; give an instance, such as {name}('what went wrong')")
    raise BoundaryError(f'the exception is of type {type(given).__name__}; give an instance of an exception class')


def _refuse_to_enter(value: Any, where: str) -> Any:
    hint = ''
    if type(value) is types.CoroutineType:
        value.close()
        raise BoundaryError(
            f'{where} gave a coroutine; only run_async awaits functions: use that, or give a plain function'
        )
    if isinstance(value, (str, int, float, bytes, list, tuple, dict, set, frozenset)):
        base = next(cls for cls in type(value).__mro__ if cls.__module__ == 'builtins')
        hint = f' (convert it with {base.__name__}() first)'
    raise BoundaryError(
        f'{where} is of type {type(value).__module__}.{type(value).__qualname__}, which cannot enter a script{hint}; '
        f'these can: {ALLOWED}'
    )


def _reserve(nbytes: int) -> None:
    """Let the run that computes in this thread, where there is one, judge what a copy takes."""
    for run_of in COMPUTING:
        run = run_of()
        if run is not None and not run.hosting:
            run.reserve(nbytes)


class _Copier:
    """Copy one value; `stranger(part, where)` answers for parts whose type is not on the list."""

    __slots__ = ('_memo', '_stranger', '_todo', '_where')

    def __init__(self, where: str, stranger: Callable[[Any, str], Any]) -> None:
        self._where = where
        self._stranger = stranger
        self._memo: dict[int, Any] = {}
        self._todo: list[tuple[Any, Any, _Place]] = []

    def copy(self, value: Any) -> Any:
        result = self._part(value, None)
        todo = self._todo
        while todo:
            source, target, place = todo.pop()
            FILLERS[type(source)](self, source, target, place)
        return result

    def _part(self, value: Any, place: _Place) -> Any:
        """Return the copy of `value`, empty as yet when it is mutable."""
        kind = type(value)
        if kind in SCALARS:
            return value
        known = self._memo.get(id(value))
        if known is not None:
            return known
        copied: Any
        if kind in FILLERS:
            copied = kind()
            self._todo.append((value, copied, place))
        elif kind in _FROZEN:
            copied = self._frozen(value, place)
        elif (rebuild := _rebuilder(kind)) is not None:
            copied = rebuild(value)
            if copied is None:
                copied = self._stranger(value, self._render(place))
        else:
            copied = self._stranger(value, self._render(place))
        self._memo[id(value)] = copied
        return copied

    def _frozen(self, value: Any, place: _Place) -> Any:
        """Return the copy of a tuple or frozenset, after those that are in it, without recursion."""
        memo = self._memo
        stack = [(value, place)]
        while stack:
            top, at = stack[-1]
            inner = [
                (item, (at, f'[{index}]'))
                for index, item in enumerate(top)
                if type(item) in _FROZEN and id(item) not in memo
            ]
            if inner:
                stack.extend(inner)
                continue
            stack.pop()
            if id(top) not in memo:
                memo[id(top)] = self._frozen_of_known(top, at)
        return memo[id(value)]

    def _frozen_of_known(self, value: Any, place: _Place) -> Any:
        if SCALARS.issuperset(map(type, value)):
            return value
        parts = self._parts(value, place)
        return tuple(parts) if type(value) is tuple else self._same_size(frozenset(parts), value, place)

    def _parts(self, values: Iterable[Any], place: _Place) -> list[Any]:
        return [
            item if type(item) in SCALARS else self._part(item, (place, f'[{index}]'))
            for index, item in enumerate(values)
        ]

    def _fill_list(self, source: list[Any], target: list[Any], place: _Place) -> None:
        if len(source) > _MANY:
            _reserve(_ITEM_BYTES * len(source))
        target.extend(source if SCALARS.issuperset(map(type, source)) else self._parts(source, place))

    def _fill_bytearray(self, source: bytearray, target: bytearray, place: _Place) -> None:
        if len(source) > _MANY:
            _reserve(len(source))
        target.extend(source)

    def _fill_set(self, source: set[Any], target: set[Any], place: _Place) -> None:
        if len(source) > _MANY:
            _reserve(_ENTRY_BYTES * len(source))
        if SCALARS.issuperset(map(type, source)):
            target.update(source)
            return
        target.update(self._parts(source, place))
        self._same_size(target, source, place)

    def _fill_dict(self, source: dict[Any, Any], target: dict[Any, Any], place: _Place) -> None:
        if len(source) > _MANY:
            _reserve(_ENTRY_BYTES * len(source))
        for index, (key, item) in enumerate(source.items()):
            if type(key) not in SCALARS:
                key = self._part(key, (place, f'.keys()[{index}]'))
            if type(item) not in SCALARS:
                step = f'[{key!r}]' if _is_short(key) else f'.values()[{index}]'
                item = self._part(item, (place, step))
            target[key] = item
        self._same_size(target, source, place)

    def _same_size(self, copied: Any, source: Any, place: _Place) -> Any:
        # Two script objects may differ within and look the same as ScriptObjects.
        if len(copied) != len(source):
            raise BoundaryError(
                f'{self._render(place)} has keys or members that cannot be told apart outside the script; '
                'use strings, numbers or tuples of these'
            )
        return copied

    def _render(self, place: _Place) -> str:
        steps: list[str] = []
        while place is not None:
            place, step = place
            steps.append(step if len(step) <= 60 else step[:57] + '...')
        return self._where + ''.join(reversed(steps))


def _is_short(key: Any) -> bool:
    # repr of an int of many digits is refused by CPython.
    return type(key) in (str, bool, float) or (type(key) is int and key.bit_length() <= 64)


def _exact_timezone(zone: timezone) -> timezone | None:
    arguments = zone.__getinitargs__()  # type: ignore[attr-defined]
    if type(arguments[0]) is not timedelta or (len(arguments) > 1 and type(arguments[1]) is not str):
        return None
    return zone


#: Classes of time zones that leave with the times that have them.
ZONES: set[type] = set()


def _exact_time(value: Any) -> Any:
    zone = value.tzinfo
    if zone is None or type(zone) in ZONES or (type(zone) is timezone and _exact_timezone(zone) is not None):
        return value
    return None


def _exact_range(value: range) -> range | None:
    return value if {type(value.start), type(value.stop), type(value.step)} == {int} else None


def _exact_fraction(value: Fraction) -> Fraction | None:
    numerator, denominator = value.numerator, value.denominator
    return type(value)(numerator, denominator) if type(numerator) is int and type(denominator) is int else None


def _exact_uuid(value: UUID) -> UUID | None:
    return type(value)(int=value.int) if type(value.int) is int else None


#: Immutables that may hold parts of another type: give them back (or a copy), None when a part is strange.
REBUILDERS: dict[type[Any], Callable[[Any], Any]] = {
    range: _exact_range,
    datetime: _exact_time,
    time: _exact_time,
    timezone: _exact_timezone,
}
#: The same by module and name, for types whose modules are not loaded for their sake alone.
_LATE_REBUILDERS: dict[tuple[str, str], Callable[[Any], Any]] = {
    ('fractions', 'Fraction'): _exact_fraction,
    ('uuid', 'UUID'): _exact_uuid,
}


def _rebuilder(kind: type[Any]) -> Callable[[Any], Any] | None:
    """Return how an immutable with parts is given back, None for a type of which none is known."""
    found = REBUILDERS.get(kind)
    if found is None:
        for (module, name), rebuild in _LATE_REBUILDERS.items():
            if getattr(sys.modules.get(module), name, None) is kind:
                if module == 'uuid':
                    # It says what a script may do with one.
                    importlib.import_module('monty_flow.interpreter.modules.uuid')
                REBUILDERS[kind] = found = rebuild
    return found


#: Mutables: made empty, filled later.
FILLERS: dict[type[Any], Callable[..., None]] = {
    list: _Copier._fill_list,
    dict: _Copier._fill_dict,
    set: _Copier._fill_set,
    bytearray: _Copier._fill_bytearray,
}
