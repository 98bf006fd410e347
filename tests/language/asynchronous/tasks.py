import asyncio

log = []


async def worker(name, queue):
    while True:
        item = await queue.get()
        if item is None:
            return name
        log.append((name, ext(item)))
        await asyncio.sleep(0)


async def main():
    queue = asyncio.Queue()
    tasks = [asyncio.create_task(worker(n, queue)) for n in 'xy']
    for i in range(4):
        await queue.put(i)
    for _ in tasks:
        await queue.put(None)
    return [await t for t in tasks]


print(asyncio.run(main()))
sorted(item for _, item in log)
