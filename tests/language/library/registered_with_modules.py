# A class that is registered with an abstract class of a module counts as one after a pause; `type` makes what it gives.
import functools
import numbers
import statistics
from decimal import Decimal
from fractions import Fraction


class Whole:
    denominator = 1

    def __init__(self, numerator):
        self.numerator = numerator


class Shown:
    def show(self):
        return ext(1)


class Keys:
    make = functools.cmp_to_key

    def compared(self):
        return self.make(lambda a, b: ext(a - b))


numbers.Rational.register(Whole)
numbers.Real.register(Whole)
print(isinstance(Whole(1), numbers.Rational), issubclass(Whole, numbers.Complex), Fraction(Whole(3)))
Shown().show()
print(isinstance(Whole(1), numbers.Rational), issubclass(Whole, numbers.Complex), Fraction(Whole(3)))
print(ext(2), isinstance(Whole(1), numbers.Real), isinstance(1, numbers.Rational), issubclass(Shown, numbers.Number))
print(statistics.mean([Decimal('1.5'), Decimal('2.5')]), [kind('2') for kind in map(type, [Decimal(1), 1.0, 1])])
print(Keys().compared()(1) < Keys().compared()(2))
