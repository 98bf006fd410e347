x: int = ext(1)
y: list[int] = [ext(2)]
print(x, y)


def f(a: int, b: 'anything' = ext(3), *c: int, d: str = 'd', **e: float) -> dict:
    z: int = ext(a)
    w: int
    t: 'str' = ext('t')
    try:
        print(w)
    except UnboundLocalError as err:
        print('unbound')
    return {'z': z, 't': t, 'b': b}


box = [0]
box[0]: int = ext(5)
print(box)
f(7)
