# Generators half consumed: of functions, of expressions, delegating, and one that pauses in its middle.
def numbers(n):
    got = None
    for i in range(n):
        got = yield (i, got)
    return 'end'


def outer():
    result = yield from numbers(3)
    try:
        yield ext(result)
    finally:
        print('closed', ext('late'))


plain = numbers(5)
next(plain)
plain.send('sent')
delegating = outer()
next(delegating)
lazy = (ext(x) * 2 for x in [1, 2, 3])
next(lazy)
pairs = zip('abc', iter([1, 2, 3]))
next(pairs)
print(ext(next(plain)), next(delegating))
found = list(lazy)
rest = [next(delegating), next(delegating)]
delegating.close()
[found, rest, list(pairs), list(plain)]
