data = [('b', 2), ('a', 2), ('c', 1), ('d', 3)]
print(sorted(data, key=lambda p: ext(p[1])))
print(sorted(data, key=lambda p: (ext(-p[1]), p[0]), reverse=True))
copy = list(data)
copy.sort(key=lambda p: ext(p[0]), reverse=ext_true())
print(copy)
print(min(data, key=lambda p: ext(p[1])), max(data, key=lambda p: ext(p[1])), max(1, 5, 3, key=lambda v: ext(-v)))
print(
    sorted([3, 1, 2], key=ext), sorted('bca', key=lambda c: ext(ord(c))), sorted({'z': 1, 'y': 2}, key=lambda k: ext(k))
)


def key(x):
    for i in range(2):
        x = ext_add(x, i)
    return -x


print(sorted([3, 1, 2], key=key), min([], key=key, default=ext('none')))
xs = [2, 1]
try:
    xs.sort(key=lambda v: ext_fail('ValueError', str(v)))
except ValueError as e:
    print(e, xs)
nested = sorted([[3, 1], [2, 0]], key=lambda row: sorted(row, key=lambda v: ext(v)))
nested
