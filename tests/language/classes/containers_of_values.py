# Instances of containers hold values that are themselves containers or instances, with themselves among them.
from collections import Counter, OrderedDict, defaultdict, deque


class Items(list):
    pass


class Table(dict):
    pass


class Members(set):
    pass


class Line(deque):
    pass


class Ordered(OrderedDict):
    def __setitem__(self, key, value):
        raise TypeError('closed')


class Groups(defaultdict):
    pass


class Tally(Counter):
    pass


class Point:
    def __init__(self, x):
        self.x = x

    def __eq__(self, other):
        return self.x == other.x

    def __hash__(self):
        return hash(self.x)

    def __repr__(self):
        return f'P{self.x}'


items = Items([[1], {'a': [2]}, Point(3)])
items.append(items)
items.note = ['n']
table = Table(a=[1], b=Items([[5]]))
table[Point(7)] = [Point(8)]
table['me'] = table
members = Members({(1, 2), Point(4)})
line = Line([[1], Items([[2]])], 4)
line.append(line)
ordered = Ordered()
OrderedDict.__setitem__(ordered, 'z', [1])
OrderedDict.__setitem__(ordered, 'a', table)
groups = Groups(Items)
groups['x'].append([1])
tally = Tally({Point(1): 2, 'b': 1})
ext(1)
print(items[:3], items[3] is items, items.note)
print(table['a'], table['b'], table[Point(7)], table['me'] is table, list(table)[:2])
print(sorted(map(str, members)), Point(4) in members, type(members).__name__)
print(line[0], line[1], line[2] is line, line.maxlen)
print(list(ordered), ordered['z'], ordered['a'] is table)
print(groups['x'], type(groups['new']).__name__, groups.default_factory is Items)
print(tally[Point(1)], tally['b'], tally['none'])
items[0].append(ext(2))
len(items)
