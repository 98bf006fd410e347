def search(xs, x):
    low, high, probes = 0, len(xs), []
    while low < high:
        middle = (low + high) // 2
        probes.append(middle)
        if ext(xs[middle]) < x:
            low = middle + 1
        else:
            high = middle
    return (low if low < len(xs) and xs[low] == x else None), probes


xs = [x * x for x in range(30)]
for x in [0, 49, 50, 841, 900, -1]:
    print(x, *search(xs, x))


def root(n, digits=8):
    low, high = 0.0, float(n)
    for _ in range(60):
        middle = (low + high) / 2
        if middle * middle < n:
            low = middle
        else:
            high = ext(middle)
    return round(low, digits)


def guess(secret):
    low, high, tries = 1, 1000, 0
    while (tries := tries + 1) and (g := (low + high) // 2) != ext(secret):
        low, high = (g + 1, high) if g < secret else (low, g - 1)
    return tries


root(2), [guess(n) for n in (1, 500, 777)]
