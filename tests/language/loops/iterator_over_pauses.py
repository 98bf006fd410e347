it = iter([1, 2, 3, 4, 5, 6])
for x in it:
    print(x, next(it), ext(x))
    if x == 3:
        break
print(list(it))
it = iter(range(10))
print(next(it), ext(next(it)))
ext_none()
print([ext(x) for x in it if x % 3 == 0], next(it, ext('end')))
it = zip('abc', range(10))
for a, b in it:
    ext_none()
    if b == 0:
        continue
    print(a, b)
e = enumerate('xyz')
print(next(e))
ext_none()
print(next(e), ext(1), list(e), list(e))
