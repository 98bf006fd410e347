def find(xs, x):
    for i, v in enumerate(xs):
        if ext(v) == x:
            print('found', i)
            break
    else:
        print('missing', ext(x))
        return None
    return i


print(find([1, 2, 3], 2), find([1, 2], 9), find([], 1))
for n in range(2, 12):
    for d in range(2, n):
        if ext(n) % d == 0:
            print(n, '=', d, '*', n // d)
            break
    else:
        print(n, 'is prime')
for x in ext_list(3):
    continue
else:
    print('else after continue', ext(x))
for x in ext([]):
    pass
else:
    print('else of empty', x)
x
