"""Partials and caches of functions, as runs hold them that were begun when these were native.

`functools` has them in the script language now (`scripts/functools.py`), where what they call may stop. Snapshots of before
name the classes here.
"""

from __future__ import annotations

from reprlib import recursive_repr
from typing import Any, ClassVar, Final

from monty_flow.interpreter.modules.library import callee, derivable, int_checked, typed
from monty_flow.interpreter.modules.module import Frozen
from monty_flow.interpreter.runtime.immutable import FrozenType
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


def fill_partial(run: Run, target: Any, func: Any, args: tuple[Any, ...], keywords: dict[str, Any]) -> None:
    """Give a partial that was made empty its parts."""
    for name, value in (('__run__', run), ('func', func), ('args', args), ('keywords', keywords)):
        object.__setattr__(target, name, value)


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
