# Every kind of enumeration, and members that are themselves after a pause.
from enum import Enum, IntEnum, StrEnum, Flag, IntFlag, auto, unique


class Color(Enum):
    RED = ext(1)
    GREEN = 'g'
    BLUE = 3
    CRIMSON = 1

    def describe(self):
        return self.name.lower()

    @property
    def hot(self):
        return self is Color.RED

    @classmethod
    def default(cls):
        return cls.BLUE


print(Color.RED, repr(Color.RED), Color.RED.name, Color.RED.value, Color(1), Color['GREEN'], Color.CRIMSON is Color.RED)
print(list(Color), ext(len(Color)), Color.RED in Color, Color.RED.describe(), Color.RED.hot, Color.default())
print(
    Color,
    isinstance(Color.RED, Color),
    {Color.RED: 1}[Color.RED],
    Color.RED == 1,
    Color.RED != Color.GREEN,
    f'{Color.RED}',
    f'{Color.RED!r:>20}',
)
try:
    Color(9)
except ValueError as e:
    print(e)
try:
    Color['X']
except KeyError as e:
    print(e)
try:
    Color.RED = 5
except AttributeError as e:
    print(e)


class N(IntEnum):
    A = 1
    B = 2


print(
    N.A, repr(N.A), N.A + 1, N.A < N.B, sorted([N.B, N.A]), N(2), f'{N.A}', N.A == 1, {1: 'x'}[N.A], [10, 20, 30][N.B]
)


class S(StrEnum):
    X = auto()
    Y = 'why'


print(S.X, repr(S.X), S.X == 'x', S('why'), S.Y.upper(), f'{S.X}', ','.join(S))


class P(Flag):
    R = auto()
    W = auto()
    X = auto()
    RW = R | W


print(
    P.R | P.X,
    repr(P.R | P.X),
    P.RW,
    P.R in P.RW,
    list(P.RW),
    list(P),
    bool(P.R & P.W),
    ~P.R,
    P(0),
    P(7),
    P.RW.value,
    len(P.RW),
)


class I(IntFlag):
    A = 1
    B = 2


print(I.A | I.B, repr(I.A | 8), I.A | 4, I(3), ext_str(7), I.A & I.B)
try:
    P(99)
except ValueError as e:
    print(e)


class Planet(Enum):
    EARTH = (5.97, 6.37)
    MARS = (0.64, 3.39)

    def __init__(self, mass, radius):
        self.mass = mass
        self.radius = radius

    @property
    def density(self):
        return round(self.mass / self.radius**3, 4)


print(Planet.EARTH.mass, Planet.MARS.density, Planet((0.64, 3.39)))
Animal = Enum('Animal', 'CAT DOG')
print(list(Animal), Animal.CAT.value, Enum('Z', {'a': 3}).a, Enum('Y', [('q', 2)]).q)


@unique
class U(Enum):
    A = 1


try:

    @unique
    class V(Enum):
        A = 1
        B = 1
except ValueError as e:
    print(e)
match Color.GREEN:
    case Color.RED:
        print('r')
    case Color.GREEN:
        print('g')


class M(str, Enum):
    A = 'a'
    B = 'b'


print(M.A, repr(M.A), M.A == 'a', M('b'), M.A.upper(), f'{M.A}', 'x' + M.A)


class W(Enum):
    A = 1

    @classmethod
    def _missing_(cls, value):
        return cls.A if value == 'first' else None


print(W('first'))
try:
    W(3)
except ValueError as e:
    print(e)


class G(Enum):
    def _generate_next_value_(name, start, count, last_values):
        return name.title()

    ONE = auto()
    TWO = auto()


print(G.ONE.value, G.TWO.value)
try:

    class Bad(Enum):
        A = 1
        A = 2
except TypeError as e:
    print(e)
try:

    class Ext(Color):
        pass
except TypeError as e:
    print(e)
print(type(Color.RED), type(Color.RED) is Color, Color.RED.__class__)
held = Color.__members__
for n, m in held.items():
    print(ext(n), m, m is Color[n])
print(hash(Color.RED) == hash(Color.RED), Color.RED.__class__.__name__, sorted(Color, key=lambda c: c.name))
pairs = {Color.RED: [N.A], Color.GREEN: P.R | P.W}
kept = {Color.RED, Color.BLUE, P.RW}
ext(0)
print(
    pairs[Color.RED][0] is N.A,
    pairs[Color.GREEN] is P.RW,
    Color.RED in kept,
    P(3) in kept,
    Planet.EARTH.density,
    N(2) is N.B,
)
print(type(pairs[Color.RED][0]).__name__, P.R | P.X is P.X | P.R, Animal(1), Animal['DOG'])
Color.RED.value
