"""`collections.abc`: the names for isinstance() and annotations, and the bases that classes derive from.

What a script holds is an `Abstract`, which costs nothing. The class behind it is made when a class statement names it as a
base: those classes are a library module in the script language (`scripts/collections_abc.py`), so that mixin
methods may stop.
"""

from __future__ import annotations

import collections.abc
import importlib
import sys
import types
from types import FrameType
from typing import Any, ClassVar, Final

from monty_flow.interpreter.modules.library import Union
from monty_flow.interpreter.modules.module import Definition, Frozen, Functions
from monty_flow.interpreter.modules.scripted import Scripted
from monty_flow.interpreter.runtime.abstract import generic_bases
from monty_flow.interpreter.runtime.classes import MAKERS, SCRIPT_TYPES, SHARED, STRUCTURE, make_class
from monty_flow.interpreter.runtime.dataclass_support import LIBRARY_GETTERS
from monty_flow.interpreter.runtime.run import Run

#: Where a class keeps the names of the abstract classes that it counts as; no script can write this name.
MARK: Final = '$abc'
#: The name of the library module.
SOURCE: Final = 'collections_abc'
#: CPython's own half of `abc`, in C: it alone can mark a class for patterns.
_init_abstract: Final[Any] = importlib.import_module('_abc')._abc_init
#: Of the abstract classes, those that can be made.
_VIEWS: Final = frozenset({'MappingView', 'KeysView', 'ItemsView', 'ValuesView'})
_FLAGS: Final = {'Sequence': 1 << 5, 'Mapping': 1 << 6}
_set: Final = type.__setattr__


class Abstract(Frozen):
    """An abstract class: it answers isinstance() and issubclass(), takes type arguments, and can be a base."""

    __slots__ = ('__name__', '__qualname__', '_kind')
    script_type_name: ClassVar[str] = 'ABCMeta'
    __name__: str
    __qualname__: str
    _kind: Any

    def __init__(self, name: str, kind: Any, module: str) -> None:
        self._set(__name__=name, __qualname__=f'{module}.{name}', _kind=kind)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.__name__ in _VIEWS:
            return class_behind(run_of_caller(), self)(*args, **kwargs)
        raise TypeError(f"Can't instantiate abstract class {self.__name__}")

    def __instancecheck__(self, value: object) -> bool:
        return isinstance(value, self._kind) or self._counts(type(value))

    def __subclasscheck__(self, kind: Any) -> bool:
        if type(kind) is Abstract:
            return issubclass(kind._kind, self._kind)
        return issubclass(kind, self._kind) or self._counts(kind)

    def _counts(self, kind: type) -> bool:
        """Tell whether a script's class derives from the class behind this, or was registered with it."""
        return type(kind) in SCRIPT_TYPES and any(
            issubclass(getattr(collections.abc, name), self._kind)
            for base in kind.__mro__
            for name in vars(base).get(MARK, ())
        )

    def __getattr__(self, name: str) -> Any:
        """Return a mixin method, for `count = Sequence.count` in the body of a class."""
        if name[:1] == '_' or not hasattr(self._kind, name):
            raise AttributeError(f"type object '{self.__name__}' has no attribute '{name}'", name=name, obj=self)
        return getattr(class_behind(run_of_caller(), self), name)

    def register(self, subclass: Any) -> Any:
        """Make a class of the script count as a subclass."""
        if type(subclass) not in SCRIPT_TYPES or subclass in SHARED:
            raise TypeError(f'only classes of the script can be registered with {self.__name__}, which all runs share')
        if not issubclass(subclass, self):  # type: ignore[arg-type]
            _set(subclass, MARK, (*vars(subclass).get(MARK, ()), self.__name__))
        return subclass

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
_BY_KIND: Final = {abstract._kind: abstract for abstract in ABSTRACT.values()}


def class_behind(run: Run, abstract: Abstract) -> Any:
    """Return the class from which a script's class derives in the place of an abstract one."""
    library = LIBRARY_GETTERS[0](run)
    library.load(SOURCE)
    return run.globals[f'{SOURCE}:{abstract.__name__}']


class Marks(Functions):
    """What the library module asks for when it makes its classes."""

    __slots__ = ()
    module = '_abstract_marks'

    def marked(self, cls: Any) -> Any:
        """Let a class of the library module know what it stands for."""
        name = cls.__name__
        _set(cls, MARK, (name,))
        _set(cls, '__module__', 'collections.abc')
        _set(cls, '__class_getitem__', classmethod(_alias_of))
        if name in _FLAGS:
            # CPython marks a class for sequence and mapping patterns here alone; what else it makes is not needed.
            _set(cls, '__abc_tpflags__', _FLAGS[name])
            abstract_names = cls.__abstractmethods__
            _init_abstract(cls)
            _set(cls, '__abstractmethods__', abstract_names)
        return cls


def _alias_of(cls: Any, item: Any) -> types.GenericAlias:
    return types.GenericAlias(cls, item)


def make_from_abstract(
    name: str, qualname: str, bases: tuple[Any, ...], keywords: dict[str, Any], names: dict[str, Any]
) -> Any:
    """Return the class of a `class` statement whose bases name abstract classes."""
    run = run_of_caller()
    stripped, kept = generic_bases(bases)
    found = tuple([class_behind(run, base) if type(base) is Abstract else base for base in stripped])
    made: Any = make_class(name, qualname, found, keywords, names)
    for key, value in kept.items():
        _set(made, key, value)
    return made


def abstract_named(kind: Any) -> Abstract | None:
    """Return the abstract class that stands for one of CPython's."""
    return _BY_KIND.get(kind)


def run_of_caller() -> Run:
    """Return the run whose code is on the stack."""
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        refuel = frame.f_globals.get('$refuel')
        if refuel is not None:
            return refuel.__self__  # type: ignore[no-any-return]
        frame = frame.f_back
    raise RuntimeError('no run is on the stack')


STRUCTURE[MARK] = tuple
#: Methods of the script that the mixin methods call, and mixin methods that call each other.
_STOPPING: Final = (
    'insert add discard append pop popitem extend index remove keys send throw asend athrow _from_iterable __and__ __or__ '
    '__xor__ __iadd__ __le__ __ge__ __reversed__'
)
MAKERS[Abstract] = make_from_abstract
#: The library module, which no script imports by name.
LIBRARY: Final = Definition(f'_{SOURCE}', scripted=Scripted(SOURCE, stopping=_STOPPING))
MARKS: Final = Definition('_abstract_marks', functions=Marks)

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
