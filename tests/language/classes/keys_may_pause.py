# `__eq__` may stop wherever C asks for it: keys of dictionaries and sets that have one hash.


class K:
    def __init__(self, v):
        self.v = v

    def __hash__(self):
        return self.v % 2

    def __eq__(self, other):
        return isinstance(other, K) and ext(self.v) == ext(other.v)

    def __repr__(self):
        return f'K({self.v})'


d = {}
d[K(1)] = 'a'
d[K(3)] = 'c'
print(d[K(1)], d[K(3)], len(d))

d = {}
d[K(1)] = 'a'
print(K(1) in d, K(2) in d, K(3) not in d)

d = {K(1): 1, K(3): 3, K(1): 4}
print(len(d), d)

d = {K(i % 3): i for i in range(6)}
print(d)

s = {K(1), K(3), K(1)}
print(len(s))

s = {K(i % 3) for i in range(6)}
print(len(s))

s = set()
s.add(K(1))
s.add(K(3))
s.add(K(1))
print(len(s), K(3) in s, K(5) in s)

s = set()
s.add(K(1))
s.discard(K(1))
print(len(s))

s = set([K(1), K(3), K(1)])
print(len(s))

s = frozenset([K(1), K(3), K(1)])
print(len(s))

d = dict([(K(1), 1), (K(3), 3), (K(1), 2)])
print(d)

d = {}
d[K(1)] = 'a'
print(d.get(K(1)), d.get(K(2)), d.get(K(3), 7))

d = {}
d[K(1)] = 'a'
print(d.pop(K(1)), d.pop(K(2), 5), d)
try:
    d.pop(K(9))
except KeyError as e:
    print('KeyError', e)

d = {}
d.setdefault(K(1), []).append(1)
d.setdefault(K(1), []).append(2)
print(d)

d = {}
d.update({'a': 1})
d.update([(K(1), 2), (K(1), 3)])
print(d)

d = {}
d[K(1)] = 1
del d[K(1)]
print(d)

d = {}
try:
    d[K(2)]
except KeyError as e:
    print('KeyError', e)

d = {}
d[(K(1), 'x')] = 1
print(d[(K(1), 'x')], (K(3), 'x') in d)

a = set([K(1), K(2)])
b = set([K(2), K(4)])
print(len(a & b), len(a | b), len(a - b), len(a ^ b), a == b, a <= b)

d = {}
d[K(1)] = 1
d[K(1)] += 5
print(d)

a = {}
a[K(1)] = 1
b = {}
b[K(1)] = 1
print(a == b)

d = dict.fromkeys([K(1), K(3), K(1)], 0)
print(d)

a = {}
a[K(1)] = 1
b = {}
b[K(1)] = 2
print(a | b)
a |= b
print(a)

s = {K(1)}
s.remove(K(1))
try:
    s.remove(K(1))
except KeyError as e:
    print('KeyError', e)

seen = set()
out = []
for k in [K(1), K(2), K(1)]:
    if k not in seen:
        seen.add(k)
        out.append(k)
print(out)

from collections import Counter, defaultdict

d = defaultdict(list)
d[K(1)].append(1)
d[K(3)].append(3)
d[K(1)].append(2)
print(dict(d))
d = defaultdict(lambda: ext(5))
d[K(1)] += 1
print(d[K(1)], d[K(3)], len(d))
c = Counter()
c[K(1)] += 1
c[K(3)] += 1
c[K(1)] += 1
print(sorted(c.values()))

# A store that a method of the class would do is not lost where C does it.
class Table:
    def __init__(self):
        self.rows = {}

    def __setitem__(self, key, value):
        self.rows[key] = ext(value)

    def __getitem__(self, key):
        return ext(self.rows[key])

    def __delitem__(self, key):
        del self.rows[key]


for table in (Table(), {}):
    table[K(1)] = 1
    table[K(3)] = 3
    table[K(1)] += 10
    print(table[K(1)], table[K(3)])
    del table[K(1)]
    print(table.rows if isinstance(table, Table) else table)


# Methods are asked as often as C asks them, and in that order.
class Noted:
    def __init__(self, v):
        self.v = v

    def __hash__(self):
        return 7

    def __eq__(self, other):
        print('eq', self.v, other.v)
        return ext(self.v) == other.v


noted = {Noted(1): 'a', Noted(2): 'b'}
print(noted[Noted(2)], Noted(3) in noted)
noted.update({Noted(3): 'c'}.items())
try:
    noted[Noted(4)]
except KeyError as error:
    print(type(error).__name__, error.args[0].v)


class Failing:
    def __hash__(self):
        return 1

    def __eq__(self, other):
        ext_fail('ValueError', 'not comparable')


failing = {Failing(): 1}
try:
    failing[Failing()]
except ValueError as error:
    print(error, len(failing))


def generated():
    for i in range(4):
        yield K(i % 2)


print(len(set(generated())), len({k for k in generated()}), len(dict.fromkeys(generated())), len({*generated()}))
