trace = []


def t(x):
    trace.append(x)
    return ext(x)


def f(*args, **kwargs):
    return [list(args), sorted(kwargs.items())]


print(f(t(1), *t([2, 3]), t(4), k=t(5), **t({'m': 6}), z=t(7)))
print(ext_kw(t(1), *t([2]), *t((3,)), a=t(4), **t({'b': 5})))
print(f(t('x').upper(), t('y').join(t(['p', 'q'])), end=t('z')))
trace
