"""`weakref`: references that keep what they refer to.

When an object goes away depends on the process, and what a script has kept goes on in another. So an object that is referred to is there, no
callback is called, and the dictionaries and sets drop nothing by themselves.
"""

__all__ = [
    'ReferenceType', 'WeakKeyDictionary', 'WeakMethod', 'WeakSet', 'WeakValueDictionary', 'finalize', 'proxy', 'ref',
]  # fmt: skip

_VALUES = (int, float, complex, str, bytes, bytearray, list, dict, tuple, bool, slice, range, type(None))


def _checked(obj):
    if type(obj) in _VALUES:
        raise TypeError(f"cannot create weak reference to '{type(obj).__name__}' object")
    return obj


class ref:
    __slots__ = ('_callback', '_object')

    def __init__(self, object, callback=None, /):
        self._object = _checked(object)
        self._callback = callback

    @property
    def __callback__(self):
        return self._callback

    def __call__(self):
        return self._object

    def __eq__(self, other):
        if not isinstance(other, ref):
            return NotImplemented
        return self._object is other._object or self._object == other._object

    def __hash__(self):
        return hash(self._object)

    def __repr__(self):
        return f"<weakref; to '{type(self._object).__name__}'>"


ReferenceType = ref


class WeakMethod(ref):
    __slots__ = ()

    def __init__(self, meth, callback=None, /):
        if not hasattr(meth, '__func__') or not hasattr(meth, '__self__'):
            raise TypeError(f'argument should be a bound method, not {type(meth)}')
        super().__init__(meth, callback)


def proxy(object, callback=None, /):
    """Return the object itself, which does all that a proxy of it does."""
    return _checked(object)


class WeakValueDictionary(dict):
    def __init__(self, other=(), /, **kw):
        super().__init__()
        self.update(other, **kw)

    def __setitem__(self, key, value):
        super().__setitem__(key, _checked(value))

    def update(self, other=(), /, **kw):
        for key, value in dict(other, **kw).items():
            self[key] = value

    def setdefault(self, key, default=None):
        if key not in self:
            self[key] = default
        return self[key]

    def copy(self):
        return WeakValueDictionary(self)

    def valuerefs(self):
        return [ref(value) for value in self.values()]

    def itervaluerefs(self):
        return iter(self.valuerefs())

    def __repr__(self):
        return '<WeakValueDictionary>'


class WeakKeyDictionary(dict):
    def __init__(self, dict=None):
        super().__init__()
        if dict is not None:
            self.update(dict)

    def __setitem__(self, key, value):
        super().__setitem__(_checked(key), value)

    def update(self, dict=None, /, **kwargs):
        for key, value in {**({} if dict is None else dict), **kwargs}.items():
            self[key] = value

    def setdefault(self, key, default=None):
        if key not in self:
            self[key] = default
        return self[key]

    def copy(self):
        return WeakKeyDictionary(self)

    def keyrefs(self):
        return [ref(key) for key in self]

    def __repr__(self):
        return '<WeakKeyDictionary>'


class WeakSet(set):
    def __init__(self, data=None):
        super().__init__()
        if data is not None:
            self.update(data)

    def add(self, item):
        super().add(_checked(item))

    def update(self, other):
        for item in other:
            self.add(item)

    def copy(self):
        return WeakSet(self)


class finalize:
    """Call a function once, when it is asked to: objects of a script end with its run."""

    def __init__(self, obj, func, /, *args, **kwargs):
        self._parts = (_checked(obj), func, args, kwargs)
        self.atexit = True

    def __call__(self, _=None):
        parts = self.detach()
        if parts is not None:
            return parts[1](*parts[2], **parts[3])

    def detach(self):
        parts = self._parts
        self._parts = None
        return parts

    def peek(self):
        return self._parts

    @property
    def alive(self):
        return self._parts is not None
