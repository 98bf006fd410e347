trace = []


def t(x):
    trace.append(x)
    return ext(x)


print([t(('e', i, j)) for i in t([1, 2]) if t(i) for j in t(['a', 'b']) if t(j) == 'a'])
print(trace)
trace.clear()
print([t(x) for x in t([3, 1])] + [t(y) for y in t([9])])
print({t(a): t(b) for a, b in t([(1, 2)]) if t(a) < t(b)})
trace
