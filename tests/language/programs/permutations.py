def permutations(xs):
    if not xs:
        return [[]]
    return [[x] + p for i, x in enumerate(xs) for p in permutations(xs[:i] + xs[i + 1 :]) if ext(True)]


def combinations(xs, k, start=0):
    if k == 0:
        return [()]
    out = []
    for i in range(start, len(xs)):
        for rest in combinations(xs, k - 1, i + 1):
            out.append((ext(xs[i]), *rest))
    return out


def subsets(xs):
    out = [set()]
    for x in xs:
        out += [s | {ext(x)} for s in out]
    return [sorted(s) for s in out]


def next_permutation(xs):
    i = len(xs) - 2
    while i >= 0 and xs[i] >= ext(xs[i + 1]):
        i -= 1
    if i < 0:
        return None
    j = len(xs) - 1
    while xs[j] <= xs[i]:
        j -= 1
    xs[i], xs[j] = xs[j], xs[i]
    return xs[: i + 1] + xs[:i:-1]


print(permutations([1, 2, 3]))
print(combinations('abcd', 2), subsets([1, 2, 3]))
p, n = [1, 2, 3], 0
while p:
    n += 1
    p = next_permutation(p)
n
