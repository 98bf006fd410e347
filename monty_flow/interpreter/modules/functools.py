"""`functools`: callables over callables, as slotted objects of ours that a snapshot can hold.

What they call is called natively. A callback that makes an external call cannot be stopped there; the compiler
sends `reduce` to the prelude for that.
"""

from __future__ import annotations

import functools
from reprlib import recursive_repr
from types import FunctionType
from typing import Any, ClassVar, Final

from monty_flow.interpreter.modules.library import LibraryFunctions, TypeOfRun, callee, derivable, int_checked, typed
from monty_flow.interpreter.modules.module import Definition, Frozen, FrozenType
from monty_flow.interpreter.modules.scripted import Scripted
from monty_flow.interpreter.runtime.run import Run
from monty_flow.interpreter.runtime.text import repr_of


@derivable
class Partial:
    """A function with some of its arguments."""

    __slots__ = ('__dict__', '__run__', 'args', 'func', 'keywords')
    script_type_name: ClassVar[str] = 'partial'
    __run__: Run
    args: tuple[Any, ...]
    func: Any
    keywords: dict[str, Any]

    def __call__(self, /, *args: Any, **keywords: Any) -> Any:
        return callee(self.__run__, self.func)(*self.args, *args, **{**self.keywords, **keywords})

    def __setattr__(self, name: str, value: object) -> None:
        if name in _PARTS:
            raise AttributeError(f"'functools.partial' object attribute '{name}' is read-only")
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        if name in _PARTS:
            raise AttributeError(f"'functools.partial' object attribute '{name}' is read-only")
        object.__delattr__(self, name)

    @recursive_repr('...')
    def __repr__(self) -> str:
        run = self.__run__
        shown = [repr_of(part, run) for part in (self.func, *self.args)]
        shown += [f'{name}={repr_of(value, run)}' for name, value in self.keywords.items()]
        name = 'functools.partial' if type(self) is Partial else f'{type(self).__module__}.{type(self).__qualname__}'
        return f'{name}({", ".join(shown)})'


_PARTS: Final = frozenset({'func', 'args', 'keywords'})


