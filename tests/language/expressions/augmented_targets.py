trace = []


def t(x):
    trace.append(x)
    return ext(x)


rows = {'a': [1, 2], 'b': [3]}


def pick(name):
    trace.append(name)
    ext_none()
    return rows[name]


pick('a')[t(0)] += t(10)
pick('b')[t(0)] *= t(4)
pick('a')[t(0) : t(1)] += t([77])
print(rows)
n = 5
n += ext(1)
n -= ext(2) * ext(2)
n *= ext_add(n, n)
n **= ext(2)
n //= ext(3)
n %= ext(7)
print(n)
n <<= ext(3)
n |= ext(1)
n ^= ext(5)
n &= ext(12)
n >>= ext(1)
print(n)
s = 'a'
s += ext('b') + s
print(s)
same = lst = [1]
lst += ext([2])
lst *= ext(2)
print(same, same is lst)
trace
