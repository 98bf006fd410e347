if ext_true():
    print('if')
while not ext_true():
    print('never')
for _ in ext_list(1):
    print('for')
assert ext_true(), 'never'
ext('statement alone')
x = ext(1)
x += ext(1)
d = {ext('a'): [ext(1)]}
del d[ext('a')][ext(0)]
d[ext('b')] = ext(2)
try:
    raise ValueError(ext('raised'))
except ValueError as e:
    print(e)


def f(a=ext('default')):
    return ext(a)


print(f(), x, d)
[ext(1)], (ext(2)), {ext(3): ext(4)}
pass
(lambda: ext('called'))()
ext(-1) if ext_false() else ext('last')
