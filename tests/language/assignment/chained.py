a = b = c = ext([1])
print(a is b is c)
a.append(2)
print(c)
x = [0, 0, 0]
i = 0
i = x[i] = ext(2)
print(i, x)
d = {}
d['p'] = d['q'] = e = ext('v')
print(d, e)
p, q = r = ext((1, 2))
print(p, q, r)
p = (q := ext(3)) + 1
print(p, q)
first, *rest = whole = ext([1, 2, 3])
first, rest, whole
