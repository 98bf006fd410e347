def f():
    fs = [lambda x: ext((x, i, j)) for i in range(2) for j in ext_list(2)]
    return [g(k) for k, g in enumerate(fs)]


print(f())
n = 3
fs = {k: (lambda m=k: ext(m * n)) for k in ext_list(3)}
n = 5
print([fs[k]() for k in fs])


def g(base):
    def add(x):
        return ext(x) + base

    base += 1
    return [add(x) for x in ext_list(3)], [(lambda: ext(x + base))() for x in range(2)]


print(g(10))
print([(lambda y: [ext(z + y) for z in range(y)])(x) for x in range(3)])
[sorted([3, 1, 2], key=lambda v: ext(v) * s) for s in (1, -1)]
