def rows():
    return [[ext(i + j) for j in range(2)] for i in ext_list(2)]


for row in rows():
    for cell in [ext(c) for c in row]:
        for _ in range(ext(cell)):
            print(cell, end=' ')
print()
for i, x in enumerate(sorted(ext([3, 1]), key=lambda v: ext(v)), start=ext(1)):
    print(i, x)
for a, b in zip(ext_list(2), [ext(x) for x in 'pq']):
    print(a, b)
for k, v in sorted(ext({'b': 1, 'a': 2}).items(), key=lambda kv: ext(kv[1])):
    print(k, v)
for x in ext_list(3) if ext_true() else ext('never'):
    print(x)
for x in (ext(1), *ext([2, 3])):
    print(x)
for x in ext(False) or ext('z'):
    print(x)
while (n := ext(len(rows()))) > 2 or ext_false():
    print('never')
n
