def run():
    x = 1

    def bump():
        nonlocal x
        x += ext(1)
        return x

    y = x + bump() * x
    z = [x, bump(), x]
    x += bump()
    w = x if bump() > x - 1 else -x
    return x, y, z, w, (x, (x := ext(50)), x)


print(run())


def g(a):
    a = a + (a := ext(a + 1)) + a
    return a


g(1)
