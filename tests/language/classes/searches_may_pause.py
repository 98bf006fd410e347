# What compares items one by one, where an `__eq__` makes calls: index, count, remove, `in`, and orderings of sequences.
import collections


class V:
    def __init__(self, v, says=None):
        self.v = v
        self.says = says

    def __eq__(self, other):
        print('eq', self.v)
        if not isinstance(other, V):
            return NotImplemented
        answer = ext(self.v == other.v)
        return answer if self.says is None else self.says

    __hash__ = None

    def __repr__(self):
        return f'V({self.v})'


class Sorts(V):
    def __lt__(self, other):
        return ext(self.v < other.v)


a, b, c = V(1), V(2), V(1)
xs = [a, b, c, 5, 'text', None]
print(xs.index(V(2)), xs.index(V(1), 1), xs.index(V(1), -5, 3), xs.index(5), xs.index(c, 2), xs.index('text'))
print(xs.count(V(1)), xs.count(V(3)), xs.count(5), (a, b, c).count(V(1)), (a, b).index(V(2)), 'abca'.count('a'), 'abc'.index('b'))
for wrong in (
    lambda: xs.index(V(9)),
    lambda: xs.index(V(1), 3),
    lambda: (a, b).index(V(9)),
    lambda: xs.remove(V(9)),
    lambda: collections.deque(xs).index(V(9)),
    lambda: collections.deque(xs).remove(V(9)),
    lambda: 'abc'.index('d'),
):
    try:
        wrong()
    except ValueError as e:
        print(ext(str(e)))
for wrong in (lambda: xs.index(), lambda: xs.index(V(1), 'a'), lambda: xs.count(V(1), 2), lambda: (a,).remove(a), lambda: xs.remove()):
    try:
        wrong()
    except (TypeError, AttributeError) as e:
        print(type(e).__name__, ext(1))
print(xs.remove(V(1)), xs, xs.remove(None), xs)
d = collections.deque([a, b, c])
print(d.count(V(1)), d.index(V(2)), d.remove(V(2)), list(d), d == collections.deque([V(1), V(1)]), V(1) in d, V(4) in d)

# Where `in` asks one item after the other.
print(V(1) in (x for x in [b, a]), V(9) in (x for x in [b, a]), V(2) in iter([b]), V(3) in map(V, [1, 3]))
print(V(2) in {1: a, 2: b}.values(), V(4) in {1: a, 2: b}.values(), ('k', V(1)) in {'k': a}.items(), [V(2)] in [[a], [b]])
print(3 in [a, 3], V(7, says='yes') in [a], 2 in range(3), 'a' in 'abc', 1 in {1, 2}, 'k' in {'k': a}, (1, V(2)) in [(1, b)])
steps = (x for x in [a, b, c])
print(V(2) in steps, next(steps) is c)

# An ordering of sequences first looks for where they differ.
print([Sorts(1), Sorts(2)] < [Sorts(1), Sorts(3)], (Sorts(1),) >= (Sorts(1), 0), [1, Sorts(1)] <= [1, Sorts(1)], (a, 1) < (c, 2))
print(sorted([(V(1), 2), (V(1), 1)]), max([[a, 1], [c, 3], [a, 2]]), min((a, 5), (a, 4)))
rows = [(V(0), 'b'), (V(0), 'a')]
rows.sort()
print(rows, [a, b] == [V(1), V(2)], {'k': [a]} == {'k': [V(1)]}, (a,) != (V(1),))


class Shelf:
    """Has methods of the same names."""

    def __init__(self, items):
        self.items = items

    def index(self, item):
        return ext(self.items.index(item)) + 100

    def count(self, item, more=0):
        return ext_add(self.items.count(item), more)

    def remove(self, item):
        self.items.remove(item)
        return self


class Named(list):
    def index(self, item):
        return super().index(item) + ext(1000)


shelf = Shelf([V(1), V(2)])
print(shelf.index(V(2)), shelf.count(V(1), more=10), shelf.remove(V(1)).items, Named([3, 4]).index(4))
