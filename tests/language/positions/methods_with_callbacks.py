# Methods of built-in types that consume a lazy iterator, so that they pause in C code.
g = lambda *xs: (ext(x) for x in xs)
xs = [1]
xs.extend(g(2, 3))
print(xs, '-'.join(g('a', 'b')), b'-'.join(g(b'x', b'y')))
s = {1}
s.update(g(2))
s.update(g(3), g(4))
s.difference_update(g(1))
s.intersection_update(g(2, 3))
s.symmetric_difference_update(g(3, 5))
print(
    sorted(s),
    sorted(s.difference(g(5))),
    sorted(s.intersection(g(5))),
    s.issubset(g(2, 5)),
    s.issuperset(g(2)),
    s.isdisjoint(g(9)),
)
d = {}
d.update(g(('a', 1)))
print(d, dict.fromkeys(g('x', 'y')), dict(g(('k', 1)), z=2))
ba = bytearray()
ba.extend(g(65, 66))
print(ba, bytes(g(1, 2)))
xs[1:] = g(7, 8)
print(xs)
print(
    list(map(ext_add, g(1, 2), g(3, 4))), list(zip(g(1), g(2))), list(enumerate(g('e'))), max(g(1, 3, 2)), sum(g(1, 2))
)
print([*g(1), *g(2)], {*g(3)}, (*g(4),), ext_kw(*g(5), *g(6)))
print(tuple(g(1)) + tuple(g(2)), set(g(1)) | set(g(2)), list(reversed(list(g(1, 2)))))
