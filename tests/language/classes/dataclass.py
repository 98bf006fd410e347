from dataclasses import dataclass, field


@dataclass
class Point:
    x: int
    y: int = ext(2)
    tags: list = field(default_factory=list)

    def norm(self):
        return ext(self.x) ** 2 + self.y**2


@dataclass(frozen=True, order=True)
class Version:
    major: int
    minor: int = 0


p, q = Point(1), Point(1, 2)
p.tags.append(ext('t'))
ext_none()
print(p, q, p == q, p.norm(), Point(y=1, x=ext(3)))
print(sorted([Version(2), Version(1, 5), Version(1)]), Version(1) < Version(1, 1), {Version(1): 'one'}[Version(1, 0)])
try:
    Version(1).major = 2
except AttributeError as e:
    print(type(e).__name__)
try:
    Point()
except TypeError as e:
    print(type(e).__name__)
