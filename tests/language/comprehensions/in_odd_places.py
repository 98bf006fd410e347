def f(a=[ext(x) for x in range(2)], *b, c={ext(k): k for k in 'xy'}):
    return a, b, c


print(f(), f(*[ext(x) for x in range(3)]))
if [x for x in ext_list(3) if x > 5]:
    print('never')
while len([x for x in ext_list(2)]) > 5:
    pass
assert all([ext(x) for x in (1, 2)]), [ext(x) for x in 'no']
for i in [ext(x) for x in [y for y in ext_list(2)]]:
    print(i)
box = [0, 0]
box[[ext(x) for x in range(2)][1]] = [ext(c) for c in 'ab'][-1]
print(box)
print(f'{[ext(x) for x in range(2)]!r:>10}', *[ext(x) for x in 'cd'], sep=''.join([ext('-')]))
try:
    raise ValueError([ext(x) for x in range(2)])
except ValueError as e:
    print(e.args)
print((lambda: [ext(x) for x in range(2)])(), [ext(x) for x in range(3)][ext(1)])
return_value = (lambda n: {n: [ext(x) for x in range(n)]})(2)
return_value
