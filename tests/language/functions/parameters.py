def f(a, b, /, c, d=4, *args, e, g=ext(7), **kw):
    return [a, b, c, d, args, e, g, sorted(kw.items())]


print(f(1, 2, 3, e=5))
print(f(1, 2, c=ext(3), e=ext(5), z=9, a='kw'))
print(f(*ext([1, 2, 3, 4, 5, 6]), **ext({'e': 0, 'g': 1, 'h': 2})))


def only_kw(*, a, b=2):
    return ext((a, b))


def only_pos(a, b=2, /):
    return ext((a, b))


def star(*a):
    return ext(list(a))


def kws(**k):
    return ext(k)


print(only_kw(a=1), only_pos(1), star(), star(1, 2), kws(), kws(x=1, y=2))
star(*range(3), *ext('ab'))
