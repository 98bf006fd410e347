"""`dataclasses`: classes that are made from their annotations, and what is done with their instances."""

from __future__ import annotations

import keyword
import types
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

from monty_flow.interpreter.modules.copy import DeepCopy
from monty_flow.interpreter.modules.dataclass_making import ClassMaker
from monty_flow.interpreter.modules.library import LibraryFunctions
from monty_flow.interpreter.modules.module import Definition
from monty_flow.interpreter.runtime.abstract import generic_bases
from monty_flow.interpreter.runtime.classes import SCRIPT_TYPES, build_class, checked_bases, resolved_bases
from monty_flow.interpreter.runtime.dataclass_fields import (
    INIT_VAR_TYPE,
    KW_ONLY,
    MISSING,
    NO_METADATA,
    PLAIN,
    Field,
    Params,
    fields_of,
    make_field,
    replaced,
)
from monty_flow.interpreter.runtime.dataclass_support import FrozenInstanceError
from monty_flow.interpreter.runtime.immutable import Immutable
from monty_flow.interpreter.runtime.pause import Barrier
from monty_flow.interpreter.runtime.universe import facade_named

#: Bytes that a character of a name takes in the texts of methods and in their trees.
_NAME_BYTES: Final = 32
_ATOMS: Final = frozenset({type(None), bool, int, float, str, complex, bytes, type(...), type(NotImplemented)})


class DataclassFunctions(LibraryFunctions):
    """The functions of `dataclasses`."""

    __slots__ = ()
    module = 'dataclasses'
    stopping: ClassVar[Mapping[str, str]] = {'replace': 'make_replaced'}

    def dataclass(
        self, cls: Any = None, /, *, init: Any = True, repr: Any = True, eq: Any = True,
        order: Any = False, unsafe_hash: Any = False, frozen: Any = False, match_args: Any = True,
        kw_only: Any = False, slots: Any = False, weakref_slot: Any = False,
    ) -> Any:  # fmt: skip
        options = (init, repr, eq, order, unsafe_hash, frozen, match_args, kw_only, slots, weakref_slot)
        params = Params(*map(bool, options))
        if cls is None:
            return Decorator(self, params)
        return self._make(cls, params)

    def _make(self, cls: Any, params: Params) -> Any:
        return ClassMaker(self._run, cls, params).make()

    def field(
        self, *, default: Any = MISSING, default_factory: Any = MISSING, init: Any = True, repr: Any = True,
        hash: Any = None, compare: Any = True, metadata: Any = None, kw_only: Any = MISSING,
    ) -> Any:  # fmt: skip
        if default is not MISSING and default_factory is not MISSING:
            raise ValueError('cannot specify both default and default_factory')
        proxy = NO_METADATA if metadata is None else types.MappingProxyType(metadata)
        return make_field(None, None, default, default_factory, init, repr, hash, compare, proxy, kw_only, None)

    def fields(self, class_or_instance: Any) -> tuple[Field, ...]:
        found = fields_of(class_or_instance)
        if found is None:
            raise TypeError('must be called with a dataclass type or instance')
        return tuple(field for field in found.values() if field._field_type == PLAIN)

    def is_dataclass(self, obj: Any) -> bool:
        return fields_of(obj) is not None

    def asdict(self, obj: Any, *, dict_factory: Any = dict) -> Any:
        if type(obj) in SCRIPT_TYPES or fields_of(obj) is None:
            raise TypeError('asdict() should be called on dataclass instances')
        factory = dict if dict_factory is dict else Barrier(self._callee(dict_factory))
        return self._plain(obj, factory)

    def astuple(self, obj: Any, *, tuple_factory: Any = tuple) -> Any:
        if type(obj) in SCRIPT_TYPES or fields_of(obj) is None:
            raise TypeError('astuple() should be called on dataclass instances')
        factory = tuple if tuple_factory is tuple else Barrier(self._callee(tuple_factory))
        return self._plain(obj, factory, named=False)

    def _plain(self, value: Any, factory: Callable[[Any], Any], *, named: bool = True) -> Any:
        """Return a value with all dataclass instances in it made plain."""
        self._run.charge(1)
        kind: Any = type(value)
        if kind in _ATOMS:
            return value
        fields = None if kind in SCRIPT_TYPES else fields_of(value)
        if fields is not None:
            items = [
                (field.name, self._plain(getattr(value, field.name), factory, named=named))
                for field in fields.values()
                if field._field_type == PLAIN
            ]
            return factory(items if named else [item for _, item in items])
        if isinstance(value, tuple) and hasattr(kind, '_fields'):
            return kind(*[self._plain(item, factory, named=named) for item in value])
        if isinstance(value, (list, tuple)):
            return kind([self._plain(item, factory, named=named) for item in value])
        if isinstance(value, dict):
            items = [
                (self._plain(key, factory, named=named), self._plain(item, factory, named=named))
                for key, item in value.items()
            ]
            if hasattr(kind, 'default_factory'):
                made = DeepCopy(self._run).of(value)
                made.clear()
                made.update(items)
                return made
            return kind(items)
        return DeepCopy(self._run).of(value)

    def replace(self, obj: Any, /, **changes: Any) -> Any:
        changes = replaced(obj, changes)
        return Barrier(type(obj))(**changes)

    def make_dataclass(
        self, cls_name: Any, fields: Any, *, bases: Any = (), namespace: Any = None, init: Any = True, repr: Any = True,
        eq: Any = True, order: Any = False, unsafe_hash: Any = False, frozen: Any = False, match_args: Any = True,
        kw_only: Any = False, slots: Any = False, weakref_slot: Any = False, module: Any = None, decorator: Any = None,
    ) -> Any:  # fmt: skip
        if type(cls_name) is not str or type(bases) is not tuple:
            raise TypeError('make_dataclass() takes the name of the class as a str, and its bases as a tuple')
        self._reserve_names([cls_name])
        made = _checked_namespace({} if namespace is None else namespace)
        annotations: dict[str, Any] = {}
        defaults: dict[str, Any] = {}
        for item in self._pool(fields):
            name = self._field_of(item, annotations, defaults)
            if name in annotations:
                raise TypeError(f'Field name duplicated: {name!r}')
            self._reserve_names([name])
            annotations[name] = 'typing.Any' if isinstance(item, str) else item[1]
        made.update(defaults)
        bases, kept = generic_bases(bases)
        cls = build_class(cls_name, cls_name, checked_bases(resolved_bases(bases)), made, annotations)
        for key, value in kept.items():
            type.__setattr__(cls, key, value)
        options = (init, repr, eq, order, unsafe_hash, frozen, match_args, kw_only, slots, weakref_slot)
        return self._make(cls, Params(*map(bool, options)))

    def _reserve_names(self, names: list[str]) -> None:
        """Pay for the texts that methods are made of, in which each name stands several times."""
        self._run.reserve(_NAME_BYTES * sum(map(len, names)))

    def _field_of(self, item: Any, annotations: dict[str, Any], defaults: dict[str, Any]) -> str:
        if isinstance(item, str):
            name = item
        elif len(item) == 2:
            name = item[0]
        elif len(item) == 3:
            name = item[0]
            defaults[name] = item[2]
        else:
            raise TypeError(f'Invalid field: {item!r}')
        if type(name) is not str or not name.isidentifier():
            raise TypeError(f'Field names must be valid identifiers: {name!r}')
        if keyword.iskeyword(name):
            raise TypeError(f'Field names must not be keywords: {name!r}')
        return name


