a = (x * x for x in range(10))
b = (x for x in a if x % 2)
print(next(a), next(b))
ext_none()
print(next(b), next(a))
ext_none()
print(list(b), list(a))


def f(n):
    g = ((i, ext(j)) for i in range(n) for j in range(i))
    first = next(g)
    ext_none()
    second = next(g)
    return first, second, ext(list(g))


print(f(4))
gs = [(ext(x + k) for x in range(3)) for k in (10, 20)]
print([next(g) for g in gs])
ext_none()
print([next(g) for g in gs], [list(g) for g in gs])
