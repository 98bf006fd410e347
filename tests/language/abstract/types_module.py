# What `types` makes and takes apart, over pauses.
import types, typing
from typing import Optional, Union, Annotated, TypeVar, NewType, List, Dict, Callable, get_origin

print(
    Optional[int].__args__,
    Union[int, str].__args__,
    Annotated[int, 'a', 3].__metadata__,
    TypeVar('T', bound=int).__bound__ is int,
    NewType('U', str).__supertype__,
)
T = TypeVar('T')
print(List[T].__parameters__, Dict[str, T][int], List[int].__origin__, Callable[[int], str].__args__)


class A:
    def __init__(self):
        self._x = 1

    @types.DynamicClassAttribute
    def x(self):
        return ext(self._x)

    @x.setter
    def x(self, v):
        self._x = ext(v)


a = A()
a.x = 5
print(a.x)
C = types.new_class('C', (A,), {}, lambda ns: ns.update(y=3))
print(C.y, C.__name__, C().x)
p = types.MappingProxyType({'a': 1})
ext(1)
print(p, p['a'], len(p), list(p.items()), p | {'b': 2}, p.get('z'))
try:
    p['b'] = 1
except TypeError as e:
    print(e)
print(
    type(int | str) is types.UnionType,
    get_origin(int | str) is types.UnionType,
    isinstance(int | None, types.UnionType),
)
n = types.SimpleNamespace(a=1, b='x')
n.c = 3
print(n, n == types.SimpleNamespace(a=1, b='x', c=3))
ext(2)
print(C().x, p['a'], n)
a.x
