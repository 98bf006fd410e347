# An instance without `__iter__` is iterated by its items, each of which may be a call.
class Rows:
    def __init__(self, count, end=IndexError):
        self.count = count
        self.end = end

    def __getitem__(self, place):
        print('row', place)
        if place >= self.count:
            raise self.end(ext('end'))
        return ext_add(place, 10)


class Sized(Rows):
    def __getitem__(self, place):
        return ext(('row', place))

    def __len__(self):
        return self.count


def first(rows, wanted):
    for row in rows:
        if ext(row) >= wanted:
            return row
    else:
        return None


def handed(rows):
    got = yield from rows
    yield got


r = Rows(3)
print(list(r), tuple(r), [x for x in r], {x: ext(x) for x in r}, sorted({x for x in r}))
print(first(r, 11), first(r, 99), 11 in r, 50 in r, 12 not in r)
a, b, c = r
d, *e = r
print(a, b, c, d, e, [*r, *Rows(1)], max(*r), (lambda *args: args)(*r))
print(sum(r), max(r), min(r), sorted(r, reverse=True), any(x > 11 for x in r), all(r), list(map(str, r)))
print(list(zip(r, 'ab')), list(enumerate(r, 1)), list(filter(None, r)), ','.join(str(x) for x in r), list(handed(r)))
xs = [1, 2, 3]
xs[1:2] = Rows(2)
xs += Rows(1)
xs.extend(Rows(1))
print(xs, dict(zip(r, Rows(3))), set(Rows(2)), list(Rows(2, end=StopIteration)))
try:
    list(Rows(1, end=KeyError))
except KeyError as error:
    print('not the end:', error, ext(1))

# iter() gives an iterator of its own: it goes on from where it is, and once at its end stays there.
steps = iter(r)
print(next(steps), ext('between'), next(steps), list(steps), next(steps, 'over'))
r.count = 9
print(next(steps, 'still over'), iter(steps) is steps)


def numbers():
    place = 0
    while True:
        print('made', place)
        yield ext(place)
        place += 1


endless = iter(numbers())
print(next(endless), next(endless), next(iter(endless)))

# reversed() asks for the length and then from the end, of a class that has an end nowhere else.
s = Sized(3)
back = reversed(s)
print(next(back), list(back), list(reversed([1, 2])), list(reversed({'a': 1, 'b': 2})))
try:
    reversed(Rows(2))
except TypeError as error:
    print(ext(str(error)))


class Long(Sized):
    def __len__(self):
        return ext(self.count)


print([row for row in reversed(Long(2))], [row for row in map(str, reversed(Long(1)))])


class Both(Sized):
    def __iter__(self):
        yield ext('iterated')

    def __reversed__(self):
        return iter([ext('back')])


print(list(Both(2)), list(reversed(Both(2))), Both(2)[0], 'iterated' in Both(2))


class Table:
    def keys(self):
        print('keys', ext('keys'))
        return ['x', 'y']

    def __getitem__(self, key):
        return ext(key * 2)


class Doubling(dict):
    def __getitem__(self, key):
        return ext(super().__getitem__(key) * 2)


known = {'x': 0}
known.update(Table(), z=1)
print(dict(Table()), dict(Table(), more=1), known, {name: Table()[name] for name in Table().keys()})
print(dict(Doubling(a=1)), Doubling(a=1)['a'], list(Doubling(a=1)), list(reversed(Doubling(a=1, b=2))))
