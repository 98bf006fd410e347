"""What the modules of the library share: guarded callbacks, metered sources, and types that need the run.

A script may hand a built-in type or function to a module (`accumulate(xs, max)`, `defaultdict(list)`). What the
module then calls must be the guarded version, so `LibraryFunctions` holds a `Builtins` of the run.

A type whose constructor consumes an iterable is exported as a `TypeOfRun`: an object that constructs with the run's
meter, and that answers isinstance() for the type.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Final

from monty_flow.interpreter.builtins.functions import Builtins
from monty_flow.interpreter.modules.module import Frozen, Functions
from monty_flow.interpreter.runtime.classes import DEFINABLE, OF_RUN, STAND_IN, TypeStandIn
from monty_flow.interpreter.runtime.immutable import Immutable
from monty_flow.interpreter.runtime.metering import FREE, Metered, metered_source, size_of, sized
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.universe import COMPOSITES, TYPE, TypeFacade, facade_named

#: Levels of iterators over iterators; each is C recursion when it is stepped.
MAX_ITERATOR_DEPTH: Final = 1_000
#: Types of what may be a built-in that has a guarded version.
_RAW: Final = frozenset({type, types.BuiltinFunctionType, types.GenericAlias})
_NESTING: Final = frozenset({*COMPOSITES, Metered})


class LibraryFunctions(Functions):
    """Base of the functions of a module that calls back, computes with operators, or consumes iterables."""

    __slots__ = ('_objects',)
    _objects: Builtins

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._set(_objects=Builtins(run))

    def _callee(self, function: Any) -> Any:
        """Return what to call for a callback of the script."""
        return self._objects.guarded(function)

    def _sized(self, iterable: Any) -> Any:
        """Pay for an iterable that C is about to consume."""
        return sized(self._run.charge, iterable)

    def _pool(self, iterable: Any) -> tuple[Any, ...]:
        """Return all items, with room reserved for them."""
        return pool(self._run, iterable)

    def _room(self, count: int) -> None:
        """Pay for a result of `count` items."""
        if count > FREE:
            self._run.reserve(8 * count)
            self._run.charge(count)


def callee(run: Run, function: Any) -> Any:
    """Return what to call for a callback: the guarded version of a built-in type, which a snapshot stores as the type."""
    if type(function) in _RAW or function is TYPE:
        return Builtins(run).guarded(function)
    return function


def pool(run: Run, iterable: Any) -> tuple[Any, ...]:
    """Return all items of an iterable, with room reserved for them."""
    size = size_of(iterable)
    if size is not None and size > FREE:
        run.reserve(8 * size)
    return tuple(sized(run.charge, iterable))


def with_error(ours: Any, theirs: type[Exception], function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call a function of CPython's module; raise our class of error in the place of its own.

    Its own must not stay on as the context: it is no value of a script.
    """
    try:
        return function(*args, **kwargs)
    except theirs as error:
        failure = ours(*error.args)
    raise failure


class Stepper(Iterator[Any]):
    """Base of our iterators: slotted, ticking at each step, and able to be put in a snapshot at any step.

    `_state` gives what the iterator stands on as values of the script, `_go_on` takes it back.
    """

    __slots__ = ('_depth', '_run')
    script_type_name: ClassVar[str] = ''
    #: Iterators that this one stands on, itself counted in.
    _depth: int
    _run: Run

    def __init__(self, run: Run, *sources: Any) -> None:
        self._run = run
        self._depth = 1 + max(map(depth_of, sources), default=0)
        if self._depth > MAX_ITERATOR_DEPTH:
            raise RecursionError('iterators are nested too deeply')

    def __iter__(self) -> Stepper:
        return self

    def _state(self) -> tuple[Any, ...]:
        raise NotImplementedError

    def _go_on(self, *state: Any) -> None:
        raise NotImplementedError


