trace = []


def t(x):
    trace.append(x)
    return ext(x)


def f(a=t(1), b=t(2), *, c=t(3), d=t([])):
    d.append(a)
    return (a, b, c, d)


print(f(), f(10), f(c=5))
print(f(d=[]))


def remember(x, seen=[]):
    seen.append(ext(x))
    return seen


print(remember(1), remember(2), remember(3, []), remember(4))
n = 1


def late(v=n):
    return ext(v), n


n = 2
print(late())
trace
