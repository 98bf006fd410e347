a = [1]
b = a
c = [a, b, [1]]
ext_none()
print(a is b, c[0] is a, c[1] is c[0], c[2] is a, c[2] == a)
a.append(ext(2))
print(b, c)


def f(x, y):
    ext_none()
    x.append('f')
    ext_none()
    return x is y, x is a


print(f(a, b), f(a, [1]), a, c)


def outer():
    local = [0]
    other = {'l': local}

    def inner():
        ext_none()
        local.append(ext(1))
        return local

    r = inner()
    ext_none()
    return r is local, other['l'] is r, r


outer()
