print([ext(x) for x in range(4)])
print([x for x in ext_list(5) if ext(x) % 2])
print([ext(x) + y for x in range(2) for y in ext_list(x + 2)])
print([(x, y) for x in ext_list(3) if ext(x) for y in 'ab' if ext(y) == 'b'])
print([[ext(x * y) for x in range(3)] for y in ext_list(2)])
print([x for x in [y for y in ext_list(3)] if x not in [ext(1)]])
print([ext(x) if x % 2 else -x for x in range(4)])
print([(a, b, c) for a, (b, *c) in ext([(1, (2, 3, 4))])])
print([f'{ext(x)}:{x!r}' for x in ['a', 1]])
print([x for x in range(3) if ext(x) if x > 0])
print([[[ext(z)] for z in range(y)] for y in range(3)])
rows = [[1, 2], [3, 4]]
[[ext(row[i]) for row in rows] for i in range(2)]
