import asyncio


async def fail(text):
    await asyncio.sleep(0)
    ext_fail('ValueError', text)


async def ok(x):
    await asyncio.sleep(0)
    return ext(x)


async def main():
    print([r if type(r) is int else repr(r) for r in await asyncio.gather(ok(1), fail('a'), return_exceptions=True)])
    try:
        await asyncio.gather(ok(1), fail('b'))
    except ValueError as e:
        print('caught', e)
    try:
        await asyncio.wait_for(asyncio.sleep(10), 0)
    except TimeoutError as e:
        print(type(e).__name__)
    try:
        return await ok(5)
    finally:
        print('finally', await ok(6))


print(asyncio.run(main()))
