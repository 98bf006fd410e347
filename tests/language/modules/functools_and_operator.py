import collections.abc
import functools
import operator

f = functools.partial(int, base=2)
ext(5)
print(
    f('101'), functools.reduce(operator.add, [1, 2, 3]), sorted([3, 1, 2], key=functools.cmp_to_key(lambda a, b: b - a))
)


@functools.lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


print(fib(30))
ext(6)
print(fib.cache_info(), fib(30), fib.cache_info().hits)
ig = operator.itemgetter(1, 'a')
ag = operator.attrgetter('real')
mc = operator.methodcaller('upper')
ext(7)
print(
    operator.itemgetter(1)([1, 2]),
    ag(5),
    mc('abc'),
    ig,
    isinstance([], collections.abc.Sequence),
    isinstance({}, (collections.abc.Mapping, int)),
)
