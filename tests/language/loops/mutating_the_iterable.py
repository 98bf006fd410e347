xs = [1, 2, 3]
for x in xs:
    ext_none()
    if len(xs) < 6:
        xs.append(x * 10)
print(xs)
xs = [1, 2, 3, 4]
for x in xs:
    if ext(x) % 2:
        xs.remove(x)
print(xs)
for x in reversed(xs):
    xs.append(ext(x))
print(xs)
d = {'a': 1}
try:
    for k in d:
        d[ext('b')] = 2
except RuntimeError as e:
    print(e)
try:
    for k, v in d.items():
        ext_none()
        del d['a']
except RuntimeError as e:
    print(e)
d = {'a': 1, 'b': 2}
for k in list(d):
    d[k + ext('!')] = d.pop(k)
d
