"""Named tuples: script classes that derive from tuple, by `namedtuple()` and by a `class` statement with `NamedTuple`.

A field is read by CPython's own tuple getter; `__new__` is a generated function of the script language
(see `runtime/dataclass_source.py`); the other methods are ours, in a hidden base that all runs share.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable
from types import MethodType
from typing import Any, Final

from monty_flow.interpreter.modules.generating import generated_method
from monty_flow.interpreter.modules.module import Frozen
from monty_flow.interpreter.runtime.abstract import Generic, generic_bases, shared
from monty_flow.interpreter.runtime.attributes import Access, access_of
from monty_flow.interpreter.runtime.classes import (
    BODY_PREFIX,
    HIDDEN_BASES,
    MAKERS,
    MATCH_ARGS,
    ScriptType,
    build_class,
    finish_class,
    may_match,
)
from monty_flow.interpreter.runtime.dataclass_source import DEFAULT, MAX_FIELDS, REQUIRED, check_name
from monty_flow.interpreter.runtime.immutable import Immutable
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.text import repr_of

#: CPython's descriptor of one field: read-only, and as fast as an index.
TupleGetter: Final[Any] = type(vars(__import__('collections').namedtuple('_', 'a'))['a'])
_set: Final = type.__setattr__
#: Names that a class of a named tuple cannot bind.
_PROHIBITED: Final = frozenset(
    {'__new__', '__init__', '__slots__', '__getnewargs__', '_fields', '_field_defaults', '_field_types', '_make',
     '_replace', '_asdict', '_source'}
)  # fmt: skip


class NativeMethod(Immutable):
    """A method of ours that scripts may hold: it cannot be changed."""

    __slots__ = ('_function', '_name')
    script_type_name: Final = 'function'
    _function: Callable[..., Any]
    _name: str

    def __init__(self, name: str, function: Callable[..., Any]) -> None:
        object.__setattr__(self, '_name', name)
        object.__setattr__(self, '_function', function)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else MethodType(self, instance)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._function(*args, **kwargs)

    def __repr__(self) -> str:
        return f'<function {self._name}>'


def _as_dict(instance: Any) -> dict[str, Any]:
    return dict(zip(instance._fields, tuple.__iter__(instance), strict=False))


def _replace(instance: Any, /, **changes: Any) -> Any:
    values = [changes.pop(name, value) for name, value in zip(instance._fields, tuple.__iter__(instance), strict=False)]
    if changes:
        raise _UNEXPECTED(f'Got unexpected field names: {list(changes)!r}')
    return tuple.__new__(type(instance), values)


_UNEXPECTED: Final[type[Exception]] = TypeError if __import__('sys').version_info >= (3, 13) else ValueError


def _make(cls: Any, iterable: Any) -> Any:
    values = tuple(iterable)
    count = len(cls._fields)
    if len(values) != count:
        raise TypeError(f'Expected {count} arguments, got {len(values)}')
    return tuple.__new__(cls, values)


class _Body:
    def __repr__(self: Any) -> str:
        shown = ', '.join(
            f'{name}={repr_of(value)}' for name, value in zip(self._fields, tuple.__iter__(self), strict=False)
        )
        return f'{type(self).__name__}({shown})'


Base: Any = shared(
    ScriptType, 'NamedTupleBase', (tuple,), 'collections',
    {
        '__repr__': _Body.__repr__,
        '_asdict': NativeMethod('_asdict', _as_dict),
        '_replace': NativeMethod('_replace', _replace),
        '__replace__': NativeMethod('_replace', _replace),
        '_make': classmethod(NativeMethod('_make', _make)),
        '_fields': (),
        '_field_defaults': {},
    },
)  # fmt: skip
HIDDEN_BASES.add(Base)


def checked_fields(names: list[Any], rename: bool) -> list[str]:
    """Return the names of fields, with those replaced that no tuple can have, where `rename` says so."""
    names = [str.__str__(name) if isinstance(name, str) else _refuse_name(name) for name in names]
    if len(names) > MAX_FIELDS:
        raise ValueError(f'a named tuple has more than {MAX_FIELDS} fields')
    if rename:
        seen: set[str] = set()
        for index, name in enumerate(names):
            if not name.isidentifier() or keyword.iskeyword(name) or name.startswith('_') or name in seen:
                names[index] = f'_{index}'
            seen.add(name)
    known: set[str] = set()
    for name in names:
        if not name.isidentifier():
            raise ValueError(f'Type names and field names must be valid identifiers: {name!r}')
        if keyword.iskeyword(name):
            raise ValueError(f'Type names and field names cannot be a keyword: {name!r}')
        if name.startswith('_') and not rename:
            raise ValueError(f'Field names cannot start with an underscore: {name!r}')
        if name in known:
            raise ValueError(f'Encountered duplicate field name: {name!r}')
        check_name(name)
        access, reason = access_of(name)
        if access is Access.REFUSED:
            raise ValueError(f"the field '{name}' is refused: {reason}")
        known.add(name)
    return names


def _refuse_name(name: Any) -> str:
    raise TypeError(f'the name of a field must be a str, not {type(name).__name__}')


def make_named_tuple(
    run: Run,
    name: str,
    names: list[str],
    defaults: dict[str, Any],
    *,
    qualname: str | None = None,
    body: dict[str, Any] | None = None,
    annotations: dict[str, Any] | None = None,
    generic: bool = False,
) -> Any:
    """Return the class of a named tuple."""
    bases = (Base, Generic) if generic else (Base,)
    namespace = {'__slots__': (), **(body or {})}
    cls: Any = build_class(name, qualname or name, bases, namespace, annotations)
    fields = [(field, DEFAULT if field in defaults else REQUIRED) for field in names]
    new = generated_method(run, '__new__', '', fields, {}, cls.__qualname__)
    new.__defaults__ = tuple(defaults.values()) or None
    _set(cls, '__new__', staticmethod(new))
    _set(cls, '_fields', tuple(names))
    _set(cls, '_field_defaults', dict(defaults))
    for index, field in enumerate(names):
        _set(cls, field, TupleGetter(index, f'Alias for field number {index}'))
    if may_match((cls,), tuple(names)):
        _set(cls, MATCH_ARGS, tuple(names))
    if not getattr(cls, '__doc__', None) or cls.__doc__ == tuple.__doc__:
        _set(cls, '__doc__', f'{name}({", ".join(names)})')
    return cls


class NamedTupleForm(Frozen):
    """`typing.NamedTuple`: a base to name in a `class` statement, and a function."""

    __slots__ = ('__name__', '_run')
    script_type_name: Final = 'function'
    __name__: str
    _run: Run

    def __init__(self, run: Run) -> None:
        self._set(__name__='NamedTuple', _run=run)

    def __call__(self, typename: Any, fields: Any = None, /, **kwargs: Any) -> Any:
        pairs = list(kwargs.items()) if fields is None else [(name, kind) for name, kind in fields]
        names = checked_fields([name for name, _ in pairs], False)
        return make_named_tuple(self._run, checked_type_name(typename), names, {}, annotations=dict(pairs))

    def __repr__(self) -> str:
        return '<function NamedTuple>'


def checked_type_name(typename: Any) -> str:
    """Return the name of a type, an exact str; refuse what is no identifier."""
    if not isinstance(typename, str):
        raise TypeError('the name of a type must be a str')
    name: str = str.__str__(typename)
    if not name.isidentifier():
        raise ValueError(f'Type names and field names must be valid identifiers: {name!r}')
    if keyword.iskeyword(name):
        raise ValueError(f'Type names and field names cannot be a keyword: {name!r}')
    return name


def make_from_statement(
    name: str, qualname: str, bases: tuple[Any, ...], keywords: dict[str, Any], names: dict[str, Any]
) -> Any:
    """Return the class of a `class` statement whose base is `NamedTuple`."""
    form: Any = next(base for base in bases if type(base) is NamedTupleForm)
    others, kept = generic_bases(tuple([base for base in bases if base is not form]))
    if any(base is not Generic for base in others):
        raise TypeError('can only inherit from a NamedTuple type and Generic')
    namespace = {key[1:]: value for key, value in names.items() if key.startswith(BODY_PREFIX)}
    annotations = names.get('$annotations') or {}
    fields = checked_fields(list(annotations), False)
    defaults: dict[str, Any] = {}
    for field in fields:
        if field in namespace:
            defaults[field] = namespace.pop(field)
        elif defaults:
            last = list(defaults)
            raise TypeError(
                f'Non-default namedtuple field {field} cannot follow default field{"s" * (len(last) > 1)} '
                f'{", ".join(last)}'
            )
    for key in namespace:
        if key in _PROHIBITED:
            raise AttributeError(f'Cannot overwrite NamedTuple attribute {key}')
    cls = make_named_tuple(
        form._run, name, fields, defaults, qualname=qualname, body=namespace, annotations=annotations,
        generic=bool(others),
    )  # fmt: skip
    for key, value in kept.items():
        _set(cls, key, value)
    finish_class(cls, namespace, keywords)
    return cls


MAKERS[NamedTupleForm] = make_from_statement
