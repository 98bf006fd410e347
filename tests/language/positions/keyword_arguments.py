def f(*a, **k):
    return a, k


print(f(a=ext(1), b=ext(2)), f(**ext({'c': 3}), d=ext(4)), f(ext(0), **{}, e=ext_none()))
print(ext_kw(), ext_kw(a=1), ext_kw(1, [2], {'k': (3,)}, z=None), ext_kw(ext_kw(ext_kw(1), k=2)))
print(ext_add(a=ext(1), b=2), ext_add(1, b=ext(2)), ext_add(b=ext('b'), a=ext('a')))
print(ext(x=ext(5)), ext_list(n=ext(2)), ext_kw(**{'x y': 1, 'class': ext(2)}))
print(
    dict(a=ext(1), **ext({'b': 2})),
    sorted([2, 1], key=lambda v: ext(v), reverse=ext_true()),
    int(ext('ff'), base=ext(16)),
)
print('a b c'.split(sep=ext(' '), maxsplit=ext(1)), 'x'.encode(encoding=ext('utf-8')), round(ext(1.25), ndigits=ext(1)))
k = ext({'k': 1})
print(f(**k), f(**k, j=ext(k)), k)
f(**dict(ext({'m': 1})), **{key: ext(key) for key in 'no'})
