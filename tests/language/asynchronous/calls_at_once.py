import asyncio


async def one(x):
    r = await aext(x)
    print('one', x, r)
    return r


async def failing(text):
    await aext_fail('ValueError', text)


async def main():
    print(await asyncio.gather(one(1), one(2), aext(3)))
    calls = [aext(i) for i in range(3)]
    print(await asyncio.gather(*calls))
    print(
        [r if type(r) is int else repr(r) for r in await asyncio.gather(one(4), failing('x'), return_exceptions=True)]
    )
    tasks = [asyncio.create_task(one(i)) for i in range(5, 8)]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    print(len(done), len(pending))
    for t in pending:
        t.cancel()
    print(
        [
            type(r).__name__ if isinstance(r, BaseException) else r
            for r in await asyncio.gather(*tasks, return_exceptions=True)
        ]
    )
    try:
        await asyncio.wait_for(asyncio.sleep(5), 0.1)
    except TimeoutError:
        print('timeout')
    # The order in which CPython starts them is that of a set.
    for c in asyncio.as_completed([asyncio.sleep(2, 'late'), asyncio.sleep(1, 'early')]):
        print('c', await c)
    first = aext(10)
    second = aext(11)
    print(await second, await first)

    async def agen():
        for i in range(3):
            yield await aext(i)

    print([x async for x in agen()])
    total = 0
    total += ext(5)
    print(total, f'{ext(6)}', len(ext_list(2)))
    try:
        async with asyncio.TaskGroup() as tg:
            tg.create_task(one(20))
            tg.create_task(failing('tg'))
            tg.create_task(asyncio.sleep(100))
    except* ValueError as e:
        print(repr(e.exceptions))
    return await aext('end')


asyncio.run(main())
