# The classes of `collections.abc` as bases: mixin methods stop where the methods of the script do.
from collections.abc import (
    Mapping,
    MutableMapping,
    Sequence,
    MutableSequence,
    Set,
    Iterable,
    Iterator,
    Callable,
    Sized,
    Hashable,
    Container,
    Collection,
)
import collections.abc
from typing import Generic, TypeVar

T = TypeVar('T')


class D(MutableMapping):
    def __init__(self, *a, **k):
        self.d = {}
        self.update(*a, **k)

    def __getitem__(self, k):
        return ext(self.d[k])

    def __setitem__(self, k, v):
        self.d[k] = v

    def __delitem__(self, k):
        del self.d[k]

    def __iter__(self):
        return iter(self.d)

    def __len__(self):
        return len(self.d)


d = D(a=1, b=2)
print(
    d['a'],
    d.get('z', 5),
    'a' in d,
    [pair for pair in d.items()],
    list(d.keys()),
    [value for value in d.values()],
    len(d),
)
print(
    d.pop('a'),
    d.setdefault('q', 4),
    d.popitem(),
    sorted(d),
    isinstance(d, Mapping),
    isinstance(d, collections.abc.MutableMapping),
    isinstance(d, Sized),
    isinstance(d, Sequence),
    issubclass(D, Mapping),
)


class S(Sequence[T]):
    def __init__(self, xs):
        self.xs = xs

    def __getitem__(self, i):
        return ext(self.xs[i])

    def __len__(self):
        return len(self.xs)


s = S([1, 2, 3, 2])
print([x for x in s], 2 in s, s.index(3), s.count(2), isinstance(s, Sequence), isinstance(s, Iterable))


class It(Iterator):
    def __init__(self):
        self.n = 0

    def __next__(self):
        self.n += ext(1)
        if self.n > 3:
            raise StopIteration
        return self.n


print(list(It()))
try:
    Mapping()
except TypeError as e:
    print(type(e).__name__)


class Bad(Mapping):
    pass


try:
    Bad()
except TypeError as e:
    print(type(e).__name__)


class MySet(Set):
    def __init__(self, xs):
        self.xs = list(dict.fromkeys(xs))

    def __contains__(self, x):
        return ext(x) in self.xs

    def __iter__(self):
        return iter(self.xs)

    def __len__(self):
        return len(self.xs)


a, b = MySet([1, 2, 3]), MySet([2, 3, 4])
print([x for x in a & b], [x for x in a | b], [x for x in a - b], a.isdisjoint([9]), MySet([1]) <= a)


class L(MutableSequence):
    def __init__(self):
        self.x = []

    def __getitem__(self, i):
        return self.x[i]

    def __setitem__(self, i, v):
        self.x[i] = v

    def __delitem__(self, i):
        del self.x[i]

    def __len__(self):
        return len(self.x)

    def insert(self, i, v):
        self.x.insert(i, ext(v))


l = L()
l.append(3)
l.extend([1, 2])
l += [5]
l.reverse()
print(l.x, l.pop(), list(l))
l.remove(1)
print(l.x)


class NotSeq:
    pass


Sequence.register(NotSeq)
print(
    isinstance(NotSeq(), Sequence),
    isinstance(NotSeq(), Collection),
    issubclass(NotSeq, Iterable),
    D.__mro__[1],
    D.__bases__,
)


class Node(Generic[T], Iterable[T]):
    def __iter__(self):
        yield 1


print(list(Node()), isinstance(5, Hashable), isinstance(len, Callable))
d.get('b')
