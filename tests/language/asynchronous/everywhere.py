import asyncio
import contextlib


class Pool:
    def __init__(self, size):
        self.gate = asyncio.Semaphore(size)
        self.results = {}

    async def fetch(self, key):
        async with self.gate:
            self.results[key] = await aext(key)
            return self.results[key]

    @property
    def count(self):
        return len(self.results)

    @staticmethod
    async def twice(x):
        return 2 * await aext(x)

    @classmethod
    async def make(cls, n):
        await asyncio.sleep(0.1)
        return cls(n)


def logged(fn):
    async def wrapper(*args, **kwargs):
        print('call', fn.__name__, args)
        return await fn(*args, **kwargs)

    return wrapper


@logged
async def add(a, b=2, *, c=3):
    return a + b + c


async def countdown(n):
    while n:
        n -= 1
        yield n
        await asyncio.sleep(0.01)


async def pipeline(source):
    async for x in source:
        if x % 2:
            yield await aext(x)


async def main():
    pool = await Pool.make(2)
    print(await asyncio.gather(*[pool.fetch(k) for k in 'abc']), pool.count, await Pool.twice(4))
    print(await add(1), await add(1, c=5))
    print([x async for x in pipeline(countdown(5))])
    f = lambda x: aext(x)
    print(sorted([await aext(i) for i in (3, 1, 2)], key=lambda v: -v))
    match await aext({'k': 1}):
        case {'k': v}:
            print('matched', v)
    x = 5 if await aext(True) else 6
    print(x, await aext(1) and await aext(0), await aext(2) < await aext(3) < await aext(4))
    print(f'{await aext("f")!r:>5}', {await aext('k'): await aext('v')}, (await aext([1, 2]))[0])
    while n := await aext(0):
        print('never')
    try:
        try:
            await aext_fail('ValueError', 'a')
        finally:
            print('fin', await aext('x'))
    except ValueError as e:
        print(repr(e), await aext('after'))
    with contextlib.suppress(KeyError):
        await aext_fail('KeyError', 'k')

    # What is called in a function that is not asynchronous is called at once.
    def sync_helper(x):
        return ext(x) + 1

    print(sync_helper(4))
    d = {k: v async for k, v in agen_pairs()}
    print(d)
    lock = asyncio.Lock()

    async def critical(n):
        async with lock:
            r = ext(n)
            await asyncio.sleep(0.01)
            return r

    r = await asyncio.gather(*(critical(i) for i in range(3)))
    print(r)
    t = asyncio.create_task(critical(9), name='nine')
    t.add_done_callback(lambda task: print('done', task.get_name(), task.result()))
    await t
    await asyncio.sleep(0)
    print(asyncio.iscoroutinefunction(critical), asyncio.iscoroutine(c := critical(1)), asyncio.isfuture(t))
    await c
    async with asyncio.timeout(1):
        await aext('quick')
    return await make_own()


async def agen_pairs():
    for k in 'xy':
        yield k, await aext(ord(k))


async def make_own():
    return await aext('own')


asyncio.run(main())
