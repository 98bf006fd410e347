import math
import math as m, json as j
from math import floor, ceil as up
from json import dumps

ext_none()
print(math is m, floor(1.5), up(1.5), dumps([1]), j.loads('1'))


def f():
    import math
    from math import sqrt

    ext_none()
    return math.floor(2.5), sqrt(ext(4))


print(f())


def g():
    global trunc
    from math import trunc


g()
ext_none()
print(trunc(2.9))
try:
    import math as broken

    ext_fail('ImportError', 'no')
except ImportError as e:
    print(e, broken is math)
for i in range(2):
    import math as again

    print(again.gcd(4, ext(6)))
try:
    from math import no_such_name
except ImportError as e:
    print(type(e).__name__)
del math
m.pi
