cells = {(1, 0), (1, 1), (1, 2)}


def neighbours(r, c):
    return [(r + i, c + j) for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j]


def step(cells):
    counts = {}
    for cell in sorted(cells):
        for other in neighbours(*ext(cell)):
            counts[other] = counts.get(other, 0) + 1
    return {cell for cell, n in counts.items() if n == 3 or (n == 2 and cell in cells)}


def show(cells):
    return '\n'.join(''.join('#' if (r, c) in cells else '.' for c in range(3)) for r in range(3))


for generation in range(3):
    print(show(cells))
    print('-' * 3, generation, ext(len(cells)))
    cells = step(cells)
sorted(cells)
