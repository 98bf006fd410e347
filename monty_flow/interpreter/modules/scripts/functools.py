"""`functools`: what calls functions of the script, so that these may stop inside."""

from functools import update_wrapper

__all__ = [
    'cache', 'cached_property', 'cmp_to_key', 'lru_cache', 'partial', 'partialmethod', 'singledispatch', 'singledispatchmethod',
    'total_ordering',
]


class _NOTHING:
    """What stands for no value: a class of the module is the same one after a pause."""


_QUICK = (int, str)


class _CacheInfo(tuple):
    """What `cache_info()` gives."""

    def __new__(cls, hits, misses, maxsize, currsize):
        return tuple.__new__(cls, (hits, misses, maxsize, currsize))

    @property
    def hits(self):
        return self[0]

    @property
    def misses(self):
        return self[1]

    @property
    def maxsize(self):
        return self[2]

    @property
    def currsize(self):
        return self[3]

    def __repr__(self):
        return 'CacheInfo(hits={!r}, misses={!r}, maxsize={!r}, currsize={!r})'.format(*self)


def _key_of(args, kwds, typed):
    if not kwds and not typed:
        if len(args) == 1 and type(args[0]) in _QUICK:
            return args[0]
        return args
    # The number of positional arguments keeps f(1, 2) and f(1, b=2) apart.
    key = (len(args), *args)
    for item in kwds.items():
        key += item
    if typed:
        key += (*[type(value) for value in args], *[type(value) for value in kwds.values()])
    return (key,)


def cache(user_function, /):
    return lru_cache(maxsize=None)(user_function)


def lru_cache(maxsize=128, typed=False):
    if isinstance(maxsize, int):
        maxsize = max(0, maxsize)
    elif callable(maxsize) and isinstance(typed, bool):
        function, maxsize = maxsize, 128
        return _cached(function, maxsize, typed)
    elif maxsize is not None:
        raise TypeError('Expected first argument to be an integer, a callable, or None')

    def decorating_function(user_function):
        return _cached(user_function, maxsize, typed)

    return decorating_function


def _cached(user_function, maxsize, typed):
    results = {}
    hits = 0
    misses = 0

    if maxsize == 0:

        def wrapper(*args, **kwds):
            nonlocal misses
            misses += 1
            return user_function(*args, **kwds)

    elif maxsize is None:

        def wrapper(*args, **kwds):
            nonlocal hits, misses
            key = _key_of(args, kwds, typed)
            result = results.get(key, _NOTHING)
            if result is not _NOTHING:
                hits += 1
                return result
            misses += 1
            result = user_function(*args, **kwds)
            results[key] = result
            return result

    else:

        def wrapper(*args, **kwds):
            nonlocal hits, misses
            key = _key_of(args, kwds, typed)
            result = results.get(key, _NOTHING)
            if result is not _NOTHING:
                hits += 1
                # The least recently used is the first.
                del results[key]
                results[key] = result
                return result
            misses += 1
            result = user_function(*args, **kwds)
            if key not in results and len(results) >= maxsize:
                del results[next(iter(results))]
            results[key] = result
            return result

    def cache_info():
        return _CacheInfo(hits, misses, maxsize, len(results))

    def cache_clear():
        nonlocal hits, misses
        results.clear()
        hits = 0
        misses = 0

    def cache_parameters():
        return {'maxsize': maxsize, 'typed': typed}

    wrapper.cache_info = cache_info
    wrapper.cache_clear = cache_clear
    wrapper.cache_parameters = cache_parameters
    return update_wrapper(wrapper, user_function)


