x = 5
try:
    x += ext('a')
except TypeError as e:
    print(e, x)
t = ([1], 2)
try:
    t[0] += ext([9])
except TypeError as e:
    print(e, t)
d = {}
try:
    d['k'] += ext(1)
except KeyError as e:
    print(repr(e))


def f():
    try:
        q += ext(1)
    except UnboundLocalError as e:
        print(type(e).__name__)
    q = 1
    q += ext_fail('ValueError', 'no') if q > 1 else ext(3)
    return q


print(f())
try:
    x += ext_fail('KeyError', 'gone')
except KeyError as e:
    print(e.args, x)
x