def depth_of(iterator: Any) -> int:
    """Return how many lazy iterators stand one on the other."""
    depth = 0
    level = [iterator]
    while level:
        below: list[Any] = []
        for item in level:
            if isinstance(item, Stepper):
                depth = max(depth, item._depth)
            elif type(item) is Metered:
                below.append(metered_source(item))
            elif type(item) in _NESTING:
                below.extend(item.__reduce__()[1])
        level = [item for item in below if type(item) in _NESTING or isinstance(item, Stepper)]
        depth += bool(level)
        if depth > MAX_ITERATOR_DEPTH:
            break
    return depth


def stepper_state(stepper: Stepper) -> tuple[Any, ...]:
    """Return what a snapshot stores of an iterator."""
    return (stepper._depth, *stepper._state())


def restore_stepper(run: Run, stepper: Stepper, depth: Any, *state: Any) -> None:
    """Give an iterator that was made empty the state of a snapshot; refuse what is none."""
    if type(depth) is not int or not 0 < depth <= MAX_ITERATOR_DEPTH:
        raise TypeError('an iterator has no depth')
    stepper._run = run
    stepper._depth = depth
    stepper._go_on(*state)


def iterator_checked(value: Any) -> Any:
    """Return a value of a snapshot that must be an iterator."""
    if not hasattr(type(value), '__next__'):
        raise TypeError('the source of an iterator is none')
    return value


def int_checked(value: Any) -> int:
    """Return a value of a snapshot that must be an int."""
    if type(value) is not int:
        raise TypeError('a position is not an int')
    return value


def typed(value: Any, *kinds: type) -> Any:
    """Return a value of a snapshot that must be exactly of one of these types."""
    if type(value) not in kinds:
        raise TypeError('a part is of the wrong type')
    return value


