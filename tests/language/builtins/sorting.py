data = [('b', 3), ('a', 3), ('c', 1), ('d', 1), ('e', 2)]
print(sorted(data, key=lambda p: p[1]), sorted(data, key=lambda p: ext(p[1]), reverse=True))
print(
    sorted(ext([3, 1, 2])),
    sorted('hello'),
    sorted({'b': 1, 'a': 2}),
    sorted([True, False, 2]),
    sorted([(1, 'b'), (1, 'a')]),
    sorted([[2], [1, 9]]),
)
xs = list(range(20))
xs.sort(key=lambda x: (x * 7) % 10)
print(xs)
print(
    sorted(['bb', 'A', 'a', 'B'], key=str.lower),
    sorted(['bb', 'A', 'ccc'], key=len, reverse=True),
    sorted([-3, 2, -1], key=abs),
)
print(
    min(data, key=lambda p: ext(p[1])),
    max(data, key=lambda p: ext(p[1])),
    min('b', 'a'),
    max([1, 2.0, 2]),
    min([[1, 2], [1]]),
)
try:
    sorted([1, ext('a'), None])
except TypeError as e:
    print(type(e).__name__)


def bubble(xs):
    xs = xs[:]
    for i in range(len(xs)):
        for j in range(len(xs) - 1 - i):
            if ext(xs[j]) > xs[j + 1]:
                xs[j], xs[j + 1] = xs[j + 1], xs[j]
    return xs


def quick(xs):
    if len(xs) < 2:
        return xs
    pivot, *rest = xs
    return quick([x for x in rest if ext(x) < pivot]) + [pivot] + quick([x for x in rest if x >= pivot])


bubble([5, 2, 4, 1]), quick([3, 6, 1, 8, 2, 9, 2])
