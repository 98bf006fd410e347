class F:
    def __await__(self):
        r = yield 1
        return r * 2


async def g(x):
    y = await F()
    k = ext(x)
    return k + y


async def f():
    a = await g(10)
    b = [await g(i) for i in range(2)]
    return a, b, ext(7)


async def ag():
    for i in range(3):
        v = yield ext(i)
        await F()
        ext('in ag')


class CM:
    async def __aenter__(self):
        await F()
        return ext('cm')

    async def __aexit__(self, *a):
        await F()
        print('exit', a[0])
        return ext(True)


async def h():
    out = []
    async for x in ag():
        out.append(x)
    else:
        out.append('else')
    l = [x async for x in ag() if ext(x)]
    async with CM() as c, CM() as d:
        out.append(c)
        raise ValueError('x')
    z = (ext(y) async for y in ag())
    async for q in z:
        out.append(q)
    try:
        await g(ext(3))
        raise ValueError('y')
    except ValueError as e:
        await g(4)
        print(ext(str(e)))
    finally:
        print(await g(5))
    return out, l


def run(c):
    v = None
    try:
        while True:
            v = c.send(v)
            ext('step')
    except StopIteration as e:
        return e.value


print(run(f()))
print(run(h()))
c = f()
run(c)
try:
    c.send(None)
except RuntimeError as e:
    print(e)