class partial:
    """A function with some of its arguments."""

    __slots__ = ('func', 'args', 'keywords', '__dict__')

    def __new__(cls, func, /, *args, **keywords):
        if not callable(func):
            raise TypeError('the first argument must be callable')
        if isinstance(func, partial) and type(func) is cls and not func.__dict__:
            args = func.args + args
            keywords = {**func.keywords, **keywords}
            func = func.func
        self = object.__new__(cls)
        object.__setattr__(self, 'func', func)
        object.__setattr__(self, 'args', args)
        object.__setattr__(self, 'keywords', keywords)
        return self

    def __init__(self, /, *args, **keywords):
        pass

    def __call__(self, /, *args, **keywords):
        # A local name: what is called may be a type of Python's, whose work is metered there.
        function = self.func
        if keywords or self.keywords:
            return function(*self.args, *args, **{**self.keywords, **keywords})
        return function(*self.args, *args)

    def __setattr__(self, name, value):
        if name in ('func', 'args', 'keywords'):
            raise AttributeError('readonly attribute')
        object.__setattr__(self, name, value)

    def __delattr__(self, name):
        if name in ('func', 'args', 'keywords'):
            raise AttributeError('readonly attribute')
        object.__delattr__(self, name)

    def __repr__(self):
        kind = type(self)
        name = 'functools.partial' if kind is partial else f'{kind.__module__}.{kind.__qualname__}'
        if _showing.get(id(self)):
            return '...'
        _showing[id(self)] = True
        try:
            parts = [repr(self.func), *[repr(value) for value in self.args]]
            parts += [f'{key}={value!r}' for key, value in self.keywords.items()]
        finally:
            del _showing[id(self)]
        return f'{name}({", ".join(parts)})'

    def __copy__(self):
        return self.__deepcopy__(None, lambda value, memo: value)

    def __deepcopy__(self, memo, copied=None):
        if copied is None:
            from copy import deepcopy as copied
        made = object.__new__(type(self))
        if memo is not None:
            memo[id(self)] = made
        object.__setattr__(made, 'func', copied(self.func, memo))
        object.__setattr__(made, 'args', copied(self.args, memo))
        object.__setattr__(made, 'keywords', copied(self.keywords, memo))
        made.__dict__.update(copied(self.__dict__, memo))
        return made

    def __setstate__(self, state):
        if not isinstance(state, tuple):
            raise TypeError('argument to __setstate__ must be a tuple')
        if len(state) != 4:
            raise TypeError(f'expected 4 items in state, got {len(state)}')
        func, args, keywords, namespace = state
        if (
            not callable(func)
            or not isinstance(args, tuple)
            or not (keywords is None or isinstance(keywords, dict))
            or not (namespace is None or isinstance(namespace, dict))
        ):
            raise TypeError('invalid partial state')
        object.__setattr__(self, 'func', func)
        object.__setattr__(self, 'args', tuple(args))
        object.__setattr__(self, 'keywords', {} if keywords is None else dict(keywords))
        self.__dict__.clear()
        self.__dict__.update(namespace or {})

    def __class_getitem__(cls, item):
        from types import GenericAlias

        return GenericAlias(cls, item)


_showing = {}


class partialmethod:
    """A method with some of its arguments."""

    def __init__(self, func, /, *args, **keywords):
        if not callable(func) and not hasattr(func, '__get__'):
            raise TypeError(f'{func!r} is not callable or a descriptor')
        if isinstance(func, partialmethod):
            self.func = func.func
            self.args = func.args + args
            self.keywords = {**func.keywords, **keywords}
        else:
            self.func = func
            self.args = args
            self.keywords = keywords

    def __repr__(self):
        parts = [repr(self.func), *[repr(value) for value in self.args]]
        parts += [f'{key}={value!r}' for key, value in self.keywords.items()]
        return f'functools.{type(self).__name__}({", ".join(parts)})'

    def _make_unbound_method(self):
        def _method(cls_or_self, /, *args, **keywords):
            function = self.func
            return function(cls_or_self, *self.args, *args, **{**self.keywords, **keywords})

        _method.__isabstractmethod__ = self.__isabstractmethod__
        _method.__partialmethod__ = self
        return _method

    def __get__(self, obj, cls=None):
        result = None
        if type(self.func) is not _FUNCTION and hasattr(self.func, '__get__'):
            bound = self.func.__get__(obj, cls)
            if bound is not self.func:
                result = partial(bound, *self.args, **self.keywords)
                if hasattr(bound, '__self__'):
                    result.__self__ = bound.__self__
        if result is None:
            result = self._make_unbound_method().__get__(obj, cls)
        return result

    @property
    def __isabstractmethod__(self):
        return getattr(self.func, '__isabstractmethod__', False)

    def __class_getitem__(cls, item):
        from types import GenericAlias

        return GenericAlias(cls, item)


_FUNCTION = type(_key_of)


