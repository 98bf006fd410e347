import asyncio


async def work(name, n):
    total = 0
    for i in range(n):
        await asyncio.sleep(0)
        total += ext(i)
    return name, total


async def main():
    results = await asyncio.gather(work('a', 3), work('b', 2), work('c', 0))
    print(results)
    return [name for name, _ in results]


print(asyncio.run(main()))
