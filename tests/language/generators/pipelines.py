def source(n):
    for i in range(n):
        yield ext(i)


def squares(xs):
    for x in xs:
        yield x * ext(x)


def take(n, xs):
    for _, x in zip(range(n), xs):
        yield x


def chunks(xs, n):
    chunk = []
    for x in xs:
        chunk.append(x)
        if len(chunk) == n:
            yield chunk
            chunk = []
            ext_none()
    if chunk:
        yield chunk


line = chunks(take(5, squares(source(100))), 2)
print(next(line))
ext_none()
print(list(line), sum(squares(source(4))), max(take(3, source(9))), dict(zip('ab', source(5))))
a = source(5)
b = a
next(a)
ext_none()
print(a is b, next(b), [*a])
sorted(squares([3, -2, 1]), key=lambda v: ext(-v))
