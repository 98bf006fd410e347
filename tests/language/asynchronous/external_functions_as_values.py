import asyncio


async def retry(function, *args):
    for attempt in range(2):
        try:
            return await function(*args)
        except ValueError as error:
            print('failed', attempt, error)
    return None


async def own(x):
    return x * 10


async def main():
    print(await retry(aext, 1), await retry(own, 2))
    print(await retry(aext_fail, 'ValueError', 'no'))
    print(await asyncio.gather(*map(aext, range(3))))
    calls = list(map(aext, 'ab'))
    print(await asyncio.gather(*calls))
    table = {'f': aext_add}
    chosen = table['f']
    print(await chosen(1, 2))
    print(list(map(ext, [1, 2])))


asyncio.run(main())