class cached_property:
    """A property whose value is computed once and then an attribute of the instance."""

    def __init__(self, func):
        self.func = func
        self.attrname = None
        self.__doc__ = func.__doc__
        self.__module__ = getattr(func, '__module__', None)

    def __set_name__(self, owner, name):
        if self.attrname is None:
            self.attrname = name
        elif name != self.attrname:
            raise TypeError(
                f'Cannot assign the same cached_property to two different names ({self.attrname!r} and {name!r}).'
            )

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        if self.attrname is None:
            raise TypeError('Cannot use cached_property instance without calling __set_name__ on it.')
        try:
            values = instance.__dict__
        except AttributeError:
            text = (
                f"No '__dict__' attribute on {type(instance).__name__!r} instance to cache {self.attrname!r} property."
            )
            raise TypeError(text) from None
        found = values.get(self.attrname, _NOTHING)
        if found is _NOTHING:
            found = self.func(instance)
            values[self.attrname] = found
        return found

    def __class_getitem__(cls, item):
        from types import GenericAlias

        return GenericAlias(cls, item)


def _gt_from_lt(self, other):
    found = type(self).__lt__(self, other)
    return found if found is NotImplemented else not found and self != other


def _le_from_lt(self, other):
    found = type(self).__lt__(self, other)
    return found if found is NotImplemented else found or self == other


def _ge_from_lt(self, other):
    found = type(self).__lt__(self, other)
    return found if found is NotImplemented else not found


def _ge_from_le(self, other):
    found = type(self).__le__(self, other)
    return found if found is NotImplemented else not found or self == other


def _lt_from_le(self, other):
    found = type(self).__le__(self, other)
    return found if found is NotImplemented else found and self != other


def _gt_from_le(self, other):
    found = type(self).__le__(self, other)
    return found if found is NotImplemented else not found


def _lt_from_gt(self, other):
    found = type(self).__gt__(self, other)
    return found if found is NotImplemented else not found and self != other


def _ge_from_gt(self, other):
    found = type(self).__gt__(self, other)
    return found if found is NotImplemented else found or self == other


def _le_from_gt(self, other):
    found = type(self).__gt__(self, other)
    return found if found is NotImplemented else not found


def _le_from_ge(self, other):
    found = type(self).__ge__(self, other)
    return found if found is NotImplemented else not found or self == other


def _gt_from_ge(self, other):
    found = type(self).__ge__(self, other)
    return found if found is NotImplemented else found and self != other


def _lt_from_ge(self, other):
    found = type(self).__ge__(self, other)
    return found if found is NotImplemented else not found


def total_ordering(cls):
    """Fill in the comparisons that a class leaves out."""
    orders = {
        '__lt__': {'__gt__': _gt_from_lt, '__le__': _le_from_lt, '__ge__': _ge_from_lt},
        '__le__': {'__ge__': _ge_from_le, '__lt__': _lt_from_le, '__gt__': _gt_from_le},
        '__gt__': {'__lt__': _lt_from_gt, '__ge__': _ge_from_gt, '__le__': _le_from_gt},
        '__ge__': {'__le__': _le_from_ge, '__gt__': _gt_from_ge, '__lt__': _lt_from_ge},
    }
    roots = {op for op in orders if getattr(cls, op, None) is not getattr(object, op, None)}
    if not roots:
        raise ValueError('must define at least one ordering operation: < > <= >=')
    for name, function in orders[max(roots)].items():
        if name not in roots:
            setattr(cls, name, function)
    return cls


def _lines_of(cls, kinds):
    """Return the classes of an argument, nearest first: its own, with the abstract ones that it only counts as."""
    line = list(getattr(cls, '__mro__', (cls, object)))
    wanted = [kind for kind in kinds if kind not in line and _counts_as(cls, kind)]
    # The most special of the abstract classes come first.
    wanted = [kind for kind in wanted if not any(kind is not other and _counts_as(other, kind) for other in wanted)]
    for kind in wanted:
        place = len(line) - 1
        for index, step in enumerate(line):
            if not _counts_as(step, kind):
                place = index
                break
        while place < len(line) and line[place] in wanted:
            place += 1
        line[place:place] = [kind]
    return line, wanted


def _counts_as(cls, kind):
    try:
        return issubclass(cls, kind)
    except TypeError:
        return False


def _find_impl(cls, registry):
    line, abstract = _lines_of(cls, registry.keys())
    found = None
    for kind in line:
        if found is not None:
            if (
                kind in registry
                and kind in abstract
                and found in abstract
                and not _counts_as(found, kind)
            ):
                raise RuntimeError(f'Ambiguous dispatch: {found} or {kind}')
            break
        if kind in registry:
            found = kind
    return registry.get(found)


