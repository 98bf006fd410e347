# functools.partial as a base class, with attributes, through a pause.
from functools import partial, lru_cache

p = partial(int, base=2)
p.note = 'x'


class P(partial):
    def twice(self, *a):
        return self(*a), self(*a)


q = P(max, 5)
q.z = 3
ext(1)
print(p('101'), p.note, q.twice(7), q.z, isinstance(q, partial), q.func is max, q.args, p.keywords)
print(type(p) is partial, type(q) is P, partial(p, 1).func is int)
try:
    p.func = 3
except AttributeError:
    print('ro')
try:
    partial(3)
except TypeError as e:
    print(e)
print(p('11'))
print(list(map(partial(pow, 2), [1, 2, 3])))
