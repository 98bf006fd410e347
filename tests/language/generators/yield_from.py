def inner(n):
    total = 0
    for i in range(n):
        total += (yield ext(i)) or 0
    return total


def outer():
    a = yield from inner(2)
    b = yield from ext([10, 20])
    c = yield from (ext(x) for x in 'xy')
    return a, b, c


g = outer()
seen = [next(g), g.send(5)]
ext_none()
seen.append(g.send(7))
try:
    while True:
        seen.append(next(g))
        ext_none()
except StopIteration as e:
    print(e.value)


def tree(node):
    if type(node) is list:
        for child in node:
            yield from tree(child)
    else:
        yield ext(node)


print(seen)
list(tree([1, [2, [3, 4]], [[5]]]))
