x = ext(1)
del x
try:
    print(x)
except NameError as e:
    print(e)
x = ext(2)
print(x)
a = b = c = 1
del a, (b, c)
for name in range(2):
    try:
        print(b if name else c)
    except NameError as e:
        print(e)
d = {'a': 1, 'b': 2, 'c': {'d': 3}}
del d[ext('a')], d[ext('c')][ext('d')]
print(d)
try:
    del d[ext('zz')]
except KeyError as e:
    print(repr(e))


def f():
    y = ext(1)
    del y
    try:
        y
    except UnboundLocalError as e:
        print(type(e).__name__)
    try:
        del y
    except UnboundLocalError as e:
        print(type(e).__name__)
    y = ext(5)
    return y


f()
