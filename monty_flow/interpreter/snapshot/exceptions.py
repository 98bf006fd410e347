"""The kind of exceptions of built-in types: arguments, links, attributes and the script's traceback.

Frames are never stored. What a traceback shows of the script comes from the context, and goes back to
it: `traceback_entries(exc) -> list` and `set_traceback_entries(exc, entries)`, when it has them.
"""

from __future__ import annotations

import builtins
from typing import Any

from monty_flow.interpreter.runtime.cancellation import OWN_EXCEPTIONS
from monty_flow.interpreter.runtime.classes import is_script_instance
from monty_flow.interpreter.runtime.universe import DECIMAL_ERRORS, is_error
from monty_flow.interpreter.snapshot.registry import Arguments, Kind

EXCEPTION_TYPES: dict[str, type[BaseException]] = {
    cls.__name__: cls
    for cls in vars(builtins).values()
    if isinstance(cls, type) and issubclass(cls, BaseException) and not issubclass(cls, BaseExceptionGroup)
} | OWN_EXCEPTIONS
#: By name too; what the bytes call `decimal.X`.
_DECIMAL: dict[str, type[BaseException]] = {f'decimal.{name}': cls for name, cls in DECIMAL_ERRORS.items()}
#: What these types keep outside `args` and `__dict__`.
_STATE: tuple[tuple[type[BaseException], tuple[str, ...]], ...] = (
    (OSError, ('errno', 'strerror', 'filename', 'filename2')),
    (UnicodeDecodeError, ('encoding', 'object', 'start', 'end', 'reason')),
    (UnicodeEncodeError, ('encoding', 'object', 'start', 'end', 'reason')),
    (UnicodeTranslateError, ('object', 'start', 'end', 'reason')),
    (StopIteration, ('value',)),
    (ImportError, ('msg', 'name', 'path')),
    (SyntaxError, ('msg', 'filename', 'lineno', 'offset', 'text', 'end_lineno', 'end_offset', 'print_file_and_line')),
    (AttributeError, ('name', 'obj')),
    (NameError, ('name',)),
)


def exception_kinds() -> tuple[Kind, ...]:
    """Return the rows for exceptions of built-in types, and for groups of exceptions."""
    return (
        Kind('exception', tuple(EXCEPTION_TYPES.values()), _reduce, _build, fill_exception),
        Kind('decimal_exception', tuple(_DECIMAL.values()), _reduce_decimal, _build_decimal, fill_exception),
        Kind('exception_group', ExceptionGroup, _reduce_group, _build_group, fill_exception),
        Kind('base_exception_group', BaseExceptionGroup, _reduce_group, _build_base_group, fill_exception),
    )


def _reduce(exc: BaseException, context: Any) -> tuple[Arguments, Arguments]:
    return (type(exc).__name__,), exception_state(exc, context)


def _build(context: Any, name: Any) -> BaseException:
    cls = EXCEPTION_TYPES[name]
    return cls.__new__(cls)


def _reduce_decimal(exc: BaseException, context: Any) -> tuple[Arguments, Arguments]:
    return (f'decimal.{type(exc).__name__}',), exception_state(exc, context)


def _build_decimal(context: Any, name: Any) -> BaseException:
    cls = _DECIMAL[name]
    return cls.__new__(cls)


def _reduce_group(exc: BaseExceptionGroup[BaseException], context: Any) -> tuple[Arguments, Arguments]:
    return (exc.message, *exc.exceptions), exception_state(exc, context)


def _build_group(context: Any, message: Any, *exceptions: Any) -> BaseException:
    return ExceptionGroup(message, exceptions)


def _build_base_group(context: Any, message: Any, *exceptions: Any) -> BaseException:
    return BaseExceptionGroup(message, exceptions)


def exception_state(exc: BaseException, context: Any) -> tuple[Any, ...]:
    """Return fill arguments for an exception of any type, a script's as well."""
    names = [name for cls, state in _STATE if isinstance(exc, cls) for name in state if getattr(exc, name) is not None]
    values = [getattr(exc, name) for name in names]
    extra = BaseException.__dict__['__dict__'].__get__(exc)
    entries = context.traceback_entries(exc) if hasattr(context, 'traceback_entries') else []
    return (
        exc.args, _link(exc.__cause__), _link(exc.__context__), exc.__suppress_context__, entries,
        (*names, *extra), *values, *extra.values(),
    )  # fmt: skip


def _link(exc: BaseException | None) -> BaseException | None:
    """Return another exception as a script sees it: one of CPython's own, of which ours was made, is none."""
    return exc if is_error(type(exc)) or is_script_instance(exc) else None


def fill_exception(
    context: Any,
    exc: BaseException,
    args: Any,
    cause: Any,
    outer: Any,
    suppress: Any,
    entries: Any,
    names: Any,
    *values: Any,
) -> None:
    """Put back what `exception_state` gave."""
    if type(args) is not tuple or type(names) is not tuple or type(entries) is not list:
        raise TypeError('the state of an exception is malformed')
    exc.args = args
    exc.__cause__ = cause
    exc.__context__ = outer
    exc.__suppress_context__ = suppress
    state = {name for cls, group in _STATE if isinstance(exc, cls) for name in group}
    for name, value in zip(names, values, strict=True):
        if type(name) is not str or (name not in state and not _may_be_set(exc, name)):
            raise ValueError('an exception has an attribute that scripts cannot set')
        setattr(exc, name, value)
    if hasattr(context, 'set_traceback_entries'):
        context.set_traceback_entries(exc, entries)


def _may_be_set(exc: BaseException, name: str) -> bool:
    return name == '__notes__' or (not name.startswith('__') and not hasattr(BaseException, name))
