# One pause point reached through recursion: each frame stands at its own place of the same code.
def walk(n, path):
    for i in range(n):
        path.append(i)
        try:
            x = ext(tuple(path)) if i % 2 == 0 else walk(n - 1, path)
        finally:
            path.pop()
        if i == 1 and x:
            y = walk(n - 2, path) if n > 1 else ext(n)
            print(n, i, x, y)
    return n


print(walk(4, []))


def ack(m, n):
    if m == 0:
        return ext(n) + 1
    return ack(m - 1, 1 if n == 0 else ack(m, n - 1))


ack(2, 2)
