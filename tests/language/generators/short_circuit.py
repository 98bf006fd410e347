trace = []


def t(x):
    trace.append(x)
    return ext(x)


g = (t(x) for x in range(10))
print(any(x > 2 for x in g), trace)
print(next(g))
print(all(x < 6 for x in g), trace)
print(4 in g, list(g), trace)
g = (t(x) for x in 'abc')
print('b' in g, list(g))
z = zip((t(x) for x in [1, 2, 3]), (t(x) for x in [10]))
print(list(z), trace[-3:])
a, b = (t(x) for x in 'pq')
print(a, b)
try:
    a, b = (t(x) for x in range(5))
except ValueError as e:
    print(type(e).__name__, trace[-3:])