def _checked_namespace(namespace: Any) -> dict[str, Any]:
    """Return a copy of a namespace that a script has put together; refuse names that it could not have bound."""
    made = dict(namespace)
    for name in made:
        if type(name) is not str or name.startswith('$'):
            raise TypeError(f'a class cannot define {name!r} in a script')
    return made


class Decorator(Immutable):
    """What `dataclass(...)` gives when it is called with options alone."""

    __slots__ = ('_functions', '_params')
    script_type_name: Final = 'function'
    _functions: DataclassFunctions
    _params: Params

    def __init__(self, functions: DataclassFunctions, params: Params) -> None:
        object.__setattr__(self, '_functions', functions)
        object.__setattr__(self, '_params', params)

    def __call__(self, cls: Any) -> Any:
        return self._functions._make(cls, self._params)

    def __repr__(self) -> str:
        return '<function dataclass.<locals>.wrap>'


def decorator_params(decorator: Decorator) -> Params:
    """Return the options of a decorator, for a snapshot."""
    return decorator._params


MODULE = Definition(
    'dataclasses',
    static={
        'MISSING': MISSING,
        'KW_ONLY': KW_ONLY,
        'InitVar': INIT_VAR_TYPE,
        'FrozenInstanceError': FrozenInstanceError,
        'Field': facade_named('Field'),
    },
    functions=DataclassFunctions,
    left_out={
        'it is not meant for users of the module': 'FunctionType GenericAlias abc annotationlib builtins copy functools '
        'inspect itertools keyword re reprlib sys types threading recursive_repr',
    },
)
