import asyncio


async def work(name, seconds):
    try:
        await asyncio.sleep(seconds)
        return await aext(name)
    finally:
        print('end', name)


async def fail(kind, seconds):
    await asyncio.sleep(seconds)
    await aext_fail(kind, 'failed')


async def main():
    async with asyncio.TaskGroup() as group:
        first = group.create_task(work('a', 2), name='first')
        second = group.create_task(work('b', 1))
    print(first.result(), second.result(), first.get_name())

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(work('c', 5))
            group.create_task(fail('ValueError', 1))
            await asyncio.sleep(10)
    except* ValueError as caught:
        print([repr(error) for error in caught.exceptions])

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(work('d', 1))
            raise KeyError('body')
    except* KeyError as caught:
        print(caught.message, ext(len(caught.exceptions)))

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fail('ValueError', 1))
            group.create_task(fail('TypeError', 1))
    except* ValueError as caught:
        print('values', caught.exceptions)
    except* TypeError as caught:
        print('types', caught.exceptions)

    async def nested():
        async with asyncio.TaskGroup() as outer:
            outer.create_task(work('e', 1))
            async with asyncio.TaskGroup() as inner:
                inner.create_task(fail('KeyError', 0.5))

    try:
        await nested()
    except BaseExceptionGroup as group:
        print(type(group).__name__, group.exceptions)
    task = asyncio.create_task(work('f', 9))
    await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print('cancelled')


asyncio.run(main())