def _is_union(kind):
    from types import UnionType
    from typing import Union, get_origin

    return get_origin(kind) in (Union, UnionType)


def _is_dispatchable(kind):
    from typing import get_args

    if isinstance(kind, type) and not hasattr(kind, '__origin__'):
        return True
    return _is_union(kind) and all(isinstance(part, type) for part in get_args(kind))


def singledispatch(func):
    """Make a function of which there is one version for each type of its first argument."""
    from types import MappingProxyType

    registry = {}
    known = {}

    def dispatch(cls):
        found = known.get(cls)
        if found is None:
            found = registry.get(cls) or _find_impl(cls, registry)
            known[cls] = found
        return found

    def register(cls, func=None):
        if _is_dispatchable(cls):
            if func is None:
                return lambda f: register(cls, f)
        else:
            if func is not None:
                raise TypeError(f'Invalid first argument to `register()`. {cls!r} is not a class or union type.')
            annotations = getattr(cls, '__annotations__', {})
            if not annotations:
                raise TypeError(
                    f'Invalid first argument to `register()`: {cls!r}. '
                    'Use either `@register(some_class)` or plain `@register` on an annotated function.'
                )
            func = cls
            from typing import get_type_hints

            name, cls = next(iter(get_type_hints(func).items()))
            if not _is_dispatchable(cls):
                if _is_union(cls):
                    raise TypeError(f'Invalid annotation for {name!r}. {cls!r} not all arguments are classes.')
                raise TypeError(f'Invalid annotation for {name!r}. {cls!r} is not a class.')
        if _is_union(cls):
            from typing import get_args

            for part in get_args(cls):
                registry[part] = func
        else:
            registry[cls] = func
        known.clear()
        return func

    def wrapper(*args, **kw):
        if not args:
            raise TypeError(f'{name} requires at least 1 positional argument')
        function = dispatch(args[0].__class__)
        return function(*args, **kw)

    name = getattr(func, '__name__', 'singledispatch function')
    registry[object] = func
    wrapper.register = register
    wrapper.dispatch = dispatch
    wrapper.registry = MappingProxyType(registry)
    wrapper._clear_cache = known.clear
    update_wrapper(wrapper, func)
    return wrapper


class singledispatchmethod:
    """The same for methods, by the argument after `self`."""

    def __init__(self, func):
        if not callable(func) and not hasattr(func, '__get__'):
            raise TypeError(f'{func!r} is not callable or a descriptor')
        self.dispatcher = singledispatch(func)
        self.func = func

    def register(self, cls, method=None):
        return self.dispatcher.register(cls, func=method)

    def __get__(self, obj, cls=None):
        def _method(*args, **kwargs):
            if not args:
                name = getattr(self.func, '__name__', 'singledispatchmethod method')
                raise TypeError(f'{name} requires at least 1 positional argument')
            method = self.dispatcher.dispatch(args[0].__class__)
            method = method.__get__(obj, cls)
            return method(*args, **kwargs)

        _method.__isabstractmethod__ = self.__isabstractmethod__
        _method.register = self.register
        update_wrapper(_method, self.func)
        return _method

    @property
    def __isabstractmethod__(self):
        return getattr(self.func, '__isabstractmethod__', False)


class KeyWrapper:
    """What `cmp_to_key` gives, and what that makes of a value."""

    __hash__ = None

    def __init__(self, mycmp, obj=_NOTHING):
        self._compare = mycmp
        if obj is not _NOTHING:
            self.obj = obj

    def __call__(self, obj):
        return KeyWrapper(self._compare, obj)

    def _compared(self, other):
        if not isinstance(other, KeyWrapper):
            raise TypeError('other argument must be K instance')
        return self._compare(self.obj, other.obj)

    def __lt__(self, other):
        return self._compared(other) < 0

    def __gt__(self, other):
        return self._compared(other) > 0

    def __le__(self, other):
        return self._compared(other) <= 0

    def __ge__(self, other):
        return self._compared(other) >= 0

    def __eq__(self, other):
        return self._compared(other) == 0


# A class, as against a function, is not bound where it is an attribute of one: nor is CPython's, which is written in C.
cmp_to_key = KeyWrapper
