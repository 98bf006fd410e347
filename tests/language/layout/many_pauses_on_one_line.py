a = ext(1)
b = ext(2)
print(a, b)
c = [ext(a), ext(b)]
if ext_true():
    x = ext(3)
    y = ext(x) + 1
    print(x, y)
for i in ext_list(3):
    print(i, ext(i))
    z = ext(i) or ext(9)
while (a := ext(a) - 1) > -2:
    print(a, ext(a))
    b += ext(1)
f = lambda p: ext(p)
g = lambda q: f(ext(q)) + ext(1)
print(f(1), g(2), f(g(ext(3))))


def h(m):
    n = ext(m)
    return n + ext(n)


try:
    print(h(1))
    ext_fail('ValueError', 'v')
    print('never')
except ValueError as e:
    print(e, ext(1))
    c += [ext('h')]
finally:
    print(ext('f'))
    c.append(ext('g'))
x, y, z = ext(x), ext(y), ext(z)
c
x + y
