print(list(map(lambda x: ext(x) + 1, [1, 2])), list(map(ext, 'ab')), list(map(ext_add, [1, 2], [10, 20, 30])))
print(
    list(map(lambda a, b: ext((b, a)), [1, 2], 'xy')),
    list(filter(lambda x: ext(x) % 2, range(6))),
    list(filter(ext, [0, 1, ''])),
)
m = map(lambda x: ext(x) * 2, range(6))
print(next(m), next(m))
ext_none()
print(next(m), list(m))
f = filter(lambda x: ext(x) > 1, range(5))
print(next(f))
ext_none()
print(list(f), next(f, 'end'))
print(list(map(lambda x: list(map(lambda y: ext(x + y), range(2))), range(2))))
for x in map(lambda v: ext(v), filter(lambda v: ext(v) != 1, range(3))):
    print(x, ext('body'))
print(
    sum(map(lambda x: ext(x), range(4))),
    ''.join(map(lambda c: ext(c.upper()), 'abc')),
    dict(map(lambda k: (ext(k), 1), 'ab')),
)
print(
    any(map(lambda x: ext(x) > 1, range(5))),
    all(map(lambda x: ext(x) < 1, range(5))),
    2 in map(lambda x: ext(x), range(5)),
)
print(list(zip(map(lambda x: ext(x), [1, 2]), map(lambda x: ext(-x), [3, 4]))))
g = map(lambda x: ext_fail('ValueError', 'm') if x == 1 else ext(x), range(3))
print(next(g))
try:
    next(g)
except ValueError as e:
    print(e)
a, *b = map(lambda x: ext(x), range(3))
a, b
