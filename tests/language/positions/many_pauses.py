total = 0
values = []
for i in range(120):
    values.append(ext(i))
    total += ext_add(i, values[-1])
print(total, len(values))


def tree(n):
    return [ext(n)] if n == 0 else [tree(n - 1), tree(n - 1)]


tree(4)
