# Functions are rebound, and data replaced, while frames that use them are waiting.
def a(n):
    global b, data
    first = b(ext(n))
    b = other
    data = data + [ext(n)]
    second = b(n)
    return first, second, data


def b(n):
    return 'b', ext(n), len(data)


def other(n):
    global a
    a = lambda n: ('new a', ext(n))
    return 'other', ext(n), len(data)


data = [0]
old = a
print(a(1))
print(a(2), b(3), old(4))
x = 1


def reader():
    before = x
    writer()
    after = x
    return before, after, ext(x)


def writer():
    global x
    ext_none()
    x += ext(1)


reader(), reader(), x
