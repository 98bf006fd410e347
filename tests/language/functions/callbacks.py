def each(items, action):
    for item in items:
        action(item)


seen = []
each([1, 2, 3], lambda x: seen.append(ext(x)))
each([4, 5], seen.append)
each([6], ext)
print(seen)


def fold(f, items, start):
    for item in items:
        start = f(start, item)
    return start


print(fold(ext_add, [1, 2, 3], 0), fold(lambda a, b: ext(a) * b, [1, 2, 3, 4], 1))


def pipeline(*steps):
    def run(x):
        for step in steps:
            x = step(x)
        return x

    return run


pipeline(ext, str, lambda s: ext(s) + '!', len, ext)(12345)
