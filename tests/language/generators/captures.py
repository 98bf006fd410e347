n = 1
g = (x * n for x in range(3))
print(next(g))
n = ext(100)
print(next(g), list(g))


def f():
    k = 2
    data = [1, 2, 3]
    g = (ext(x) * k for x in data)
    print(next(g))
    k = 50
    data.append(4)
    ext_none()
    data = ['other']
    return list(g)


print(f())
it = iter([1, 2, 3, 4])
pairs = ((a, next(it)) for a in it)
print(next(pairs))
ext_none()
print(list(pairs), list(it))
# The outermost iterable is evaluated at once, the rest lazily.
try:
    g = (x for x in ext_fail('ValueError', 'early'))
except ValueError as e:
    print(e)
g = (x for y in [1] for x in ext_fail('KeyError', 'late'))
print('made')
try:
    next(g)
except KeyError as e:
    print(e)
print(list(g))
