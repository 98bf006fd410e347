import asyncio

seen = []


async def visit(x):
    await asyncio.sleep(0)
    seen.append(x)
    return await aext(x)


first = await aext(1)
pair = await asyncio.gather(visit(2), visit(3))
squares = [await aext(i * i) for i in range(3)]


async def numbers(n):
    for i in range(n):
        yield await aext(i)


async for number in numbers(2):
    print('number', number)
else:
    print('else')


class Gate:
    async def __aenter__(self):
        print('in', await aext('enter'))
        return self

    async def __aexit__(self, kind, error, traceback):
        print('out', kind.__name__ if kind else None, await aext('exit'))
        return kind is ValueError


async with Gate() as gate:
    print(type(gate).__name__, ext(5))
async with Gate(), Gate():
    raise ValueError('swallowed')
task = asyncio.create_task(visit(9))
try:
    await aext_fail('KeyError', 'missing')
except KeyError as error:
    print('caught', error)
print(task.done(), await task, task.done())
first, pair, squares, seen
