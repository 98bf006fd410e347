t = ext((1, 'a', [2]))
t[2].append(ext(3))
print(t, len(t), t[ext(-1)], t[1:], t + (4,), t * 2, 'a' in t, t.index('a'), t.count(1))
u = (t, t)
ext_none()
print(u[0] is u[1], u[0][2] is t[2])
a, (b, *c), d = 1, (2, 3, 4), ext((5,))
print(
    a,
    b,
    c,
    d,
    (),
    (1,),
    tuple('ab'),
    tuple(ext([1])),
    (1, 2) < (1, 3),
    (1, 2) == (1, 2.0),
    hash((1, 2)) == hash((1, 2)),
)
print(
    {(1, (2, 3)): ext('deep')}[1, (2, 3)],
    sorted([(2, 'a'), (1, 'b'), (1, 'a')]),
    max((1, 2), (1, 3)),
    sum(((1,), (2,)), ()),
)
for x, y in ((1, 2), ext((3, 4))):
    print(x, y)
x = 1, ext(2), 3
y = (ext(1),)
print(x, y, *x, (*x, *y), x[::-1], tuple(sorted(x, reverse=True)))
t is ext(t), ((1, 2),) + ((3,),)
