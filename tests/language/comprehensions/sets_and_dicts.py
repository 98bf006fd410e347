print(sorted({ext(x % 3) for x in range(7)}))
print({ext(k): ext(v) for k, v in zip('abc', range(3))})
print({k: v for k, v in ext({'a': 1, 'b': 2}).items() if ext(v) > 1})
print({ext(x): [ext(y) for y in range(x)] for x in range(3)})
print({k: {j: ext(k + j) for j in 'xy'} for k in 'ab'})
print(sorted({(x, ext(y)) for x in range(2) for y in range(2) if ext(x) != y}))
trace = []


def t(x):
    trace.append(x)
    return ext(x)


d = {t(f'k{i}'): t(i) for i in range(2)}
print(d, trace)
try:
    {ext([1]) for _ in range(1)}
except TypeError as e:
    print(e)
try:
    {ext({}): 1 for _ in range(1)}
except TypeError as e:
    print(e)
