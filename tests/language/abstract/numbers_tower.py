# The numeric tower: what a class gets of `numbers`, and which numbers belong to it.
import numbers
from numbers import Number, Integral, Real, Rational, Complex

print(
    isinstance(3, Number),
    isinstance(3, Integral),
    isinstance(2.5, Real),
    isinstance(2.5, Integral),
    isinstance(1j, Complex),
    isinstance('a', Number),
    issubclass(bool, Integral),
    issubclass(int, Rational),
    isinstance(True, numbers.Real),
)


class Z(Integral):
    pass


try:
    Z()
except TypeError as e:
    print(type(e).__name__)


class C(Complex):
    def __init__(self, v):
        self.v = complex(v)

    def __complex__(self):
        return self.v

    @property
    def real(self):
        return self.v.real

    @property
    def imag(self):
        return self.v.imag

    def __add__(self, o):
        return C(ext(self.v.real) + complex(o))

    def __radd__(self, o):
        return self + o

    def __neg__(self):
        return C(-ext(self.v.real))

    def __pos__(self):
        return self

    def __mul__(self, o):
        return C(self.v * complex(o))

    def __rmul__(self, o):
        return self * o

    def __truediv__(self, o):
        return C(self.v / complex(o))

    def __rtruediv__(self, o):
        return C(complex(o) / self.v)

    def __pow__(self, o):
        return C(self.v ** complex(o))

    def __rpow__(self, o):
        return C(complex(o) ** self.v)

    def __abs__(self):
        return abs(self.v)

    def conjugate(self):
        return C(self.v.conjugate())

    def __eq__(self, o):
        return self.v == complex(o)


c = C(3)
print(bool(c), (c - 1).v, (1 - c).v, isinstance(c, Number), c == 3, hasattr(c, '__hash__'))
c.real
