# Contexts of decimal arithmetic, their signals and errors, through pauses.
from decimal import (
    Decimal,
    getcontext,
    setcontext,
    localcontext,
    Context,
    ROUND_UP,
    Inexact,
    InvalidOperation,
    DivisionByZero,
)

getcontext().prec = 6
print(Decimal(1) / 3, getcontext().prec)
ext(1)
print(Decimal(2) / 3)
with localcontext() as c:
    c.prec = 40
    ext(2)
    print(Decimal(2) / 3)
print(Decimal(2) / 3, getcontext().flags[Inexact])
c = Context(prec=3, rounding=ROUND_UP, traps=[DivisionByZero])
print(c.divide(Decimal(1), Decimal(7)), c.traps[DivisionByZero], c.flags[Inexact])
try:
    Decimal(1) / 0
except DivisionByZero as e:
    print(type(e), e, isinstance(e, ZeroDivisionError), type(e) is DivisionByZero)
    ext(3)
    print(repr(e))
try:
    Decimal('abc')
except InvalidOperation as e:
    print(e)
setcontext(c)
ext(4)
print(getcontext() is c, Decimal(22) / 7, Decimal('1.10').as_tuple(), Decimal('1.10').as_tuple().digits)


class D(Decimal):
    def double(self):
        return self * 2


d = D('1.5')
print(d.double(), type(d).__name__, type(d + 1) is Decimal, D.from_float(0.5), type(D.from_float(0.5)).__name__)
ext(5)
print(d, repr(d), d.double(), repr(c)[:20], c.copy().prec)
print(type(Decimal(1)) is Decimal, Decimal.from_float(0.1), Decimal(1).exp(), c.flags[Inexact])
