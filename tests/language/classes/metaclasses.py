# A metaclass of the script makes classes, keeps notes of them, serves their operators and attributes, and calls them.
import copy
from abc import ABCMeta, abstractmethod
from collections import OrderedDict


class Meta(type):
    def __new__(mcs, name, bases, namespace, **options):
        cls = super().__new__(mcs, name, bases, namespace)
        cls.options = options
        return cls

    def __init__(cls, name, bases, namespace, **options):
        super().__init__(name, bases, namespace)
        cls.is_ready = True

    def hello(cls):
        return ext('hello ') + cls.__name__

    @property
    def twice(cls):
        return ext(cls.__name__ * 2)

    def __len__(cls):
        return 42

    def __getitem__(cls, key):
        return cls.__name__, ext(key)

    def __iter__(cls):
        yield ext(1)
        yield ext(2)

    def __contains__(cls, item):
        return item == ext(5)

    def __repr__(cls):
        return f'<M {cls.__name__}>'

    def __getattr__(cls, name):
        return 'missing ' + name

    def __add__(cls, other):
        return ext_add(cls.__name__, other)


class A(metaclass=Meta, size=1):
    y = ext(3)

    def f(self):
        return super().__repr__() and __class__.__name__


class B(A):
    x: int
    z: str = 'a'


print(A, B, type(A), type(Meta), A.options, A.is_ready, B.options, B.is_ready)
print(A.hello(), B.twice, len(A), A['k'], list(A), [item for item in B], 5 in A, 6 in A, A.other, A + '!')
print(isinstance(A, Meta), isinstance(A, type), issubclass(Meta, type), Meta.__mro__, Meta.__bases__, A.__class__)
print(A().f(), type(A()), A == A, A == B, {A: 1}[A], hash(A) == hash(A), f'{A}', str(A), [A], '%s' % A)
print(copy.deepcopy(A) is A, B.__annotations__, callable(A), A.__module__, A.__qualname__, sorted(k for k in A.__dict__ if k[0] != '_'))
X = Meta('X', (A,), {'q': ext(1)}, z=2)
print(X, X.q, X.options, X.__mro__)


class Singleton(type):
    made = {}

    def __call__(cls, *args):
        ext('call')
        if cls not in cls.made:
            cls.made[cls] = super().__call__(*args)
        return cls.made[cls]


class Settings(metaclass=Singleton):
    def __init__(self, value):
        self.value = value


print(Settings(1) is Settings(2), Settings(3).value)


class Registry(type):
    known = {}

    def __new__(mcs, name, bases, namespace):
        cls = type.__new__(mcs, name, bases, dict(namespace))
        mcs.known[name] = cls
        return cls

    def __call__(cls, *args):
        print('making', cls.__name__)
        return type.__call__(cls, *args)

    def __instancecheck__(cls, value):
        return value == 7 or super().__instancecheck__(value)

    def __setattr__(cls, name, value):
        print('set', name)
        super().__setattr__(name, ext(value))


class P(metaclass=Registry):
    pass


class Q(P):
    pass


P.z = 5
print(sorted(Registry.known), P().__class__, isinstance(7, P), isinstance(8, P), isinstance(Q(), P), Q.z)


class Ordered(type):
    @classmethod
    def __prepare__(mcs, name, bases, **options):
        return OrderedDict(seed=1)

    def __new__(mcs, name, bases, namespace):
        cls = super().__new__(mcs, name, bases, dict(namespace))
        cls.order = [key for key in namespace if not key.startswith('__')]
        return cls


class O(metaclass=Ordered):
    b = 1
    a = 2

    def c(self): ...


print(O.order, O.seed)


class AbstractMeta(ABCMeta):
    def __new__(mcs, name, bases, namespace):
        return super().__new__(mcs, name, bases, namespace)


class Abstract(metaclass=AbstractMeta):
    @abstractmethod
    def f(self): ...


class Concrete(Abstract):
    def f(self):
        return ext(1)


try:
    Abstract()
except TypeError as error:
    print(type(error).__name__)
print(Concrete().f(), isinstance(Abstract, ABCMeta), type(Abstract), AbstractMeta.__mro__, AbstractMeta.__bases__)


def parts(name, bases, namespace):
    return name, bases, [key for key in namespace if key[0] != '_']


class Parts(metaclass=parts):
    x = 1


print(Parts)


class Other(type):
    pass


try:

    class Both(A, metaclass=Other):
        pass

except TypeError as error:
    print(error)


class Named:
    def __set_name__(self, owner, name):
        print('named', owner, name)


class Named1(metaclass=Meta):
    part = Named()


class Base:
    def __init_subclass__(cls, **options):
        print('derived', cls.__name__, options)


class Passing(type):
    def __new__(mcs, name, bases, namespace, **options):
        return super().__new__(mcs, name, bases, namespace, **options)

    def __init__(cls, name, bases, namespace, **options):
        super().__init__(name, bases, namespace)


class Derived(Base, metaclass=Passing, foo=1): ...


class Failure(Exception, metaclass=Passing): ...


try:
    raise Failure('x')
except Failure as error:
    print(repr(error), type(Failure))
match A():
    case A(y=3):
        print('matched')
[A.hello(), X.q]
