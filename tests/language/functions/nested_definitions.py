def build(n):
    if ext(n) > 1:

        def f(x):
            return ('big', ext(x), n)

    else:

        def f(x):
            return ('small', ext(x), n)

    for i in range(2):

        def f(x, f=f, i=i):
            return (i, f(x))

    return f


print(build(1)('x'), build(2)('y'))


def redefine():
    def g():
        return ext(1)

    a = g()

    def g():
        return ext(2)

    return a, g()


redefine()
