import asyncio

active = 0
peak = 0


async def job(n, gate):
    global active, peak
    async with gate:
        active += 1
        peak = max(peak, active)
        await asyncio.sleep(0)
        active -= 1
        return ext(n)


async def main():
    gate = asyncio.Semaphore(2)
    return await asyncio.gather(*[job(n, gate) for n in range(5)])


print(asyncio.run(main()))
peak
