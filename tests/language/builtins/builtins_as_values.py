fs = [len, sum, max, sorted, str, list, repr, tuple, set, any]
ext_none()
print([f([1, 2]) for f in fs])
table = {'int': int, 'float': float, 'upper': str.upper}
ext_none()
print(table['int']('5'), table['float']('2'), table['upper']('a'))
f = len
g = print
ext_none()
g(f('abc'), f is len, g is print)


def use(convert=int, show=repr):
    return show(convert(ext('7')))


print(use(), use(str), use(float, str))
m = 'abc'.upper
xs = []
add = xs.append
d = {'k': 1}
get = d.get
ext_none()
add(ext(1))
add(2)
d['j'] = 2
print(m(), xs, get('j'), get('z', ext('none')))
pick = max if ext_true() else min
print(pick(1, 2), (len if ext_false() else str)(5), list(map(get, 'kj')), sorted('bA', key=str.lower))
kinds = (int, str)
ext_none()
(
    isinstance(1, kinds),
    kinds[0] is int,
    kinds[0]('3'),
    ValueError is ValueError,
    [E('m').args for E in (KeyError, OSError)],
)
