# Names of classes, claimed classes and bases, borrowed methods, texts that go in circles.
class Claimed:
    def __init__(self, bases):
        self.bases = bases

    def find(self):
        return self.bases

    __bases__ = property(find)

    def __call__(self):
        return Instance(self)


class Instance:
    def __init__(self, of):
        self.of = of

    __class__ = property(lambda self: self.of)


top = Claimed(())
below = Claimed((top,))
print(isinstance(below(), top), isinstance(top(), below), isinstance(top(), Claimed), issubclass(below, top))


class Failing:
    @property
    def __bases__(self):
        raise RuntimeError('bases')


class Loose:
    __bases__ = 5


for wrong in (Failing(), Loose(), Instance(3)):
    try:
        print(isinstance(below(), wrong))
    except Exception as error:
        print(type(error).__name__, error)

Made = type('Made', (), {'__qualname__': 'Outer.Made'})
for name in ('Other', 'Ä', 'dotted.name', '42', ''):
    Made.__name__ = name
    print(Made.__name__, Made.__qualname__)
Made.__name__, Made.__qualname__ = 'Kept', 'Far.Kept'
held = Made()
ext(1)
print(Made, type(held).__name__, Made.__qualname__)
for change in (
    lambda: setattr(Made, '__name__', b'x'),
    lambda: setattr(Made, '__name__', 'a\0b'),
    lambda: setattr(Made, '__name__', '\udcdc'),
    lambda: setattr(Made, '__qualname__', 5),
    lambda: delattr(Made, '__name__'),
    lambda: delattr(Made, '__qualname__'),
    lambda: setattr(int, '__name__', 'x'),
):
    try:
        change()
    except Exception as error:
        print(type(error).__name__)


class Borrowing(dict):
    __setattr__ = dict.__setitem__
    __neg__ = dict.copy
    joined = ', '.join


borrowing = Borrowing()
borrowing.key = ext(3)
print(borrowing, -borrowing, borrowing.joined(['a', 'b']))


class Holder:
    def __repr__(self):
        return repr(self.value)


for make in (lambda h: [h], lambda h: (h,), lambda h: {1: h}, lambda h: {h}, lambda h: frozenset([h])):
    holder = Holder()
    holder.value = make(holder)
    print(holder.value, str(holder), f'{holder!r:>20}', holder.value)


class Own(str):
    pass


class Shown:
    def __repr__(self):
        return Own('<shown>')


print(type(ascii(Shown())).__name__, ascii('ä'))


class Fields:
    def __init__(self):
        self._hidden = ext(5)
        self.mapping = {'a': 1}

    def method(self):
        return 1

    def __repr__(self):
        return 'Fields()'


fields = Fields()
ext(2)
print(
    '{0._hidden} {f._hidden} {0.mapping[a]}'.format(fields, f=fields),
    fields.mapping,
    fields.method,
    Fields.method.__get__(fields),
)
views = [view.mapping for view in ({'k': 1}.keys(), {'k': 1}.values(), {'k': 1}.items())]
print(views, views[0] == {'k': 1})
not_a_number = float('nan')
print(hash(not_a_number) == object.__hash__(not_a_number), hash((not_a_number, 1)) == hash((not_a_number, 1)))
wrapped = staticmethod(Fields.method)
print(wrapped.__module__ == Fields.method.__module__, wrapped.__name__, wrapped.__qualname__)

prop = property(lambda self: 1)
for args in ((), (1,), (1, 2, 3)):
    try:
        prop.__set_name__(*args)
    except TypeError as error:
        print(error)
prop.__set_name__(Fields, 'given')


class Manager:
    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        self.seen = (kind, str(error), traceback is not None)
        return True


with Manager() as manager:
    raise ValueError(ext('inside'))
print(manager.seen)
with Manager() as manager:
    pass
print(manager.seen)


for repeat in (
    lambda: 'a' * 2**100,
    lambda: 2**100 * (1,),
    lambda: b'abc' * (2**63 - 1),
    lambda: [1, 2, 3, 4] * 2**62,
    lambda: bytes(2**63),
    lambda: bytearray(2**64),
):
    try:
        repeat()
    except (OverflowError, MemoryError) as error:
        print(type(error).__name__)


class Data(bytearray):
    pass


import copy

data = Data(b'abcd')
data.extra = [1]
for copied in (copy.copy(data), copy.deepcopy(data)):
    print(copied, copied.extra, type(copied).__name__, copied is data)
try:
    copy.copy(memoryview(b'a'))
except TypeError as error:
    print(type(error).__name__)
