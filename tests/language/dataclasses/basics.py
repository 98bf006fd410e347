# Generated methods: construction, equality, order, text, hash, frozen instances, keyword-only fields.
from dataclasses import (
    FrozenInstanceError,
    KW_ONLY,
    InitVar,
    asdict,
    astuple,
    dataclass,
    field,
    fields,
    is_dataclass,
    replace,
)
from typing import ClassVar


@dataclass
class Point:
    x: int
    y: int = 3
    tags: list = field(default_factory=list)


p = Point(ext(1))
print(p, Point(1, 2, [3]), p == Point(1), p != Point(2), asdict(p), astuple(p), replace(p, x=9))
p.tags.append(p)
print(p)


@dataclass(frozen=True, order=True)
class Version:
    major: int
    label: str = 'q'
    count: int = 0


first = Version(1)
print(first, hash(first) == hash(Version(1)), first < Version(2), sorted([Version(3), Version(ext(1))]))
for change in (lambda: setattr(first, 'major', 3), lambda: delattr(first, 'label')):
    try:
        change()
    except FrozenInstanceError as error:
        print(type(error).__name__, error)
print({first: 'a'}[Version(1)], len({first, Version(1), Version(2)}))


@dataclass
class Child(Point):
    z: int = 0
    shared: ClassVar[int] = 5
    _: KW_ONLY
    w: int
    start: InitVar[int] = 3

    def __post_init__(self, start):
        self.w += ext(start)


print(Child(1, w=3), [f.name for f in fields(Child)], is_dataclass(Child), is_dataclass(Child(1, w=2)), is_dataclass(3))
match Child(1, 2, w=4):
    case Child(x, y, w=w):
        print('matched', x, y, w)
for wrong in (lambda: Point(), lambda: Point(1, 2, 3, 4), lambda: Child(1), lambda: Point(q=1)):
    try:
        wrong()
    except TypeError as error:
        print(error)
(p.x, first.major)
