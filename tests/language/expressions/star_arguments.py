def f(a, b=2, *args, c, d=4, **kw):
    return (a, b, args, c, d, sorted(kw.items()))


print(f(*ext([1]), c=ext(3)))
print(f(*ext([1, 2, 3]), *ext((4,)), c=3, **ext({'d': 5}), **{'e': ext(6)}))
print(f(ext(0), *[ext(i) for i in range(3)], **{k: ext(v) for k, v in [('c', 1), ('z', 2)]}))
print(ext_kw(*range(3), *'ab', **dict(x=ext(1))))
try:
    f(1, c=1, **{'c': ext(2)})
except TypeError as e:
    print(type(e).__name__)
try:
    f(*ext(5), c=1)
except TypeError as e:
    print(type(e).__name__)
try:
    f(**ext([1]), c=1)
except TypeError as e:
    print(type(e).__name__)
print(*ext([1, 2]), *'xy', sep=ext('-'), end=ext('!\n'))
