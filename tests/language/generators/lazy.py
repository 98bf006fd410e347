trace = []


def t(x):
    trace.append(x)
    return ext(x)


g = (t(x) for x in range(5))
print(trace)
print(next(g), trace)
ext_none()
print(next(g), trace)
for x in g:
    print('loop', x)
    if x == 3:
        break
print(trace)
print(list(g), next(g, ext('end')))
try:
    next(g)
except StopIteration as e:
    print('stop', e.args)
trace
