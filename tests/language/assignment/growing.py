class Path:
    def __init__(self, parts):
        self.parts = parts

    def __add__(self, other):
        return Path([*self.parts, other])

    def __iadd__(self, other):
        self.parts.append(f'in place {other}')
        return self


class Loud(str):
    def __add__(self, other):
        return Loud(str(self) + other + '!')


def added(value, *others):
    first = value
    for other in others:
        value = value + other
    return value, first


def grown(value, *others):
    first = value
    for other in others:
        value += other
    return value, first


both = grown(Path(['a']), 'b', 'c')
print(both[0].parts, both[0] is both[1])
both = added(Path(['a']), 'b', 'c')
print(both[0].parts, both[1].parts)
print(added(Loud('a'), 'b', 'c'), type(grown(Loud('a'), 'b')[0]).__name__)
print(added([1], [2], [3]), grown([1], [2], [3]), grown([1], (2,), 'ab', range(2)))
print(added('a', 'b', 'ß', '€'), grown('a', 'b', 'ß', '€'), added((1,), (2, 3)), grown((1,), (2, 3)))
print(added(1, 2.5, 1j), grown(1, 2.5, 1j), added(b'a', b'b'), grown(bytearray(b'a'), b'b', b'c'))
for pair in ((1, 'a'), ('a', 1), ([1], (2,)), ((1,), [2]), ('a', None), (None, 'a'), ('a', b'b')):
    try:
        print(added(*pair))
    except TypeError as error:
        print(error)
    try:
        print(grown(*pair))
    except TypeError as error:
        print(error)


def long(count):
    text, kept = '', []
    for i in range(count):
        text += f'{i:04d}'
        if i % 500 == 0:
            kept.append(text)
    again = ''
    for part in kept:
        again = again + part
    wide = text[:5000]
    wide += '€'
    wide = wide + wide
    return len(text), [len(part) for part in kept], len(again), len(wide), text[-4:], text.startswith('00000001')


print(long(3000))


def multiplied(z, n):
    w = 1j
    for i in range(n):
        w = w * w + 0.5
        z = z * w
    return w, z


print(multiplied(2, 3), multiplied([1], 0), [0] * 5, (1, 'a') * 2, 'ab' * 3, 3 * [None], [[]] * 2, -1 * 'ab', f'{1}' * 3)


class Range:
    def __init__(self, low, high):
        self.low, self.high = low, high

    def union(self, *others):
        return Range(min(self.low, *[other.low for other in others]), max(self.high, *[other.high for other in others]))


print([(Range(i, i + 1).union(Range(9, 12)).low, Range(i, 2).union(Range(0, 7), Range(1, 20)).high) for i in range(3)])
print(list(zip('ab', (1, 2))), dict(zip('ab', (1, 2))), dict(zip(range(100), range(100)))[99], list(map(str, range(70)))[-1], list(zip()))
sources = iter('abc'), iter('x')
print(list(zip(*sources)), list(sources[0]))
