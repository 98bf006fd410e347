import asyncio


async def count(n):
    try:
        for i in range(n):
            got = yield await aext(i)
            if got is not None:
                print('got', got, ext(got))
    except KeyError as error:
        yield 'recovered', str(error)
    finally:
        print('closing', await aext('close'))


class Ticker:
    def __init__(self, n):
        self.n = n

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self.n <= 0:
            raise StopAsyncIteration
        self.n -= 1
        return await aext(self.n)


async def main():
    items = count(3)
    print(await items.__anext__(), await items.asend('hello'))
    print(await items.athrow(KeyError('thrown')))
    print([x async for x in items])
    closed = count(5)
    print(await anext(closed))
    await closed.aclose()
    print(await anext(closed, 'default'))
    try:
        await anext(closed)
    except StopAsyncIteration:
        print('stopped')
    print([x async for x in Ticker(3)], {x: await aext(x * 2) async for x in Ticker(2)})
    print({x async for x in count(2)}, [y for x in [1, 2] async for y in count(x)])
    lazy = (x * 10 async for x in count(3) if x)
    print([x async for x in lazy])
    async for x in count(4):
        if x == 1:
            continue
        if x == 2:
            break
        print('loop', x)
    else:
        print('no')
    print(await asyncio.gather(*[collect(count(2)) for _ in range(2)]))
    return [x async for x in aiter(Ticker(1))]


async def collect(items):
    return [x async for x in items]


asyncio.run(main())


async def left_open():
    try:
        yield 1
        yield 2
    finally:
        print('left open', await aext('shut'))


kept = []


async def leave():
    items = left_open()
    print(await anext(items))
    kept.append(items)
    async for x in left_open():
        print('break at', x)
        break
    await asyncio.sleep(0)
    print('left')


asyncio.run(leave())
len(kept)
