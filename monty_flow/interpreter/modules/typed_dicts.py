"""`typing.TypedDict`: a class whose calls make plain dicts."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from monty_flow.interpreter.modules.module import Frozen
from monty_flow.interpreter.modules.typing_forms import Form
from monty_flow.interpreter.runtime.abstract import Generic, generic_bases, shared
from monty_flow.interpreter.runtime.classes import (
    BODY_PREFIX,
    HIDDEN_BASES,
    MAKERS,
    SCRIPT_TYPES,
    STRUCTURE,
    GuardedType,
    ScriptRoot,
)
from monty_flow.interpreter.runtime.run import Run

_set: Final = type.__setattr__


class TypedDictType(GuardedType):
    """The metaclass of typed dicts."""

    def __call__(cls, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        return dict(*args, **kwargs)

    def __instancecheck__(cls, instance: Any) -> bool:
        raise TypeError('TypedDict does not support instance and class checks')

    def __subclasscheck__(cls, subclass: Any) -> bool:
        raise TypeError('TypedDict does not support instance and class checks')


class TypedDictForm(Frozen):
    """`TypedDict`: a base to name in a `class` statement, and a function."""

    __slots__ = ('__name__',)
    script_type_name: ClassVar[str] = 'function'
    __name__: str

    def __init__(self, run: Run) -> None:
        self._set(__name__='TypedDict')

    def __call__(self, typename: Any, fields: Any = None, /, *, total: Any = True, **kwargs: Any) -> Any:
        if not isinstance(typename, str):
            raise TypeError('the name of a type must be a str')
        return _made(str.__str__(typename), typename, (), dict(kwargs if fields is None else fields), bool(total))

    def __repr__(self) -> str:
        return '<function TypedDict>'


def make_from_statement(
    name: str, qualname: str, bases: tuple[Any, ...], keywords: dict[str, Any], names: dict[str, Any]
) -> Any:
    """Return the class of a `class` statement whose base is `TypedDict`, or a class that it made."""
    total = bool(keywords.pop('total', True))
    if keywords:
        raise TypeError(f'{name}.__init_subclass__() takes no keyword arguments')
    others, kept = generic_bases(tuple([base for base in bases if type(base) is not TypedDictForm]))
    if any(type(base) is not TypedDictType and base is not Generic for base in others):
        raise TypeError('cannot inherit from both a TypedDict type and a non-TypedDict base class')
    if any(key.startswith(BODY_PREFIX) and key != BODY_PREFIX + '__doc__' for key in names):
        raise TypeError('a TypedDict holds annotations only')
    parents = tuple([base for base in others if base is not Generic])
    made = _made(name, qualname, parents, names.get('$annotations') or {}, total, generic=Generic in others)
    for key, value in kept.items():
        _set(made, key, value)
    return made


def _made(
    name: str, qualname: str, parents: tuple[Any, ...], own: dict[str, Any], total: bool, *, generic: bool = False
) -> Any:
    annotations: dict[str, Any] = {}
    required: set[str] = set()
    optional: set[str] = set()
    for parent in parents:
        annotations.update(parent.__annotations__)
        required |= parent.__required_keys__
        optional |= parent.__optional_keys__
    for key, kind in own.items():
        is_required = _is_required(kind, total)
        (required if is_required else optional).add(key)
        (optional if is_required else required).discard(key)
    annotations.update(own)
    body = {
        '__module__': '__main__', '__qualname__': qualname, '__annotations__': annotations, '__total__': total,
        '__required_keys__': frozenset(required), '__optional_keys__': frozenset(optional),
    }  # fmt: skip
    bases = (*(parents or (TypedDictRoot,)), *((Generic,) if generic else ()))
    return type.__new__(TypedDictType, name, bases, body)


def _is_required(kind: Any, total: bool) -> bool:
    if type(kind) is str:
        head = kind.partition('[')[0].rpartition('.')[2]
    else:
        head = kind.__name__ if type(kind) is Form else ''
    return True if head == 'Required' else False if head == 'NotRequired' else total


SCRIPT_TYPES.add(TypedDictType)
TypedDictRoot: Any = shared(
    TypedDictType, 'TypedDictRoot', (ScriptRoot,), 'typing',
    {'__annotations__': {}, '__required_keys__': frozenset(), '__optional_keys__': frozenset(), '__total__': True},
)  # fmt: skip
HIDDEN_BASES.add(TypedDictRoot)
STRUCTURE.update({'__total__': bool, '__required_keys__': frozenset, '__optional_keys__': frozenset})
MAKERS[TypedDictForm] = make_from_statement
MAKERS[TypedDictType] = make_from_statement
