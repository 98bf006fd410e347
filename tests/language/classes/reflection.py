# What classes, functions, methods and exceptions tell about themselves, also after a pause.
import sys
import types


class A:
    """Text of A."""

    def method(self, a, b=2, *, c=3):
        """Text of the method."""
        return a

    @classmethod
    def make(cls):
        return cls()


class B(A):
    def __setattr__(self, name, value):
        object.__setattr__(self, name, ext(value))

    def __getattr__(self, name):
        return f'no {name}'


def function(x=1):
    local = ext(x)
    return sorted(locals()), vars()['local']


b = B()
b.x = 5
names = b.__dict__
bound = b.method
ext_none()
names['y'] = 6
print(b.x, b.y, b.z, names is b.__dict__, vars(b), B.__mro__, B.__bases__, B.__base__, A.__doc__, bool.__mro__)
print(
    bound.__func__ is A.method,
    bound.__self__ is b,
    A.method.__defaults__,
    A.method.__kwdefaults__,
    A.make.__func__.__name__,
)
print(A.method.__doc__, A.method.__qualname__, type(bound), isinstance(A, type), isinstance(bound, types.MethodType))
function.__name__, function.__doc__, function.extra = 'renamed', 'new', [1]
ext_none()
print(function.__name__, function.__doc__, function.extra, function(), 'extra' in function.__dict__)
A.__len__ = lambda self: ext(7)
print(len(A()), 'function' in globals(), 'append' in dir([]), sorted(n for n in A.__dict__ if not n.startswith('__')))
for name in list(vars(b)):
    object.__delattr__(b, name)
changed = A()
changed.x = 3
changed.__class__ = B
print(type(changed), changed.missing)
print(type(b), vars(b))
try:
    raise ValueError('first')
except ValueError as error:
    ext_none()
    print(
        sys.exc_info()[0],
        sys.exception() is error if hasattr(sys, 'exception') else True,
        error.__traceback__ is not None,
    )
    print(error.with_traceback(None) is error, error.__traceback__)
calls = iter([4, 3, 2, 1].pop, 3)
print(next(calls), ext(0), list(calls))
counter = [0]


def count():
    counter[0] += 1
    return ext(counter[0])


print(list(iter(count, 4)))
