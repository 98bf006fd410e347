def even(n):
    return True if n == 0 else odd(ext(n) - 1)


def odd(n):
    return False if n == 0 else even(n - 1)


print(even(10), even(7), odd(5))


def walk(node, depth=0):
    if type(node) is list:
        return visit(node, depth)
    return [(depth, ext(node))]


def visit(items, depth):
    out = []
    for item in items:
        out += walk(item, depth + 1)
    return out


print(walk([1, [2, [3, 4]], [[5]], 6]))


def outer(n):
    def ping(k):
        return ['ping', ext(k)] + (pong(k - 1) if k else [])

    def pong(k):
        return ['pong'] + (ping(k - 1) if k else [])

    return ping(n)


outer(4)
