import asyncio


async def sleeper(name):
    try:
        await asyncio.sleep(100)
    except asyncio.CancelledError as error:
        print(name, 'cancelled', error.args)
        await aext(name)
        raise
    finally:
        print(name, 'finally', ext(name))


async def stubborn():
    try:
        await asyncio.sleep(100)
    except asyncio.CancelledError:
        return 'kept'


async def not_swallowed():
    try:
        await asyncio.sleep(100)
    except Exception as error:
        print('wrong', error)


async def main():
    task = asyncio.create_task(sleeper('a'))
    await asyncio.sleep(0)
    print(task.cancel('why'), task.cancelling(), task.done())
    try:
        await task
    except asyncio.CancelledError as error:
        print('main saw', error.args, task.cancelled())

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    task.cancel()
    print(await task, task.cancelled())

    task = asyncio.create_task(not_swallowed())
    await asyncio.sleep(0)
    task.cancel()
    print(await asyncio.gather(task, return_exceptions=True) and task.cancelled())

    never = asyncio.create_task(sleeper('never started'))
    never.cancel()
    print([type(r).__name__ for r in await asyncio.gather(never, return_exceptions=True)])

    call = aext('given up')
    print(call.cancel(), call.cancelled())

    inner = asyncio.create_task(asyncio.sleep(1, 'inner'))
    outer = asyncio.shield(inner)
    await asyncio.sleep(0)
    outer.cancel()
    print(await inner, outer.cancelled())

    children = [asyncio.create_task(sleeper(name)) for name in 'xy']
    both = asyncio.gather(*children)
    await asyncio.sleep(0)
    both.cancel()
    try:
        await both
    except asyncio.CancelledError:
        print('gather cancelled', [child.cancelled() for child in children])
    # At its end CPython cancels what is left in the order of a set, so only one is.
    await asyncio.gather(*children, return_exceptions=True)
    left = asyncio.create_task(sleeper('left behind'))
    await asyncio.sleep(0)
    return left.done()


asyncio.run(main())
