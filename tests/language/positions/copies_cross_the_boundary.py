a = [1, [2]]
b = ext(a)
b[1].append(3)
b.append(4)
print(a, b, a is b, a[1] is b[1])
d = {'x': a}
e = ext(d)
e['x'].append(9)
print(d, e)
c = ext_kw(a, k=a)
c[0][0].append('changed')
print(a, c)
for value in [
    None,
    True,
    5,
    -2.5,
    10**30,
    'text é ☃ 😀',
    b'\x00\xff',
    (1, (2,)),
    [],
    {},
    {1: 'a', (1, 2): [3], None: 0, 2.5: True},
]:
    back = ext(value)
    print(back == value, type(back).__name__, repr(back))
print(sorted(ext({3, 1})), sorted(ext(frozenset([2]))), type(ext({1})).__name__, type(ext(frozenset())).__name__)
print(ext(float('inf')), ext(float('nan')), ext(-0.0), ext(1 + 2j))
a
