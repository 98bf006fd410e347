it = iter(ext([1, 2]))
print(next(it), next(it), next(it, ext('default')), iter(it) is it)
try:
    next(it)
except StopIteration as e:
    print('stop', e.args)
print(list(zip()), list(zip('ab')), list(zip('abc', range(2), [ext(1)] * 3)), list(zip('ab', ext([1, 2]), strict=True)))
try:
    list(zip('a', ext([1, 2]), strict=True))
except ValueError as e:
    print(e)
print(
    list(enumerate('ab', start=ext(1))),
    list(reversed('abc')),
    list(reversed(range(3))),
    list(reversed({'a': 1, 'b': 2})),
    list(map(max, [1, 5], [3, 2])),
)
print(
    dict(enumerate('ab')),
    list(zip(*[[1, 2], [3, 4]])),
    list(zip(*ext([[1, 2], [3, 4]]))),
    [*map(str.upper, ['a'])],
    list(filter(str.isdigit, 'a1b2')),
)
a, b = zip(*[(1, 'a'), (2, 'b')])
print(a, b, list(map(lambda *x: x, [1], [2], [3])), sum(map(len, ['a', 'bb'])), any(map(str.isupper, 'aB')))
try:
    iter(ext(5))
except TypeError as e:
    print(e)
try:
    next(ext([1]))
except TypeError as e:
    print(e)


def chunks(xs, n):
    it = iter(xs)
    out = []
    while chunk := [x for _, x in zip(range(n), it)]:
        out.append(ext(chunk))
    return out


chunks(range(7), 3)
