import asyncio


async def main():
    event = asyncio.Event()
    order = []

    async def waiter(name):
        order.append(('waits', name))
        await event.wait()
        order.append(('goes', name, await aext(name)))

    tasks = [asyncio.create_task(waiter(name)) for name in 'ab']
    await asyncio.sleep(0)
    event.set()
    await asyncio.gather(*tasks)
    print(order, event.is_set())

    condition = asyncio.Condition()
    stock = []

    async def consumer(name):
        async with condition:
            await condition.wait_for(lambda: stock)
            print(name, 'takes', stock.pop(0), ext(len(stock)))

    async def producer():
        for item in range(2):
            async with condition:
                stock.append(await aext(item))
                condition.notify()

    await asyncio.gather(consumer('c1'), consumer('c2'), producer())

    gate = asyncio.BoundedSemaphore(2)
    active = []

    async def limited(n):
        async with gate:
            active.append(n)
            await aext(n)
            print(sorted(active))
            active.remove(n)

    await asyncio.gather(*(limited(n) for n in range(4)))
    try:
        gate.release()
    except ValueError as error:
        print(error)

    barrier = asyncio.Barrier(3)

    async def meet(name):
        place = await barrier.wait()
        return name, place

    print(sorted(await asyncio.gather(meet('p'), meet('q'), meet('r'))), barrier.n_waiting)

    lock = asyncio.Lock()
    async with lock:
        print(lock.locked(), repr(lock)[-9:-1])
    try:
        lock.release()
    except RuntimeError as error:
        print(error)


asyncio.run(main())
