from decimal import Decimal, ROUND_HALF_UP
import contextlib
import functools

d = Decimal('1.10') + Decimal(2)
ext(1)
print(
    d,
    repr(d),
    f'{d:.3f}',
    str(d),
    d.quantize(Decimal('0.1'), rounding=ROUND_HALF_UP),
    d / 3,
    d == Decimal('3.10'),
    isinstance(d, Decimal),
    sum([d, d]),
    round(d, 1),
    int(d),
    max(d, Decimal(9)),
    '%s' % d,
    d.sqrt(),
    [d],
    {d: 1}[Decimal('3.1')],
)
try:
    Decimal('x')
except ArithmeticError as e:
    print('bad')
try:
    Decimal(1) / 0
except ZeroDivisionError as e:
    print('zero')
with contextlib.suppress(ValueError, KeyError):
    ext(2)
    int('x')
with contextlib.nullcontext(5) as five:
    ext(3)
    print(five)


def out():
    with contextlib.suppress(KeyError):
        ext(4)
        {}['a']
    return 'done'


print(out())


def deco(fn):
    @functools.wraps(fn)
    def inner(*args):
        return fn(*args) + 1

    return inner


@deco
def one(x):
    return x


print(one(1), one.__name__)
names = ['b', 'a', 'c']
add = functools.partial(lambda a, b: a + b, 10)
ext(5)
print(list(map(add, [1, 2])), add(b=3), add.args)
