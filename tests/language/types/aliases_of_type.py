# type[...] is an alias like list[...].
import typing, types
T = type[int]
print(T, T.__origin__, T.__args__, typing.get_origin(T), typing.get_args(T), T == type[int], type(T), list[type[int]])
def f(c: type[int], d: 'type[str]' = str) -> type[object]: return c
print(f.__annotations__, typing.get_type_hints(f))
class A: pass
print(type[A], type[typing.Any], dict[str, type[A]])
from dataclasses import dataclass, fields
@dataclass
class P:
    t: type[A] = A
print(fields(P)[0].type, P())
try: types.FunctionType[int]
except TypeError as e: print(e)
try: type.foo
except AttributeError as e: print(e)
ext_none()
print(T, f.__annotations__['c'])
