box = [0, 0]
for box[ext(0)] in range(3):
    ext_none()
print(box)
for box[0], *box[1] in ext([(1, 2, 3), (4,)]):
    print(box)
d = {}
for d['k'] in 'ab':
    d[d['k']] = ext(1)
print(d)
for i in range(3):
    i = ext(i * 10)
    print(i)
print(i)
for i in range(3):
    for i in ext('xy'):
        pass
    print(i)
for (a, b), c in [((1, 2), 3)]:
    print(ext(a), b, c)
try:
    for a, b in ext([(1, 2), (3,)]):
        print(a, b)
except ValueError as e:
    print(e)
for _ in ():
    never = 1
try:
    never
except NameError as e:
    print(e)
