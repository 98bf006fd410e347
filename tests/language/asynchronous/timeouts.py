import asyncio


async def slow(seconds, result):
    await asyncio.sleep(seconds)
    return result


async def main():
    print(await asyncio.wait_for(slow(1, 'in time'), 2))
    try:
        await asyncio.wait_for(slow(2, 'late'), 1)
    except asyncio.TimeoutError as error:
        print(type(error).__name__, type(error.__cause__).__name__)
    try:
        async with asyncio.timeout(1) as bound:
            await slow(5, None)
    except TimeoutError:
        print('timeout', bound.expired())
    async with asyncio.timeout(None) as bound:
        print(await slow(1, 'unbounded'), bound.when())
    async with asyncio.timeout(10) as bound:
        await slow(1, None)
    print(bound.expired())
    try:
        async with asyncio.timeout(5):
            async with asyncio.timeout(1):
                await slow(3, None)
    except TimeoutError:
        print('inner')
    done, pending = await asyncio.wait([asyncio.create_task(slow(n, n)) for n in (1, 2, 9)], timeout=3)
    print(sorted(task.result() for task in done), len(pending))
    for task in pending:
        task.cancel()
    loop = asyncio.get_running_loop()
    order = []
    loop.call_later(0.3, order.append, 'c')
    loop.call_later(0.1, order.append, 'a')
    handle = loop.call_later(0.2, order.append, 'b')
    loop.call_soon(order.append, 'first')
    handle.cancel()
    await asyncio.sleep(0.5)
    print(order, handle.cancelled())
    print(await asyncio.gather(slow(3, 'z'), slow(1, 'x'), slow(2, ext('y'))))
    try:
        await asyncio.wait_for(slow(1, 1), 0)
    except TimeoutError:
        print('at once')
    return 'end'


asyncio.run(main())
