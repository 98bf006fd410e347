def a():
    ext_none()


def b():
    return


def c(x):
    if x:
        return ext('early')
    ext_none()
    return 'late'


def d():
    for i in range(5):
        for j in range(5):
            if i * j == ext(6):
                return i, j


def e():
    while True:
        if ext_true():
            return [ext(1), ext(2)]


print(a(), b(), c(1), c(0), d(), e())


def f():
    return ext(1), *ext([2, 3])


f()
