"""The shape of an importable module: a frozen, slotted object with an explicit list of exports.

An export is one of three kinds:

* *static*: a value shared by all runs (a float, a pure and bounded C function, an immutable C type);
* a *function of the run*: a public method of the module's `Functions` class, handed out as a bound method,
  which a script cannot change and which may charge the run before it works;
* an *object of the run*, made by a factory when the module is loaded.

Every module gets a class of its own with one slot an export: a slot is read as fast as an attribute of a
real module, and there is no `__dict__` to write to. `__getattr__` runs only for a name that is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from types import FunctionType
from typing import Any, ClassVar, Final, NoReturn

from monty_flow.interpreter.modules.scripted import Scripted
from monty_flow.interpreter.records import field, record
from monty_flow.interpreter.runtime.immutable import FrozenType
from monty_flow.interpreter.runtime.reflection import EXPORTED, NAMED
from monty_flow.interpreter.runtime.run import Run

#: Up to this many elements are charged at once and walked by C; longer ones are charged in pieces of this size.
CHARGED_AT_ONCE = 100_000
_SIZED = frozenset({list, tuple, dict, set, frozenset, str, bytes, bytearray, range})


class Frozen(metaclass=FrozenType):
    """Base of our slotted objects that scripts hold: attributes are set once, by `_set`."""

    __slots__ = ()

    def _set(self, **values: object) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"'{type(self).__name__}' object attribute '{name}' is read-only")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"'{type(self).__name__}' object attribute '{name}' is read-only")


def name_by_themselves(cls: type) -> None:
    """Let errors of a wrong call name the methods of a class as functions: `sqrt()` and not `MathFunctions.sqrt()`."""
    for name, value in vars(cls).items():
        if type(value) is FunctionType:
            value.__qualname__ = name.removeprefix('b_')


class Functions(Frozen):
    """Hold the run for the functions of one module: each public method is an export."""

    __slots__ = ('_run',)
    #: The name of the module, for `repr` and for snapshots.
    module: ClassVar[str] = ''
    #: Exports that call back -> the function of the prelude that does the same and may stop.
    stopping: ClassVar[Mapping[str, str]] = {}
    #: Exports that use up their iterable arguments before they return: what these generate is collected first.
    consuming: ClassVar[frozenset[str]] = frozenset()
    _run: Run

    def __init__(self, run: Run) -> None:
        self._set(_run=run)

    def __init_subclass__(cls) -> None:
        name_by_themselves(cls)

    def __repr__(self) -> str:
        return f"<module '{self.module}'>"

    @classmethod
    def names(cls) -> frozenset[str]:
        """Return the names of the exported methods."""
        internal = {'names', 'module', 'stopping', 'consuming'}
        return frozenset(name for name in dir(cls) if not name.startswith('_') and name not in internal)


class External(Frozen):
    """Stand for an export that is an external call; `load` puts the run's own function in its place."""

    __slots__ = ('name',)
    #: The function's name as the host sees it, such as 'time.sleep'.
    name: str

    def __init__(self, name: str) -> None:
        self._set(name=name)

    def __repr__(self) -> str:
        return f'<external function {self.name}>'


#: The class of a module's object -> all that is known of the module. It is no attribute: scripts would read it.
_DEFINITIONS: Final[dict[type, Definition]] = {}


class Module(Frozen):
    """A module as scripts see it. Each module has a subclass whose slots are its exports."""

    __slots__ = ('_library',)
    #: Gives what the source in the script language binds; it runs when something of it is first read.
    _library: Callable[[], Iterable[tuple[str, Any]]]

    def __getattr__(self, name: str) -> Any:
        definition = _DEFINITIONS[type(self)]
        if definition.dunders is not None and name[:2] == '__':
            return definition.dunders(self, name)
        if definition.scripted is None or name not in definition.readable:
            raise AttributeError(definition.missing(name))
        for export, value in self._library():
            object.__setattr__(self, export, value)
        return object.__getattribute__(self, name)

    def __setattr__(self, name: str, value: object) -> None:
        put = _DEFINITIONS[type(self)].settable.get(name)
        if put is None:
            raise AttributeError(f"module '{_DEFINITIONS[type(self)].name}' is read-only: cannot set '{name}'")
        put(self, name, value)
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"module '{_DEFINITIONS[type(self)].name}' is read-only: cannot delete '{name}'")

    def __repr__(self) -> str:
        return f"<module '{_DEFINITIONS[type(self)].name}'>"


