def f():
    try:
        print(later)
    except NameError as e:
        print(type(e).__name__, e)


f()
later = ext(1)
print(later)
del later
f()


def g():
    if ext_false():
        x = 1
    return x


try:
    g()
except UnboundLocalError as e:
    print(type(e).__name__)
for flag in (1, 0):
    if ext(flag):
        y = 'bound'
    else:
        del y
try:
    y
except NameError as e:
    print(e)
y
