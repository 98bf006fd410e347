def averager():
    total, n, average = 0, 0, None
    while True:
        x = yield average
        if x is None:
            return total, n
        total += ext(x)
        n += 1
        average = total / n


a = averager()
next(a)
print([a.send(x) for x in (10, 20, 60)])
ext_none()
try:
    a.send(None)
except StopIteration as e:
    print(e.value)


def lights():
    state = 'red'
    while True:
        command = yield state
        if command == 'stop':
            break
        state = {'red': 'green', 'green': ext('amber'), 'amber': 'red'}[state]


def with_finally(n):
    try:
        for i in range(n):
            yield i
    finally:
        print('done', ext(n))


g = with_finally(3)
for i in g:
    if ext(i) == 2:
        break
g.close()
s = lights()
[next(s), s.send('go'), s.send('go'), s.send('go')]
