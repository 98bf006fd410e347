def count(n):
    try:
        for i in range(n):
            got = yield i
            if got:
                print('got', got)
    finally:
        print('fin', n)
    return 'ret'


def ask(n):
    for i in range(n):
        x = ext(i)
        try:
            y = yield x * 2
        except ValueError as e:
            print('caught', e, ext('c'))
            y = 'v'
        if y:
            print('sent', y)
    return ext('end')


def both():
    a = yield from count(2)
    b = yield from ask(2)
    return (a, b)


g = count(3)
print(next(g))
ext(1)
print(g.send('hi'))
ext(2)
g.close()
print(list(both()), [x for x in ask(2)])
h = ask(3)
print(next(h))
ext('mid')
print(h.send('S'))
print(h.throw(ValueError('boo')))
try:
    next(h)
except StopIteration as s:
    print('stop', s.value)


def fibs():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b


f = fibs()
print([next(f) for _ in range(5)])
ext(0)
print([next(f) for _ in range(5)])
for x in ask(3):
    if x:
        break


def tree(t):
    if t:
        yield from tree(t[0])
        yield ext(t[1])
        yield from tree(t[2])


print(list(tree(((None, 1, None), 2, (None, 3, None)))), sum(tree((None, 5, None))))


def clo(n):
    k = n

    def inc():
        nonlocal k
        k += 1
        return k

    while k < n + 3:
        yield inc(), ext(k)


z = clo(1)
print(next(z))
ext('p')
print(list(z))
