import asyncio


async def producer(queue, items):
    for item in items:
        await queue.put(await aext(item))
        print('put', item, queue.qsize())


async def consumer(name, queue, taken):
    while True:
        item = await queue.get()
        taken.append((name, item))
        await asyncio.sleep(0)
        queue.task_done()


async def main():
    queue = asyncio.Queue(maxsize=2)
    taken = []
    workers = [asyncio.create_task(consumer(name, queue, taken)) for name in 'xy']
    await producer(queue, range(6))
    await queue.join()
    for worker in workers:
        worker.cancel()
    await asyncio.gather(*workers, return_exceptions=True)
    print(taken, queue.empty())

    stack = asyncio.LifoQueue()
    heap = asyncio.PriorityQueue()
    for n in (3, 1, 2):
        stack.put_nowait(n)
        heap.put_nowait((n, ext(n)))
    print([stack.get_nowait() for _ in range(3)], [await heap.get() for _ in range(3)])
    try:
        stack.get_nowait()
    except asyncio.QueueEmpty:
        print('empty')
    full = asyncio.Queue(1)
    full.put_nowait(1)
    try:
        full.put_nowait(2)
    except asyncio.QueueFull:
        print('full', full.full(), full.maxsize)
    return len(taken)


asyncio.run(main())
