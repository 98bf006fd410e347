add = lambda a, b=ext(10), *c, d=ext(20), **e: (ext(a), b, c, d, sorted(e.items()))
print(add(1))
print(add(1, 2, 3, 4, d=5, z=6))
fs = [lambda: ext(i) for i in range(3)]
print([f() for f in fs])
fs = [lambda i=i: ext(i) for i in range(3)]
print([f() for f in fs])
compose = lambda f, g: lambda x: f(g(x))
inc = lambda x: ext(x) + 1
dbl = lambda x: ext_add(x, x)
print(compose(inc, dbl)(5), compose(dbl, inc)(5))
print((lambda: (lambda: ext('deep'))())())
fact = lambda n: 1 if ext(n) == 0 else n * fact(n - 1)
fact(6)
