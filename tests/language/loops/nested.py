out = []
for i in range(ext(3)):
    for j in ext_list(3):
        if j == ext(i):
            continue
        for k in 'ab':
            if ext(k) == 'b' and j == 2:
                break
            out.append((i, j, k))
        else:
            out.append((i, j, 'whole'))
    if i == 1:
        break
print(out)
grid = [[ext(r * c) for c in range(3)] for r in range(3)]
total = 0
for row in grid:
    for cell in row:
        total += ext(cell)
total
