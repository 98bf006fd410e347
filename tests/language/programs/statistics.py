data = [ext(x) for x in (2, 4, 4, 4, 5, 5, 7, 9)]


def mean(xs):
    return sum(ext(x) for x in xs) / len(xs)


def median(xs):
    xs, n = sorted(xs), len(xs)
    return xs[n // 2] if n % 2 else (xs[n // 2 - 1] + ext(xs[n // 2])) / 2


def deviation(xs):
    m = mean(xs)
    return (sum((ext(x) - m) ** 2 for x in xs) / len(xs)) ** 0.5


def histogram(xs, bins):
    low, high = min(xs), max(xs)
    width = (high - low) / ext(bins)
    counts = [0] * bins
    for x in xs:
        counts[min(int((x - low) / width), bins - 1)] += 1
    return counts


def moving(xs, n):
    return [round(mean(xs[i : i + n]), 2) for i in range(len(xs) - n + 1)]


print(mean(data), median(data), median(data[:-1]), deviation(data), histogram(data, 3), moving(data, 3))
mode = max(sorted(set(data)), key=lambda v: data.count(ext(v)))
try:
    mean([])
except ZeroDivisionError as e:
    print(e)
mode, [f'{x:.0%}' for x in [d / sum(data) for d in data]][:3]
