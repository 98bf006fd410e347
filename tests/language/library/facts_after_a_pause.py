# Small things that a script can hold or ask for, the same before and after a pause.
import functools
from decimal import Context, Decimal


def original():
    'text'


@functools.wraps(original)
def wrapped():
    pass


method = staticmethod(original)


class Plain:
    pass


shown = [Plain.__dict__[name] for name in ('__dict__', '__weakref__')]
alias, spent = iter(list[int]), iter(list[int])
next(spent)
context = Context(prec=3)
divide, compare = context.divide, context.compare_signal
ext('pause')
print(wrapped.__module__ is original.__module__, wrapped.__name__ is original.__name__, method.__module__ is __name__)
print(len(shown), [type(one).__name__ for one in shown], Plain.__dict__['__dict__'] is shown[0])
print(len(list(alias)), list(spent))
print(divide(Decimal(1), Decimal(3)), compare(1, 2), context.divide(ext(2), 3))


class Base:
    def __init_subclass__(cls, **named):
        cls.tag = ext(cls.__name__)


class Derived(Base):
    def named(*args, **named):
        return args[1:], sorted(named.items())

    part = functools.partialmethod(named, 1, self=2)


print(Derived.tag, type(Decimal(1))('2.5'), type(1.5)('2'), Derived().part(function=3))
