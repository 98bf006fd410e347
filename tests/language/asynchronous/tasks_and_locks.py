import asyncio

log = []


async def work(name, n):
    total = 0
    for i in range(n):
        await asyncio.sleep(0)
        total += ext(i)
    return name, total


async def worker(name, queue):
    while True:
        item = await queue.get()
        if item is None:
            return name
        log.append((name, ext(item)))
        await asyncio.sleep(0)


async def fail(text):
    await asyncio.sleep(0)
    ext_fail('ValueError', text)


async def main():
    results = await asyncio.gather(work('a', 3), work('b', 2), work('c', 0))
    print(results)
    queue = asyncio.Queue()
    tasks = [asyncio.create_task(worker(n, queue)) for n in 'xy']
    for i in range(4):
        await queue.put(i)
    for _ in tasks:
        await queue.put(None)
    print([await t for t in tasks])
    print(log)
    try:
        async with asyncio.TaskGroup() as tg:
            tg.create_task(work('q', 5))
            tg.create_task(fail('bad'))
    except* ValueError as e:
        print(repr(e), ext('in'))
    lock = asyncio.Lock()

    async def use(i):
        async with lock:
            print('in', i, ext(i))
            await asyncio.sleep(0)

    await asyncio.gather(*(use(i) for i in range(3)))
    return ext(5)


print(asyncio.run(main()))
