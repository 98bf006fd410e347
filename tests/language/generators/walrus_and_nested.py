print(sum((last := ext(x)) for x in range(4)), last)
print(max(sum(ext(x) for x in row) for row in [[1, 2], [3, 4], []]))
print([list(ext(x) for x in range(n)) for n in range(3)])
print(' '.join(''.join(ext(c) for c in w) for w in ['ab', 'cd']))
print(any(all(ext(x) < n for x in range(3)) for n in range(5)))
print(next((ext(x) for x in range(10) if ext(x) > 4), None), next((x for x in [] if ext(x)), 'none'))
print(dict((k, tuple(ext(v) for v in vs)) for k, vs in {'a': [1, 2]}.items()))


def flat(x):
    return [x] if type(x) is not list else [z for y in x for z in flat(ext(y))]


flat([1, [2, [3, [4]]], []])