def make_partial(run: Run, cls: Any, func: Any, args: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    """Return a partial of a class; one of a partial is one of its function."""
    if not callable(func):
        raise TypeError('the first argument must be callable')
    if type(func) is Partial and not func.__dict__:
        func, args, keywords = func.func, (*func.args, *args), {**func.keywords, **keywords}
    made = object.__new__(cls)
    fill_partial(run, made, func, args, keywords)
    return made


def fill_partial(run: Run, target: Any, func: Any, args: tuple[Any, ...], keywords: dict[str, Any]) -> None:
    """Give a partial that was made empty its parts."""
    for name, value in (('__run__', run), ('func', func), ('args', args), ('keywords', keywords)):
        object.__setattr__(target, name, value)


class Wrapping(Frozen):
    """The decorator that `wraps` gives: it copies the name and the docstring."""

    __slots__ = ('_wrapped',)
    _wrapped: Any
    script_type_name: ClassVar[str] = 'partial'

    def __init__(self, wrapped: Any) -> None:
        self._set(_wrapped=wrapped)

    def __call__(self, wrapper: Any) -> Any:
        return _name_as(wrapper, self._wrapped)


def _name_as(wrapper: Any, wrapped: Any) -> Any:
    if type(wrapper) is FunctionType and type(wrapped) is FunctionType:
        wrapper.__name__ = wrapped.__name__
        wrapper.__qualname__ = wrapped.__qualname__
        wrapper.__doc__ = wrapped.__doc__
        for name, value in wrapped.__dict__.items():
            setattr(wrapper, name, value)
    return wrapper


class Key(Frozen):
    """A value that is ordered by a comparison function."""

    __slots__ = ('_compare', 'obj')
    script_type_name: ClassVar[str] = 'KeyWrapper'
    _compare: Any
    obj: Any

    def __init__(self, compare: Any, obj: Any) -> None:
        self._set(_compare=compare, obj=obj)

    def __lt__(self, other: Any) -> bool:
        return bool(self._compare(self.obj, _key(other).obj) < 0)

    def __gt__(self, other: Any) -> bool:
        return bool(self._compare(self.obj, _key(other).obj) > 0)

    def __le__(self, other: Any) -> bool:
        return bool(self._compare(self.obj, _key(other).obj) <= 0)

    def __ge__(self, other: Any) -> bool:
        return bool(self._compare(self.obj, _key(other).obj) >= 0)

    def __eq__(self, other: object) -> bool:
        return bool(self._compare(self.obj, _key(other).obj) == 0)

    __hash__: ClassVar[None]  # type: ignore[assignment]


def _key(value: Any) -> Key:
    if type(value) is not Key:
        raise TypeError('other argument must be K instance')
    return value


class KeyMaker(Frozen):
    """What `cmp_to_key` gives."""

    __slots__ = ('_compare',)
    script_type_name: ClassVar[str] = 'KeyWrapper'
    _compare: Any

    def __init__(self, compare: Any) -> None:
        self._set(_compare=compare)

    def __call__(self, obj: Any) -> Key:
        return Key(self._compare, obj)


class CacheInfo(tuple[Any, ...], metaclass=FrozenType):
    """What `cache_info()` gives: a tuple with names."""

    __slots__ = ()
    script_type_name: ClassVar[str] = 'CacheInfo'

    @property
    def hits(self) -> Any:
        return self[0]

    @property
    def misses(self) -> Any:
        return self[1]

    @property
    def maxsize(self) -> Any:
        return self[2]

    @property
    def currsize(self) -> Any:
        return self[3]

    def __repr__(self) -> str:
        return 'CacheInfo(hits={}, misses={}, maxsize={}, currsize={})'.format(*self)


class Cached:
    """A function with a cache of its results, the least recently used dropped first."""

    __slots__ = ('_call', '_function', '_hits', '_maxsize', '_misses', '_results', '_typed')
    script_type_name: ClassVar[str] = '_lru_cache_wrapper'

    def __init__(self, run: Run, function: Any, maxsize: int | None, is_typed: bool) -> None:
        self._function, self._maxsize, self._typed = function, maxsize, is_typed
        self._call = callee(run, function)
        #: Results by key, the least recently used first.
        self._results: dict[Any, Any] = {}
        self._hits = self._misses = 0

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        if self._maxsize == 0:
            self._misses += 1
            return self._call(*args, **kwargs)
        key = self._key(args, kwargs)
        results = self._results
        if key in results:
            self._hits += 1
            if self._maxsize is None:
                return results[key]
            result = results[key] = results.pop(key)
            return result
        self._misses += 1
        result = self._call(*args, **kwargs)
        if self._maxsize is not None and key not in results and len(results) >= self._maxsize:
            del results[next(iter(results))]
        results[key] = result
        return result

    def _key(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        # The number of positional arguments keeps f(1, 2) and f(1, b=2) apart.
        key: tuple[Any, ...] = (len(args), *args, *(part for item in kwargs.items() for part in item))
        if self._typed:
            key += (*(type(value).__name__ for value in args), *(type(value).__name__ for value in kwargs.values()))
        return key

    def cache_info(self) -> CacheInfo:
        return CacheInfo((self._hits, self._misses, self._maxsize, len(self._results)))

    def cache_clear(self) -> None:
        self._results.clear()
        self._hits = self._misses = 0

    def cache_parameters(self) -> dict[str, Any]:
        return {'maxsize': self._maxsize, 'typed': self._typed}

    @property
    def __name__(self) -> Any:
        return self._function.__name__

    @property
    def __wrapped__(self) -> Any:
        return self._function

    def __repr__(self) -> str:
        return '<functools._lru_cache_wrapper object>'


class CacheMaker(Frozen):
    """The decorator that `lru_cache(maxsize=...)` gives."""

    __slots__ = ('_maxsize', '_run', '_typed')
    script_type_name: ClassVar[str] = 'function'
    _maxsize: int | None
    _run: Run
    _typed: bool

    def __init__(self, run: Run, maxsize: int | None, is_typed: bool) -> None:
        self._set(_run=run, _maxsize=maxsize, _typed=is_typed)

    def __call__(self, function: Any) -> Cached:
        return Cached(self._run, function, self._maxsize, self._typed)


def cached_state(cached: Cached) -> tuple[Any, ...]:
    """Return what `restore_cached` takes."""
    return cached._function, cached._maxsize, cached._typed, cached._hits, cached._misses, cached._results


def restore_cached(run: Run, cached: Cached, *state: Any) -> None:
    """Give a cache that was made empty the state of a snapshot; refuse what is none."""
    function, maxsize, is_typed, hits, misses, results = state
    cached._function, cached._call = function, callee(run, function)
    cached._maxsize = typed(maxsize, int, type(None))
    cached._typed, cached._results = typed(is_typed, bool), typed(results, dict)
    cached._hits, cached._misses = int_checked(hits), int_checked(misses)


class FunctoolsFunctions(LibraryFunctions):
    """The functions of `functools`."""

    __slots__ = ()
    module = 'functools'

    def reduce(self, function: Any, sequence: Any, /, *initial: Any) -> Any:
        return functools.reduce(self._callee(function), self._sized(sequence), *initial)

    def cmp_to_key(self, mycmp: Any) -> KeyMaker:
        return KeyMaker(self._callee(mycmp))

    def cache(self, user_function: Any, /) -> Cached:
        return Cached(self._run, user_function, None, False)

    def lru_cache(self, maxsize: Any = 128, typed: Any = False) -> Any:
        if isinstance(maxsize, int):
            return CacheMaker(self._run, max(0, int(maxsize)), bool(typed))
        if callable(maxsize) and isinstance(typed, bool):
            return Cached(self._run, maxsize, 128, typed)
        if maxsize is not None:
            raise TypeError('Expected first argument to be an integer, a callable, or None')
        return CacheMaker(self._run, None, bool(typed))

    def wraps(self, wrapped: Any, assigned: Any = None, updated: Any = None) -> Wrapping:
        return Wrapping(wrapped)

    def update_wrapper(self, wrapper: Any, wrapped: Any, assigned: Any = None, updated: Any = None) -> Any:
        return _name_as(wrapper, wrapped)


def _partial(run: Run) -> TypeOfRun:
    def make(func: Any, /, *args: Any, **keywords: Any) -> Any:
        return make_partial(run, Partial, func, args, keywords)

    def new(cls: Any, func: Any, /, *args: Any, **keywords: Any) -> Any:
        return make_partial(run, cls, func, args, keywords)

    return TypeOfRun(Partial, 'functools.partial', make, new=new)


#: Put before CPython's source: what it takes of other modules, and of the native part.
_BEFORE: Final = """
from functools import partial
from types import GenericAlias

class RLock:
    def __enter__(self):
        return True

    def __exit__(self, *error):
        return None

def total_ordering(cls):
    # CPython's compares method objects of object by identity, and these are made anew here.
    roots = {op for op in _convert if any(op in vars(base) for base in cls.__mro__ if base is not object)}
    if not roots:
        raise ValueError('must define at least one ordering operation: < > <= >=')
    for name, function in _convert[max(roots)]:
        if name not in roots:
            setattr(cls, name, function)
    return cls
"""

MODULE = Definition(
    'functools',
    functions=FunctoolsFunctions,
    objects={'partial': _partial},
    scripted=Scripted(
        'functools',
        installed=True,
        exported='total_ordering cached_property partialmethod WRAPPER_ASSIGNMENTS WRAPPER_UPDATES',
        # All that is native here, and what needs weak references.
        without='get_cache_token namedtuple RLock GenericAlias cmp_to_key reduce _initial_missing partial _partial_new'
        ' _partial_repr _CacheInfo _HashedSeq _make_key lru_cache _lru_cache_wrapper cache _c3_merge _c3_mro _compose_mro'
        ' _find_impl singledispatch singledispatchmethod update_wrapper wraps Placeholder _PlaceholderType _PlaceholderInstance'
        ' total_ordering _partial_prepare_merger _singledispatchmethod_get _warn_python_reduce_kwargs',
        before=_BEFORE,
    ),
    left_out={
        'it is not part of this release; use isinstance()': 'singledispatch singledispatchmethod',
        'it is not part of this release': 'Placeholder',
        'it is not meant for users of the module': 'GenericAlias RLock get_cache_token namedtuple recursive_repr',
    },
)
