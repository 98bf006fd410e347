def f(x):
    return ext(x)


def g(a, b, *, c, d=1):
    return ext(a)


def h(a, /, b):
    return 0


def no():
    pass


calls = [
    lambda: f(),
    lambda: f(1, 2),
    lambda: f(y=1),
    lambda: f(1, x=ext(2)),
    lambda: g(),
    lambda: g(1),
    lambda: g(1, 2),
    lambda: g(1, 2, 3, c=4),
    lambda: h(a=1, b=2),
    lambda: no(ext(1)),
    lambda: no(k=1),
    lambda: (lambda a, b: 0)(1),
    lambda: ext(5)(),
    lambda: ext([1])(1),
    lambda: ext_none()(),
]
for call in calls:
    try:
        print(call())
    except TypeError as e:
        print(str(e).replace('<lambda>.<locals>.', ''))
