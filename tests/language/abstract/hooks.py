# Registered classes and subclass hooks, before and after a pause.
from abc import ABC, abstractmethod


class Drawable(ABC):
    @classmethod
    def __subclasshook__(cls, C):
        if cls is Drawable:
            return any('draw' in B.__dict__ for B in C.__mro__) or NotImplemented
        return NotImplemented

    @abstractmethod
    def draw(self): ...


class Pen:
    def draw(self):
        return 1


class No:
    pass


ext(1)
print(isinstance(Pen(), Drawable), issubclass(Pen, Drawable), isinstance(No(), Drawable), isinstance(3, Drawable))


class Sub(Drawable):
    def draw(self):
        return 2


print(isinstance(Pen(), Sub), isinstance(Sub(), Drawable))


@Sub.register
class Reg:
    pass


ext(2)
print(isinstance(Reg(), Sub), isinstance(Reg(), Drawable), issubclass(Reg, Drawable))
try:
    Sub.register(3)
except TypeError as e:
    print(e)


class A(ABC):
    pass


class B(A):
    pass


try:
    B.register(A)
except RuntimeError as e:
    print(e)
ext(3)
print(isinstance(Reg(), Drawable), isinstance(Pen(), Drawable), isinstance(No(), Sub))
Sub().draw()
