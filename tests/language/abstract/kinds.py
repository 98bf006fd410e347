# Abstract classes, generics, protocols, named tuples and typed dicts, which are themselves after a pause.
from abc import ABC, ABCMeta, abstractmethod
from typing import (
    Protocol,
    Generic,
    TypeVar,
    NamedTuple,
    TypedDict,
    runtime_checkable,
    Optional,
    Union,
    List,
    Callable,
    Any,
    NewType,
    get_origin,
    get_args,
    Literal,
    Annotated,
)
from collections import namedtuple


class Shape(ABC):
    @abstractmethod
    def area(self): ...
    @property
    @abstractmethod
    def name(self): ...
    def describe(self):
        return f'{self.name} {self.area()}'


try:
    Shape()
except TypeError as e:
    print(type(e).__name__)


class Sq(Shape):
    def __init__(self, s):
        self.s = s

    def area(self):
        return ext(self.s) ** 2

    @property
    def name(self):
        return 'sq'


print(Sq(3).describe(), isinstance(Sq(1), Shape), issubclass(Sq, Shape), Shape.__abstractmethods__ == {'area', 'name'})


class Half(Shape):
    def area(self):
        return 1


try:
    Half()
except TypeError as e:
    print(type(e).__name__)


class M(metaclass=ABCMeta):
    @abstractmethod
    def f(self):
        pass


try:
    M()
except TypeError as e:
    print(type(e).__name__)
print(M.__bases__, Shape.__bases__, Sq.__mro__)


@M.register
class Virtual:
    pass


print(isinstance(Virtual(), M), issubclass(Virtual, M), isinstance(3, M))
M.register(int)
print(isinstance(3, M), isinstance('a', M))
T = TypeVar('T')
K = TypeVar('K')
V = TypeVar('V')


class Stack(Generic[T]):
    def __init__(self):
        self.items = []

    def push(self, x: T) -> None:
        self.items.append(ext(x))

    def pop(self) -> T:
        return self.items.pop()


s = ext(0) or Stack[int]()
s.push(3)
print(s.pop(), Stack[int], isinstance(s, Stack))


class Pair(Generic[K, V]):
    def __init__(self, k, v):
        self.k, self.v = k, v


class Named(Pair[str, V]):
    pass


print(Named('a', 1).k, Pair[str, int], Named[int])


@runtime_checkable
class HasLen(Protocol):
    def __len__(self) -> int: ...


print(isinstance([], HasLen), isinstance(3, HasLen))


class Quacks(Protocol):
    def quack(self) -> str: ...


class Duck:
    def quack(self):
        return 'q'


def f(d: Quacks):
    return d.quack()


print(f(Duck()))
try:
    isinstance(Duck(), Quacks)
except TypeError as e:
    print(type(e).__name__)


class P(NamedTuple):
    x: int
    y: int = 0

    def total(self):
        return ext(self.x) + self.y


p = P(ext(1), 2)
print(
    p,
    p.x,
    p.total(),
    p == (1, 2),
    P(5),
    p._replace(x=9),
    p._asdict(),
    P._fields,
    P._field_defaults,
    P._make([7, 8]),
    len(p),
    list(p),
)
ext(1)
a, b = p
print(a, b, isinstance(p, tuple), P.__bases__, hash(p) == hash((1, 2)), p < P(2, 0))
Q = namedtuple('Q', 'a b c', defaults=[3])
q = Q(1, ext(2))
print(q, q.c, Q._fields, q[1], Q(**{'a': 1, 'b': 2, 'c': 4}))
try:
    p.x = 3
except AttributeError as e:
    print(type(e).__name__)
try:
    Q(1)
except TypeError as e:
    print(e)
try:
    namedtuple('Z', 'a class')
except ValueError as e:
    print(type(e).__name__)
print(namedtuple('Z', 'a class a', rename=True)._fields)


class Movie(TypedDict, total=False):
    name: str
    year: int


m = Movie(name='x', year=3)
print(m, type(m), Movie.__total__)
UserId = NewType('UserId', int)
ext(2)
print(
    UserId(3),
    Optional[int],
    Union[int, str, None],
    List[int],
    Callable[[int], str],
    Callable[..., Any],
    Literal['a', 1],
    Annotated[int, 'x'],
)
print(
    get_origin(Optional[int]) is Union,
    get_args(Optional[int]),
    get_origin(List[int]),
    get_args(dict[str, int]),
    get_origin(list[int]),
    Optional[int] == Union[int, None],
)
match p:
    case P(x, y=2):
        print('matched', x)
import copy


class Animal(ABC):
    @classmethod
    @abstractmethod
    def make(cls): ...
    @staticmethod
    @abstractmethod
    def kind(): ...


try:
    Animal()
except TypeError as e:
    print(type(e).__name__)
print(int | None, Sq | None, isinstance(3, int | str), isinstance(None, Optional[int]))
held = [T, P, Movie, Shape, Stack[T], Optional['P'], P._make, M, HasLen]
ext(1)
print(
    held[0] is T,
    held[1](1) == P(1),
    held[2](name='a'),
    held[4] == Stack[T],
    held[5],
    held[6]([1, 2]),
    isinstance(Virtual(), held[7]),
    isinstance([], held[8]),
)
P(3).total()
