# What ends is asked no more, also where C uses it up in a script that makes no calls.
from collections import ChainMap, Counter, UserDict

trace = []


def told(x):
    trace.append(x)
    return x


pairs = zip((told(x) for x in [1, 2, 3]), (told(x) for x in [10]))
print(list(pairs), trace)


def until(limit, item):
    trace.append(item)
    if item == limit:
        raise StopIteration
    return item


trace.clear()
print(list(map(lambda item: until(3, item), range(6))), trace)
print(sum(map(lambda item: until(2, item), range(6))), sorted(filter(lambda item: until(2, item), range(6))), trace)


class Rows:
    def __init__(self, count):
        self.count = count

    def __getitem__(self, place):
        trace.append(place)
        if place >= self.count:
            raise IndexError(place)
        return place


trace.clear()
print(list(Rows(2)), tuple(map(str, Rows(1))), set(Rows(1)), trace)
counts = Counter('ab')
counts.update(UserDict(a=5))
counts.subtract(ChainMap({'b': 1}, {'c': 2}))
print(counts, Counter(UserDict(z=3)))


class Told:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        print('iter', self.n)
        return self

    def __next__(self):
        if self.n <= 0:
            raise StopIteration
        self.n -= 1
        return self.n


print(list(Told(2)), sum(Told(2)), max(Told(1)), dict(enumerate(Told(1))), list(zip(Told(1), 'a')), sorted(Told(2)), set(Told(1)))
found = []
found.extend(Told(1))
found += Told(1)
print(found, [*Told(1)], 5 in Told(1), list(map(str, Told(1))), dict.fromkeys(Told(1)), bytes(Told(1)), tuple(Told(2)))
