# Enumerations that stop in their bodies, and members with methods that stop.
from enum import CONTINUOUS, UNIQUE, Enum, Flag, IntEnum, auto, member, nonmember, verify


class Size(IntEnum):
    SMALL = auto()
    MEDIUM = ext(5)
    LARGE = auto()
    BIGGER = LARGE + ext(10)

    def scaled(self, factor):
        return ext_add(self.value, factor) * self

    @property
    def label(self):
        return ext_str(self.name)

    @classmethod
    def biggest(cls):
        return max(cls, key=lambda size: ext(size.value))


print([size.value for size in Size], Size.SMALL.scaled(2), Size.MEDIUM.label, Size.biggest())


class Shape(Enum):
    SQUARE = 'sq', 4
    TRIANGLE = 'tr', 3

    def __new__(cls, code, sides):
        made = object.__new__(cls)
        made._value_ = code
        made.sides = sides
        return made

    def __str__(self):
        return f'{self.name.title()} with {self.sides}'


print(Shape('sq'), Shape.TRIANGLE.sides, [str(shape) for shape in Shape])


class Access(Flag):
    NONE = 0
    READ = auto()
    WRITE = auto()
    ALL = READ | WRITE


state = {'access': Access.READ}
ext(1)
state['access'] |= Access.WRITE
print(state['access'] is Access.ALL, Access.NONE in Access.ALL, [flag.name for flag in Access.ALL], not Access.NONE)


class Mixed(Enum):
    PLAIN = 1
    LIMIT = nonmember(10)
    HIDDEN = member(len)

    @staticmethod
    def helper():
        return ext('helped')


print(list(Mixed), Mixed.LIMIT, Mixed.helper(), Mixed.PLAIN.helper())


@verify(UNIQUE, CONTINUOUS)
class Steady(Enum):
    ONE = 1
    TWO = 2


try:

    @verify(CONTINUOUS)
    class Broken(Enum):
        ONE = 1
        THREE = 3
except ValueError as error:
    print(error)


class Op(Enum):
    ADD = '+'
    SUB = '-'

    def __call__(self, a, b):
        return ext(a) + b if self is Op.ADD else ext(a) - b


print(Op.ADD(1, 2), Op('-')(5, 3), {op: op(1, 1) for op in Op})


def kind(value):
    match value:
        case Op.ADD | Op.SUB as op if ext_true():
            return ext(op.value)
        case Steady():
            return 'steady'
        case Size.SMALL:
            return 'small'
    return None


print([kind(value) for value in (Op.ADD, Steady.TWO, Size.SMALL, 1, 2)])
for wrong in (lambda: Shape('x'), lambda: Op[1], lambda: Size(99), lambda: setattr(Op.ADD, 'value', 3)):
    try:
        wrong()
    except (ValueError, KeyError, AttributeError) as error:
        print(type(error).__name__)
Size.LARGE.value
