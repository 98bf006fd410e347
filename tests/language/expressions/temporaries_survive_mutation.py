# The left operand was read before the pause: a change during the pause must not be seen by it.
n = 1


def bump(by):
    global n
    n = n + ext(by)
    return n


print(n + bump(1) + n)
print([n, bump(1), n, bump(ext(2)), n])
print((n, bump(1)), {n: bump(1)}, f'{n}-{bump(1)}-{n}')
print(n < bump(1) < n + 1)
xs = [0, 1, 2]


def swap():
    global xs
    xs = [10, 11, 12]
    return ext(1)


print(xs[swap()], xs[1])
xs = [0, 1, 2]
xs[swap()] = 'new'
print(xs)
xs = [0, 1]
xs[0] = swap()
print(xs)
s = 'old'


def change():
    global s
    s = 'new'
    return ext('!')


print(s.upper() + change() + s, s.join(ext(['a', 'b'])))
n += bump(100) + n
n
