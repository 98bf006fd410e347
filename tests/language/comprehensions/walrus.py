print([(y, ext(x)) for x in range(4) if (y := ext(x * x)) % 2], y)


def f(data):
    seen = 0
    out = [seen := seen + ext(x) for x in data]
    return out, seen


print(f([1, 2, 3]))
print({(k := ext(c)): k * 2 for c in 'ab'}, k)
print([[(last := (i, ext(j))) for j in range(2)] for i in range(2)], last)


def g():
    def show():
        return got

    found = any((got := ext(x)) > 1 for x in range(5))
    return found, show(), got


g()
