# Functions of `operator`, and what reads items, attributes and methods, stop where the operators do.
import functools
import operator
from operator import attrgetter, itemgetter, methodcaller


class A:
    def __init__(self, v):
        self.v = v

    @property
    def x(self):
        return ext(self.v)

    @property
    def inner(self):
        return A(ext(self.v + 10))

    def m(self, k=0):
        return ext(self.v + k)

    def __add__(self, o):
        return A(ext(self.v + o.v))

    def __mul__(self, o):
        return A(ext(self.v * o.v))

    def __lt__(self, o):
        return ext(self.v) < ext(o.v)

    def __neg__(self):
        return A(ext(-self.v))

    def __getitem__(self, i):
        return ext(i)

    def __setitem__(self, i, v):
        self.v = ext(v)

    def __delitem__(self, i):
        self.v = ext(0)

    def __contains__(self, i):
        return ext(i) == 1

    def __bool__(self):
        return ext(True)


print(operator.attrgetter('x')(A(3)), attrgetter('x', 'v', 'inner.x')(A(4)))
print(methodcaller('m', k=2)(A(1)), itemgetter(2)(A(1)), itemgetter(1, 2)(A(1)))
print([a.v for a in sorted([A(2), A(1)], key=attrgetter('x'))], max([A(1), A(5)], key=operator.attrgetter('inner.x')).v)
print(list(map(methodcaller('m'), [A(1), A(2)])), list(map(itemgetter(0), [A(1), [7]])))
print(operator.add(A(1), A(2)).v, operator.mul(A(2), A(3)).v, operator.lt(A(1), A(2)), operator.neg(A(1)).v)
print(operator.getitem(A(1), 5), operator.contains(A(1), 1), operator.truth(A(1)), operator.not_(A(1)))
a = A(1)
operator.setitem(a, 0, 9)
print(a.v)
operator.delitem(a, 0)
print(a.v)
print(functools.reduce(operator.add, [A(1), A(2), A(3)]).v, [x.v for x in map(operator.add, [A(1)], [A(2)])])
print(sorted([3, 1], key=operator.neg), operator.itemgetter('k')({'k': ext(1)}))
