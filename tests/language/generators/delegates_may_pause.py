# What `yield from` and `await` delegate to is an iterator of a script's class, or is closed, and stops in that.
class Steps:
    def __init__(self):
        self.n = 0

    def __iter__(self):
        return self

    def __next__(self):
        return self.send(None)

    def send(self, value):
        self.n += 1
        if ext(self.n) > 2:
            raise StopIteration(ext('returned'))
        return self.n, value

    def throw(self, error):
        print('throw', ext(str(error)))
        if str(error) == 'stop':
            raise StopIteration('stopped')
        return 'thrown'

    def close(self):
        print('close', ext('c'))


def over_steps():
    try:
        result = yield from Steps()
    except GeneratorExit:
        print('left')
        raise
    print('result', result)
    yield ext(9)


it = over_steps()
print(next(it), it.send(5), it.throw(ValueError('v')))
it.close()
it = over_steps()
print(next(it), it.throw(ValueError('stop')))
print(list(over_steps()))


class Bare:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        self.n -= 1
        if ext(self.n) < 0:
            raise StopIteration
        return self.n


def over_bare():
    print((yield from Bare(2)))
    yield 'more'


print(list(over_bare()))
it = over_bare()
print(next(it))
try:
    it.throw(KeyError('not taken'))
except KeyError as error:
    print(error)
it = over_bare()
next(it)
it.close()


def inner(swallows):
    try:
        yield 1
    except GeneratorExit:
        print('inner is left', ext(swallows))
        if not swallows:
            raise
    finally:
        print('inner ends', ext('i'))


def outer(swallows):
    try:
        yield from inner(swallows)
        print('never')
    finally:
        print('outer ends', ext('o'))


for swallows in (False, True):
    it = outer(swallows)
    next(it)
    it.close()
    print('closed', list(it))


def stubborn():
    try:
        yield 1
    except GeneratorExit:
        ext('s')
        yield 2


def around():
    yield from stubborn()


it = around()
next(it)
try:
    it.close()
except RuntimeError as error:
    print(error)


class Waits:
    def __await__(self):
        try:
            yield 1
        finally:
            print('wait ends', ext('w'))


async def inner_task():
    try:
        await Waits()
    finally:
        print('inner task ends', ext('i'))


async def outer_task():
    try:
        await inner_task()
    finally:
        print('outer task ends', ext('o'))


task = outer_task()
print(task.send(None))
task.close()
task = outer_task()
task.send(None)
try:
    task.throw(KeyError('k'))
except KeyError as error:
    print('thrown', error)
