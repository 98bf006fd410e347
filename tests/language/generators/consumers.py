print(list(ext(x) for x in range(3)), tuple(ext(x) for x in range(3)))
print(sorted(set(ext(x % 2) for x in range(4))), sorted(frozenset(ext(x) for x in 'ba')))
print(dict((ext(k), k * 2) for k in 'ab'), sum(ext(x) for x in range(4)), sum((ext(x) for x in range(3)), ext(10)))
print(any(ext(x) for x in [0, 0, 3, 4]), all(ext(x) for x in [1, 0, 3]), any(ext(x) for x in []))
print(
    min(ext(x) for x in [3, 1, 2]),
    max((ext(x) for x in [3, 1, 2]), key=lambda v: -v),
    min((ext(x) for x in []), default='d'),
)
print(sorted((ext(x) for x in [3, 1, 2]), reverse=True), ','.join(ext_str(x) for x in range(3)))
print(list(zip((ext(x) for x in range(3)), (ext(y) for y in 'ab'))))
print(list(enumerate((ext(x) for x in 'ab'), 5)))
print(list(map(lambda x: x + 1, (ext(x) for x in range(2)))), list(filter(None, (ext(x) for x in [0, 1, 2]))))
print(b''.join(bytes([ext(x)]) for x in (65, 66)), bytes(ext(x) for x in (1, 2)), list(bytearray(ext(x) for x in (3,))))
first, *rest = (ext(x) for x in range(4))
print(first, rest, [*(ext(x) for x in 'xy')], 2 in (ext(x) for x in range(5)))
xs = [0]
xs.extend(ext(x) for x in 'ab')
xs += (ext(x) for x in 'cd')
xs[1:2] = (ext(x) for x in 'zz')
print(xs, ext_kw(*(ext(x) for x in range(2))))
d = {}
d.update((ext(k), 1) for k in 'ab')
s = {1}
s.update(ext(x) for x in range(3))
print(d, sorted(s), sorted(s.union(ext(x) for x in [7])), dict.fromkeys((ext(x) for x in 'pq'), 0))
