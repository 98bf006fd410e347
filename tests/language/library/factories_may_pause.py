# What a `defaultdict` calls for a missing key may stop, wherever an item is read; so may `__missing__` and `__getitem__`
# where an item is augmented.
import collections
from collections import defaultdict
from collections import defaultdict as made


def fresh():
    return [ext('fresh')]


class Tally:
    def __init__(self):
        self.total = ext(0)

    def add(self, amount):
        self.total += amount
        return self


class Source:
    def __init__(self, first):
        self.next = first

    def make(self):
        self.next += 1
        return ext(self.next)

    def __call__(self):
        return ext_add(self.make(), 100)


lists = defaultdict(fresh)
for word in ('a', 'b', 'a'):
    lists[word].append(word)
lists['a'] += [ext('more')]
print(dict(lists), lists['a'], lists.get('z'), 'z' in lists, len(lists))
counts = collections.defaultdict(lambda: ext(10))
for letter in 'abca':
    counts[letter] += 1
counts['d'] -= ext(4)
counts['e'] *= counts['f']
print(sorted(counts.items()), [counts[key] for key in 'agh'], counts['i'] if counts['a'] > 5 else counts['j'])
nested = made(lambda: defaultdict(lambda: ext([])))
nested['x']['y'].append(1)
nested['x']['z'] += [2]
print({key: dict(value) for key, value in nested.items()}, f'{nested["w"]["v"]!r}')
tallies = defaultdict(Tally)
print(tallies['a'].add(2).total, tallies['a'].add(3).total, sorted(tallies))
source = Source(0)
numbers = defaultdict(source.make, {'given': 7})
print(numbers['given'], numbers['one'], numbers['two'], numbers[ext('three')], numbers['one'], dict(numbers))
called = defaultdict(source)
print(called[1], called[1], called[2])
plain = defaultdict(list)
plain['k'].append(ext(1))
plain[1, 2].append(3)
bare = defaultdict(None, a=1)
print(dict(plain), bare['a'])


def within(table, key):
    first, table[key] = table[key], ext('put')
    del table[key]
    return first, table[key]


print(within(defaultdict(fresh), 'k'))


def failing():
    ext_fail('ValueError', 'no item')


broken = defaultdict(failing)
for attempt in (lambda: broken['k'], lambda: bare['k'], lambda: lists[[]], lambda: [1, 2][ext(5)], lambda: {}['k']):
    try:
        print(attempt())
    except (ValueError, LookupError, TypeError) as error:
        print(type(error).__name__, error)
try:
    broken['k'] += 1
except ValueError as error:
    print(error, dict(broken))


class Own(defaultdict):
    def __missing__(self, key):
        return ext(('own', key))


class Derived(defaultdict):
    pass


own = Own(fresh)
print(own['k'], dict(own), own.default_factory is fresh)
derived = Derived(fresh)
derived['k'].append(2)
print(derived['k'], dict(derived))


class Sparse(dict):
    def __missing__(self, key):
        return ext(5)


class Row:
    def __init__(self):
        self.cells = {'a': 1}

    def __getitem__(self, key):
        return ext(self.cells[key])

    def __setitem__(self, key, value):
        self.cells[ext(key)] = value


class Shelf:
    def __init__(self):
        self.cells = [1, 2]

    def __getitem__(self, place):
        return ext(self.cells[place])

    def __setitem__(self, place, value):
        self.cells[place] = value


sparse = Sparse()
sparse['a'] += 1
sparse['a'] += 1
row = Row()
row['a'] += 2
row['a'] -= ext(1)
shelf = Shelf()
shelf[0] += 4
shelf[-1] *= 3
shelf.cells[0] += 1
print(sparse, row.cells, shelf.cells)
lists['end']
