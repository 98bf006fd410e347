# A coroutine that awaits a fresh coroutine delegates natively; one that is begun, spent or resumed does not.
import asyncio
import types


@types.coroutine
def hop(value):
    got = yield value
    return got


async def leaf(value):
    first = await hop(('leaf', value))
    ext(value)
    second = await hop(('again', first))
    return [value, first, second]


async def branch(depth):
    if depth == 0:
        return await leaf(ext(depth))
    try:
        inner = await branch(depth - 1)
    except KeyError as error:
        inner = ['caught', str(error), ext('caught')]
    finally:
        print('left', depth)
    return [depth, inner]


def drive(coroutine, answers):
    asked = []
    try:
        asked.append(coroutine.send(None))
        for answer in answers:
            if isinstance(answer, BaseException):
                asked.append(coroutine.throw(answer))
            else:
                asked.append(coroutine.send(answer))
    except StopIteration as stop:
        return asked, stop.value
    return asked, 'unfinished'


print(drive(branch(3), ['a', 'b']))
print(drive(branch(2), ['a', KeyError('k')]))
print(drive(branch(2), [KeyError('first')]))


async def spent():
    made = leaf(1)
    first = await made
    try:
        await made
    except RuntimeError as error:
        print(error)
    return first


print(drive(spent(), ['x', 'y']))


async def begun():
    made = leaf(2)
    print(made.send(None))
    try:
        return await made
    except RuntimeError as error:
        print(error)
        made.close()
        return 'closed'


print(drive(begun(), ['x', 'y', 'z']))


async def stubborn():
    try:
        await hop('wait')
    except GeneratorExit:
        ext('closing')
        await hop('no')


async def holder():
    await stubborn()


held = holder()
held.send(None)
try:
    held.close()
except RuntimeError as error:
    print(error)


async def stops():
    raise StopIteration('early')


async def around():
    await stops()


try:
    around().send(None)
except RuntimeError as error:
    print(error, repr(error.__cause__))


async def recursive(n):
    if n <= 1:
        await asyncio.sleep(0)
        return n
    left, right = await asyncio.gather(recursive(n - 1), recursive(n - 2))
    return left + right + await aext(0)


def delegating(n):
    if n:
        got = yield n
        rest = yield from delegating(n - 1)
        return [got, rest]
    return 'end'


def stepped(generator, values):
    out = [next(generator)]
    try:
        for value in values:
            out.append(generator.send(value))
            ext(value)
    except StopIteration as stop:
        out.append(stop.value)
    return out


print(stepped(delegating(3), 'abcd'))
asyncio.run(recursive(5))
