# Slots, inheritance, and make_dataclass, with pauses between.
from dataclasses import asdict, dataclass, field, fields, make_dataclass, replace


@dataclass(slots=True)
class Point:
    x: int
    y: int = 0
    label: str = field(default='p', init=False)

    def moved(self, by):
        return replace(self, x=ext_add(self.x, by))


@dataclass(slots=True, frozen=True, order=True)
class Fixed:
    a: int
    b: list = field(default_factory=list, compare=False)


point = Point(ext(1))
print(point, point.moved(2), Point.__slots__, hasattr(point, '__dict__'), asdict(point))
try:
    point.z = 1
except AttributeError as error:
    print(type(error).__name__)
fixed = Fixed(1)
ext(1)
fixed.b.append(3)
print(fixed, fixed == Fixed(1), fixed < Fixed(2), hash(fixed) == hash(Fixed(1)))
try:
    fixed.a = 2
except AttributeError as error:
    print(type(error).__name__)


@dataclass
class Base:
    name: str

    def hello(self):
        return f'base {ext(self.name)}'


@dataclass
class Derived(Base):
    size: int = 3

    def hello(self):
        return f'{super().hello()} derived {self.size}'


derived = Derived('d')
print(derived.hello(), derived, isinstance(derived, Base), [each.name for each in fields(Derived)])
Made = make_dataclass(
    'Made', ['free', ('count', int), ('items', list, field(default_factory=list))], bases=(Base,), frozen=False
)
made = Made('n', 1, 2)
ext(2)
made.items.append(made.count)
print(made, made.hello(), Made('n', 1, 2) == Made('n', 1, 2))
point.moved(5).x
