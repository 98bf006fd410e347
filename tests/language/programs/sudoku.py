PUZZLE = ['1..4', '..1.', '.1..', '4..1']
grid = [[0 if c == '.' else int(c) for c in row] for row in PUZZLE]
steps = 0


def fits(r, c, v):
    if v in grid[r] or any(row[c] == v for row in grid):
        return False
    br, bc = r // 2 * 2, c // 2 * 2
    return all(grid[i][j] != v for i in range(br, br + 2) for j in range(bc, bc + 2))


def solve():
    global steps
    steps += 1
    for r in range(4):
        for c in range(4):
            if not grid[r][c]:
                for v in range(1, 5):
                    if fits(r, c, ext(v)):
                        grid[r][c] = v
                        if solve():
                            return True
                        grid[r][c] = 0
                return False
    return True


print(solve(), steps)
for row in grid:
    print(*row)
grid
