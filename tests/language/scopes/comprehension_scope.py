x = 'outer'
print([x for x in ext_list(3)], x)
print({x: ext(x) for x in range(2)}, x)


def f():
    y = 10
    z = [ext(y + i) for i in range(2)]
    w = [(y, i) for y in ext_list(2) for i in range(y + 1)]
    g = [lambda: (y, i) for i in range(2)]
    y = 20
    return z, w, [h() for h in g], y


print(f())
print([[ext(x) for x in row] for row in [[1, 2], [3]]], x)
print([x for x in [ext(x) for x in 'ab']], x)
i = 99
print([i for i in range(3) for i in range(i)], i)
x
