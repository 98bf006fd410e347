from enum import Enum, IntEnum, auto


class Color(Enum):
    RED = 1
    GREEN = ext(2)
    BLUE = 3

    def next(self):
        return Color(ext(self.value) % 3 + 1)


class Level(IntEnum):
    LOW = auto()
    HIGH = auto()


c = Color.RED
ext_none()
print(c is Color.RED, c.next(), c.name, c.value, Color['BLUE'], Color(2), list(Color), [x.name for x in Color])
print(Level.LOW < Level.HIGH, Level.HIGH + ext(1), {Color.RED: 'r'}[c])
try:
    Color(ext(9))
except ValueError as e:
    print(e)
