r = range(ext(2), 20, ext(3))
ext_none()
print(
    r,
    len(r),
    list(r),
    r[1],
    r[-1],
    r[1:3],
    5 in r,
    6 in r,
    r.index(8),
    r.count(5),
    r == range(2, 20, 3),
    r.start,
    r.stop,
    r.step,
)
print(
    range(5)[::-1],
    list(range(5, 0, -2)),
    range(0) == range(2, 1),
    bool(range(0)),
    range(10**20)[10**19],
    sum(range(ext(101))),
)
it = iter(r)
print(next(it), next(it))
ext_none()
print(next(it), list(it), next(it, None))
rev = reversed(r)
print(next(rev))
ext_none()
print(list(rev), max(r), min(r), sorted(r, reverse=True)[:2], tuple(r), [*r][:2])
s = slice(None, ext(5), 2)
print(s, list(range(10))[s], 'abcdefgh'[s], s == slice(None, 5, 2), s.stop)
big = range(10**15, 10**15 + 3)
for x in big:
    print(ext(x))
hash(range(3)) == hash(range(0, 3)), repr(range(1, 2))
