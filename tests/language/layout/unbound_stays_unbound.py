def f(path):
    if path == 'one':
        a = ext(1)
    elif path == 'two':
        b = ext(2)
    else:
        for c in ext_list(0):
            pass
    ext_none()
    seen = []
    for probe in (lambda: a, lambda: b, lambda: c):
        try:
            seen.append(probe())
        except NameError as e:
            seen.append(type(e).__name__)
        ext_none()
    return seen


print([f(p) for p in ('one', 'two', 'three')])


def g(flag):
    try:
        if ext(flag):
            value = ext('bound')
        ext_fail('KeyError', 'k')
    except KeyError:
        ext_none()
        try:
            return value
        except UnboundLocalError:
            return 'unbound'


print(g(1), g(0))


def h():
    for i in range(3):
        if i == 1:
            late = ext(i)
        try:
            late
            print(i, 'bound', late)
            del late
        except NameError:
            print(i, 'unbound', ext(i))


h()
