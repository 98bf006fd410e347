"""`collections.abc`: the names for isinstance() and annotations; nothing can be made of them."""

from __future__ import annotations

import collections.abc
import types
from typing import Any, ClassVar, Final

from monty_flow.interpreter.modules.library import Union
from monty_flow.interpreter.modules.module import Definition, Frozen


class Abstract(Frozen):
    """An abstract class: it answers isinstance() and issubclass(), and takes type arguments."""

    __slots__ = ('__name__', '__qualname__', '_kind')
    script_type_name: ClassVar[str] = 'ABCMeta'
    __name__: str
    __qualname__: str
    _kind: Any

    def __init__(self, name: str, kind: Any, module: str) -> None:
        self._set(__name__=name, __qualname__=f'{module}.{name}', _kind=kind)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError(f"Can't instantiate abstract class {self.__name__}")

    def __instancecheck__(self, value: object) -> bool:
        return isinstance(value, self._kind)

    def __subclasscheck__(self, kind: Any) -> bool:
        return issubclass(kind, self._kind)

    def __getitem__(self, item: Any) -> types.GenericAlias:
        return types.GenericAlias(self, item)  # type: ignore[arg-type]

    def __or__(self, other: Any) -> Union:
        return Union((self, other))

    def __ror__(self, other: Any) -> Union:
        return Union((other, self))

    def __repr__(self) -> str:
        return f"<class '{self.__qualname__}'>"


#: Each has one object for all runs.
ABSTRACT: Final[dict[str, Abstract]] = {
    name: Abstract(name, getattr(collections.abc, name), 'collections.abc')
    for name in collections.abc.__all__
    if name not in ('ByteString', 'Buffer')
}

#: From 3.13 on the module is the one that defines the classes, with what it needs itself.
_INTERNAL: Final = sorted(
    name for name in vars(collections.abc) if not name.startswith('_') and name not in collections.abc.__all__
)

MODULE = Definition(
    'collections.abc',
    static=ABSTRACT,
    left_out={
        'CPython took it out; use bytes': 'ByteString',
        'use bytes': 'Buffer',
        'it is not meant for users of the module': ' '.join(_INTERNAL),
    },
)
