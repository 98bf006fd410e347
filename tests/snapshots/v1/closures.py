# Cells that several functions share, functions as values, default values, and lambdas.
def counter(start):
    value = start

    def step(by=1, *, log=[]):
        nonlocal value
        value += ext(by)
        log.append(value)
        return value

    def peek():
        return value, ext('peek')

    return step, peek


step, peek = counter(10)
other, _ = counter(100)
step()
table = {'step': step, 'double': lambda x, k=2: ext(x) * k}
print(table['double'](step(5)), other(log=[]))
names = sorted(['b', 'a', 'c'], key=lambda name: ext(name))
[peek(), other(2), names, step is table['step']]
