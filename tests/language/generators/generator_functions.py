def count(n):
    for i in range(n):
        got = yield ext(i)
        if got:
            print('got', ext(got))


g = count(4)
print(next(g), g.send('hello'))
ext_none()
print(next(g), list(g))


def fib():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, ext_add(a, b)


it = fib()
print([next(it) for _ in range(10)])
ext_none()
print(next(it), list(zip(range(3), it)))
it.close()
list(it)