@record(frozen=True, caches=True)
class Definition:
    """Everything that is to be known of one importable module."""

    name: str
    #: Exports that all runs share.
    static: Mapping[str, object] = field(default_factory=dict)
    #: The class whose public methods are exports, None for a module that needs nothing of the run.
    functions: type[Functions] | None = None
    #: Exports made anew for each run.
    objects: Mapping[str, Callable[[Run], object]] = field(default_factory=dict)
    #: A source in the script language that has the other exports.
    scripted: Scripted | None = None
    #: Exports that the source has too, written so that what they call may stop: runs in which it may get these.
    stoppable: frozenset[str] = frozenset()
    #: Exports that a script may set -> what else is to be done then.
    settable: Mapping[str, Callable[[Module, str, Any], None]] = field(default_factory=dict)
    #: Gives what the module has under the names of operator methods, None where it has nothing.
    dunders: Callable[[Module, str], Any] | None = None
    #: Names of CPython's module that are not exported: a reason, and the names that it holds for.
    left_out: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def exports(self) -> frozenset[str]:
        """Return every name that a script can read or import."""
        return self.native | (self.scripted.exports if self.scripted else frozenset())

    @cached_property
    def native(self) -> frozenset[str]:
        """Return the exports that are not, or not only, in a source in the script language."""
        functions = self.functions.names() if self.functions else frozenset()
        return frozenset(self.static) | functions | frozenset(self.objects)

    @cached_property
    def readable(self) -> frozenset[str]:
        """Return the exports, and the unlisted names that CPython's own module has too."""
        return self.exports | self.scripted.unlisted if self.scripted else self.exports

    @cached_property
    def reasons(self) -> Mapping[str, str]:
        """Return why each name that is left out is left out."""
        return {name: reason for reason, names in self.left_out.items() for name in names.split()}

    @cached_property
    def module_class(self) -> type[Module]:
        """Return the class of the module's objects."""
        body = {'__slots__': tuple(sorted(self.readable)), '__module__': 'builtins'}
        made: type[Module] = FrozenType('module', (Module,), body)
        _DEFINITIONS[made] = self
        NAMED[made] = lambda module: self.name
        dunders = frozenset(name for name in self.native if name.startswith('__'))
        if dunders:
            EXPORTED[made] = dunders
        return made

    def missing(self, name: str) -> str:
        """Return the text of the AttributeError for a name that is not exported."""
        text = f"module '{self.name}' has no attribute '{name}'"
        reason = self.reasons.get(name)
        return f'{text} in the sandbox: {reason}' if reason else text

    def bind(self, run: Run, externals: Mapping[str, object]) -> Module:
        """Make the module for one run, with `externals` in the place of its external functions."""
        module = self.module_class()
        put = object.__setattr__
        left = self.stoppable if run.program is not None and run.program.calls_back else frozenset()
        for name, value in self.static.items():
            if name in left:
                continue
            put(module, name, externals.get(value.name, value) if type(value) is External else value)
        if self.functions is not None:
            functions = self.functions(run)
            for name in self.functions.names() - left:
                put(module, name, getattr(functions, name))
        for name, make in self.objects.items():
            if name not in left:
                put(module, name, make(run))
        return module


def metered(run: Run, iterable: Iterable[Any]) -> Iterable[Any]:
    """Return an iterable of the same elements that charges the run for each of them."""
    if type(iterable) in _SIZED:
        size = len(iterable)  # type: ignore[arg-type]
        if size <= CHARGED_AT_ONCE:
            run.charge(size)
            return iterable
    return _counted(run, iter(iterable))


def _counted(run: Run, iterator: Iterator[Any]) -> Iterator[Any]:
    for item in iterator:
        run.charge(1)
        yield item
