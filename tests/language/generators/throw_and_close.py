log = []


def g():
    try:
        while True:
            try:
                x = yield ext('ready')
                log.append(x)
            except ValueError as e:
                log.append(ext_str(e))
                yield 'handled'
    finally:
        log.append(ext('closed'))


a = g()
next(a)
print(a.throw(ValueError('v')))
ext_none()
print(a.send(1), a.send(2))
a.close()
print(log)
b = g()
next(b)
try:
    b.throw(KeyError('k'))
except KeyError as e:
    print(e, log[-1])


def bad():
    yield 1
    raise StopIteration(ext(2))


try:
    list(bad())
except RuntimeError as e:
    print(e)
