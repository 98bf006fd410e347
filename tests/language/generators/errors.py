g = (ext(10) // x for x in [5, 0, 2])
print(next(g))
try:
    next(g)
except ZeroDivisionError:
    print('zero')
print(list(g))
g = (ext_fail('KeyError', f'k{x}') if x == 1 else ext(x) for x in range(3))
out = []
try:
    for v in g:
        out.append(v)
except KeyError as e:
    print(e, out, next(g, 'closed'))
try:
    list(x for x in range(3) if ext_fail('ValueError', 'in list'))
except ValueError as e:
    print(e)
try:
    list(next(iter([])) for _ in range(2))
except RuntimeError as e:
    print(e, type(e.__cause__).__name__)
try:
    list(ext_fail('StopIteration', 'x') for _ in range(2))
except RuntimeError as e:
    print(e)
try:
    sum(ext(x) for x in 'ab')
except TypeError as e:
    print(e)
try:
    iter(x for x in ext(5))
except TypeError as e:
    print(e)
