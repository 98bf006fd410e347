def f():
    def g():
        return x

    ext_none()
    try:
        g()
    except NameError as e:
        print(type(e).__name__, e)
    x = ext(1)
    print(g())
    del x
    try:
        g()
    except NameError as e:
        print(type(e).__name__, e)
    x = 2
    return g


print(f()())


def h(flag):
    if ext(flag):
        y = 1
    try:
        return y
    except UnboundLocalError as e:
        return type(e).__name__


print(h(1), h(0))