class Method(Immutable):
    """A method of a native class of ours that scripts may derive from.

    Through the class a script gets this object, of which nothing can be set, and not the function itself.
    """

    __slots__ = ('__name__', '_function', '_owner')
    script_type_name: Final = 'method_descriptor'
    __name__: str
    _function: Callable[..., Any]
    _owner: str

    def __init__(self, function: Callable[..., Any], owner: str) -> None:
        object.__setattr__(self, '_function', function)
        object.__setattr__(self, '_owner', owner)
        object.__setattr__(self, '__name__', function.__name__)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else types.MethodType(self._function, instance)

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        return self._function(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<method '{self.__name__}'>"


def method_place(method: Method) -> tuple[str, str]:
    """Return the class and the name of a method, for a snapshot."""
    return method._owner, method.__name__


#: Classes that are fit to be the base of script classes, by name.
DERIVABLE: Final[dict[str, type]] = {}


def derivable(kind: type) -> type:
    """Make a native class of ours fit to be the base of script classes: none of its functions can be had through it."""
    for cls in kind.__mro__[-2::-1]:
        for name, value in list(vars(cls).items()):
            # Calling an instance is frequent, and no script gets at `__call__` of a native class.
            if type(value) is types.FunctionType and name != '__call__' and getattr(kind, name) is value:
                setattr(kind, name, Method(value, kind.__name__))
    DERIVABLE[kind.__name__] = kind
    return kind


class New(Frozen):
    """`__new__` of a type of the run, for a script class that derives from it."""

    __slots__ = ('_kind', '_make')
    _kind: type
    _make: Callable[..., Any]
    script_type_name: ClassVar[str] = 'builtin_function_or_method'

    def __init__(self, kind: type, make: Callable[..., Any]) -> None:
        self._set(_kind=kind, _make=make)

    def __call__(self, cls: Any, /, *args: Any, **kwargs: Any) -> Any:
        if isinstance(cls, TypeOfRun):
            cls = cls._kind
        if not (isinstance(cls, type) and issubclass(cls, self._kind)):
            raise TypeError(f'{self._kind.__name__}.__new__(X): X is not a subtype of {self._kind.__name__}')
        return self._make(cls, *args, **kwargs)


class TypeOfRun(Frozen, TypeStandIn):
    """A type as a script holds it, where making an instance takes the run.

    With `new`, which makes an instance of a given class, a script may derive from it.
    """

    __slots__ = ('__name__', '__qualname__', '_base', '_kind', '_make', '_new', 'fromkeys')
    script_type_name: ClassVar[str] = 'type'
    __name__: str
    __qualname__: str
    _base: type | None
    _kind: type
    _make: Callable[..., Any]
    _new: Callable[..., Any] | None

    def __init__(
        self,
        kind: type,
        shown: str,
        make: Callable[..., Any],
        fromkeys: Callable[..., Any] | None = None,
        new: Callable[..., Any] | None = None,
    ) -> None:
        self._set(_kind=kind, _make=make, _new=new, _base=None, __name__=shown.rpartition('.')[2], __qualname__=shown)
        function = getattr(make, '__func__', make)
        if type(function) is types.FunctionType:
            # Errors of a wrong call name it.
            function.__qualname__ = self.__name__
        module = shown.rpartition('.')[0]
        OF_RUN[kind] = (module.lstrip('_'), self.__name__)
        if fromkeys is not None:
            self._set(fromkeys=fromkeys)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._make(*args, **kwargs)

    def _native_base(self) -> type | None:
        if self._base is None and self._new is not None:
            body = {'__slots__': (), '__new__': New(self._kind, self._new), STAND_IN: self, '__module__': 'builtins'}
            self._set(_base=type(self.__name__, (self._kind,), body))
        return self._base

    def _native_kind(self) -> Any:
        return self if self._new is None else self._kind

    def __getattr__(self, name: str) -> Any:
        """Return a method of the type itself, such as `Counter.most_common`."""
        base = self._native_base() if name == '__new__' else self._kind
        hidden = self._new is None or (name.startswith('_') and name not in DEFINABLE)
        found = None if hidden else getattr(base, name, None)
        if found is None:
            raise AttributeError(f"type object '{self.__name__}' has no attribute '{name}'")
        return found

    @property
    def __bases__(self) -> tuple[type, ...]:
        # What issubclass() of CPython asks of an object that is no type.
        return (self._kind,)

    def __instancecheck__(self, value: object) -> bool:
        return isinstance(value, self._kind)

    def __subclasscheck__(self, kind: Any) -> bool:
        if type(kind) is TypeOfRun:
            return issubclass(kind._kind, self._kind)
        return isinstance(kind, type) and issubclass(kind, self._kind)

    def __getitem__(self, item: Any) -> types.GenericAlias:
        return types.GenericAlias(self, item)  # type: ignore[arg-type]

    def __or__(self, other: Any) -> Any:
        return Union((self, other))

    def __ror__(self, other: Any) -> Any:
        return Union((other, self))

    def __eq__(self, other: object) -> bool:
        if type(other) is TypeFacade:
            return facade_named(self._kind.__name__) is other
        return self is other

    def __hash__(self) -> int:
        return hash(facade_named(self._kind.__name__))

    def __repr__(self) -> str:
        return f"<class '{self.__qualname__}'>"


class Union(Frozen):
    """What `A | B` gives where one of the two is a type of ours; isinstance() takes it."""

    __slots__ = ('_members',)
    script_type_name: ClassVar[str] = 'UnionType'
    _members: tuple[Any, ...]

    def __init__(self, members: tuple[Any, ...]) -> None:
        self._set(_members=members)

    def __or__(self, other: Any) -> Union:
        return Union((*self._members, other))

    def __ror__(self, other: Any) -> Union:
        return Union((other, *self._members))

    def __instancecheck__(self, value: object) -> bool:
        return isinstance(value, tuple(type(None) if member is None else member for member in self._members))

    def __eq__(self, other: object) -> bool:
        return type(other) is Union and set(other._members) == set(self._members)

    def __hash__(self) -> int:
        return hash(frozenset(self._members))

    def __repr__(self) -> str:
        return ' | '.join(shown_type(member) for member in self._members)


def shown_type(value: Any) -> str:
    """Return a type as it is shown in an annotation."""
    if value is None or value is type(None):
        return 'None'
    if type(value) is type:
        return value.__qualname__ if value.__module__ == 'builtins' else f'{value.__module__}.{value.__qualname__}'
    if type(value) is TypeOfRun:
        return value.__qualname__
    return repr(value)
