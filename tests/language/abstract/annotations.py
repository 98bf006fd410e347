# Annotations that a script looks at are evaluated, and are kept over a pause.
from typing import Optional, get_type_hints, ClassVar, List
from dataclasses import dataclass, fields, field


def f(a: int, b: 'str' = 'x', *c: float, d: Optional[int] = None, **e: list[int]) -> dict[str, int]:
    return {}


ext(1)
print(f.__annotations__)


class A:
    x: int
    y: Optional['A'] = None
    z: ClassVar[int] = 3

    def m(self, other: 'A') -> List[int]:
        return []


ext(2)
print(A.__annotations__, A.m.__annotations__)
print(get_type_hints(f), get_type_hints(A.m))


@dataclass
class P:
    a: int
    b: list[str] = field(default_factory=list)
    c: ClassVar[int] = 5
    d: 'int' = 3


print([(q.name, q.type) for q in fields(P)])


def deco(g):
    g.seen = True
    return g


@deco
def h(x: int):
    return x


print(h.__annotations__, h.seen, (lambda: 0).__annotations__)


class E:
    pass


print(E.__annotations__)


def k(x):
    return x


print(k.__annotations__)
k.__annotations__ = {'x': int}
print(k.__annotations__)


def outer():
    class Local:
        pass

    def inner(v: Local) -> Local:
        return v

    return inner.__annotations__['v'] is Local


print(outer())
z: int = 5
ext(3)
len(f.__annotations__)
