"""Classes of named fields that cost little to define.

A `record` reads and behaves like a dataclass with slots, and `dataclasses.fields`, `asdict` and `replace` know it. It is made
for a twentieth of the time, which thirty classes of an import feel: what all of them do alike is shared, the one small function
that each has of its own is compiled with the first record, and `dataclasses` with all that it loads (`inspect`, `dis`,
`tokenize`) is not imported.

A frozen record is a value: equal and hashed by its fields, and never changed. Any other record is an object of its own, equal to itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast, dataclass_transform

T = TypeVar('T')

_FRESH: Any = object()


class _Factory:
    """The default of a field that each record has a new one of."""

    __slots__ = ('make',)

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make


def field(*, default_factory: Callable[[], Any]) -> Any:
    """Return the default of a field that `default_factory` makes anew for each record."""
    return _Factory(default_factory)


@dataclass_transform(field_specifiers=(field,))
def record(*, frozen: bool = False, caches: bool = False) -> Callable[[type[T]], type[T]]:
    """Make a class of its annotated names: slots, `__init__`, `__repr__`, and for a frozen one equality and hash.

    With `caches` there is room for `functools.cached_property`.
    """

    def decorate(cls: type[T]) -> type[T]:
        return _slotted(cls, frozen, caches)

    return decorate


def _slotted(cls: type[T], frozen: bool, caches: bool) -> type[T]:
    names = tuple(vars(cls).get('__annotations__', ()))
    namespace = {key: value for key, value in cls.__dict__.items() if key not in ('__dict__', '__weakref__')}
    defaults = {name: namespace.pop(name) for name in names if name in namespace}
    namespace |= {
        '__slots__': (*names, '__dict__') if caches else names,
        '__match_args__': names,
        '__dataclass_fields__': _Fields(defaults),
        '__repr__': _repr,
        '__reduce__': _reduce,
    }
    if frozen:
        namespace |= {'__setattr__': _refuse, '__delattr__': _refuse, '__eq__': _equal, '__hash__': _hash}
    # As with a dataclass of slots, the class is made anew: slots cannot be added to one that is there.
    made: Any = type(cls.__name__, cls.__bases__, namespace)
    made.__qualname__ = cls.__qualname__

    def initialise() -> None:
        made.__init__ = _initialiser(made, names, defaults, frozen)

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        # The first record; those after it find what takes its place.
        initialise()
        made.__init__(self, *args, **kwargs)

    made.__init__ = __init__
    made.__signature__ = _Signature(initialise)
    return cast('type[T]', made)


def _initialiser(cls: type, names: tuple[str, ...], defaults: dict[str, Any], frozen: bool) -> Callable[..., None]:
    """Return the `__init__` of a record, compiled from as many lines as it has fields."""
    scope: dict[str, Any] = {'_FRESH': _FRESH}
    parameters, lines = ['self'], []
    for name in names:
        value, parameter = name, name
        if name in defaults:
            default = defaults[name]
            parameter = f'{name}=_default_{name}'
            if type(default) is _Factory:
                scope[f'_make_{name}'] = default.make
                value = f'_make_{name}() if {name} is _FRESH else {name}'
                default = _FRESH
            scope[f'_default_{name}'] = default
        parameters.append(parameter)
        if frozen:
            scope[f'_set_{name}'] = cls.__dict__[name].__set__
        lines.append(f'    _set_{name}(self, {value})' if frozen else f'    self.{name} = {value}')
    if hasattr(cls, '__post_init__'):
        lines.append('    self.__post_init__()')
    exec('\n'.join([f'def __init__({", ".join(parameters)}):', *lines]), scope)
    made: Callable[..., None] = scope['__init__']
    made.__qualname__, made.__module__ = f'{cls.__qualname__}.__init__', cls.__module__
    return made


class _Signature:
    """The parameters of a record as `inspect.signature` describes them, made when it asks."""

    __slots__ = ('_initialise',)

    def __init__(self, initialise: Callable[[], None]) -> None:
        self._initialise = initialise

    def __get__(self, instance: object, owner: Any) -> Any:
        import inspect  # what this module is there to spare others

        self._initialise()
        whole = inspect.signature(owner.__init__)
        return whole.replace(parameters=list(whole.parameters.values())[1:])


class _Fields:
    """The fields as `dataclasses` describes them, made when it asks."""

    __slots__ = ('_described', '_values')

    def __init__(self, defaults: dict[str, Any]) -> None:
        self._values = defaults
        self._described: dict[str, Any] | None = None

    def __get__(self, instance: object, owner: type) -> dict[str, Any]:
        if self._described is None:
            self._described = self._describe(owner)
        return self._described

    def _describe(self, owner: type) -> dict[str, Any]:
        import dataclasses  # what this module is there to spare others

        described: list[Any] = []
        for name, annotation in owner.__annotations__.items():
            default = self._values.get(name, dataclasses.MISSING)
            if type(default) is _Factory:
                described.append((name, annotation, dataclasses.field(default_factory=default.make)))
            else:
                described.append((name, annotation, dataclasses.field(default=default)))
        made: dict[str, Any] = dataclasses.make_dataclass(owner.__name__, described).__dict__['__dataclass_fields__']
        return made


def _values(self: Any) -> tuple[Any, ...]:
    return tuple(getattr(self, name) for name in self.__match_args__)


def _repr(self: Any) -> str:
    return f'{type(self).__qualname__}({", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)})'


def _equal(self: Any, other: object) -> Any:
    return _values(self) == _values(other) if type(other) is type(self) else NotImplemented


def _hash(self: Any) -> int:
    return hash(_values(self))


def _refuse(self: Any, name: str, *value: Any) -> None:
    raise AttributeError(f'cannot assign to field {name!r}: a {type(self).__name__} is never changed')


def _reduce(self: Any) -> tuple[type, tuple[Any, ...]]:
    return type(self), _values(self)
