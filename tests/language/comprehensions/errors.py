try:
    [ext(1) // x for x in [1, 0, 2]]
except ZeroDivisionError as e:
    print('zero')
try:
    [x for x in ext_fail('KeyError', 'iter')]
except KeyError as e:
    print(e.args)
try:
    [x for x in range(3) if ext_fail('ValueError', f'cond {x}')]
except ValueError as e:
    print(e)
try:
    {ext(x): ext_fail('IndexError', str(x)) for x in range(2)}
except IndexError as e:
    print(e)
seen = []
try:
    [seen.append(x) or (ext_fail('OSError', 'stop') if x == 2 else ext(x)) for x in range(5)]
except OSError as e:
    print(e, seen)


def f():
    return [[ext(x) for x in row] for row in [[1], 5]]


try:
    f()
except TypeError as e:
    print(e)
x = 'kept'
try:
    [x for x in ext_list(3) if x / 0]
except ZeroDivisionError:
    print(x)
