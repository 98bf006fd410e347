# getattr, hasattr, setattr and delattr do what the attribute does, and that may be a call.
import functools


class Record:
    table = 'record'

    def __init__(self, **fields):
        self.__dict__.update(fields)

    def __getattr__(self, name):
        print('look up', name)
        if ext(name).startswith('no'):
            raise AttributeError(f'{self.table} has no {name!r}')
        return ext_add(name, '!')

    @property
    def size(self):
        return ext(len(self.__dict__))

    @size.setter
    def size(self, value):
        self.resized = ext(value)

    @size.deleter
    def size(self):
        print('deleted', ext('size'))

    @property
    def broken(self):
        raise ValueError(ext('broken'))


r = Record(a=1)
print(getattr(r, 'a'), getattr(r, 'b'), getattr(r, 'size'), getattr(r, 'table'))
print(getattr(r, 'nothing', 'default'), getattr(r, 'b', 'default'), getattr(r, 'a', None))
print(hasattr(r, 'a'), hasattr(r, 'b'), hasattr(r, 'nothing'), hasattr(r, 'size'))
try:
    getattr(r, 'nothing')
except AttributeError as e:
    print(ext(str(e)))
for access in (lambda: getattr(r, 'broken', 0), lambda: hasattr(r, 'broken')):
    try:
        access()
    except ValueError as e:
        print('broken:', e)
print(setattr(r, 'size', 7), r.resized, delattr(r, 'size'), setattr(r, 'c', ext(3)), r.c)
print([getattr(r, name, ext('?')) for name in ('a', 'nope', 'd')], {n: hasattr(r, n) for n in ('no', 'yes')})

# As values, and through what calls back.
read = getattr
print(read(r, 'e'), list(map(getattr, [r, r], ['a', 'f'])), list(map(hasattr, [r, r], ['a', 'no'])))
print(functools.reduce(getattr, ['real'], 5), sorted(['x', 'a'], key=functools.partial(getattr, Record(x=2))))


def path(obj, names):
    for name in names.split('.'):
        obj = getattr(obj, name)
    return obj


print(path(Record(inner=Record(leaf=5)), 'inner.leaf'), path(Record(inner=Record()), 'inner.other'))


class Watched:
    def __setattr__(self, name, value):
        print('set', name, ext(value))
        object.__setattr__(self, name, ext_add(value, 1))
        return 'ignored'

    def __delattr__(self, name):
        print('delete', ext(name))
        super().__delattr__(name)
        return 'ignored'


w = Watched()
print(setattr(w, 'x', 1), w.x, delattr(w, 'x'), hasattr(w, 'x'))
for name, value in {'y': 2, 'z': 3}.items():
    setattr(w, name, value)
print(w.__dict__)
try:
    delattr(w, 'q')
except AttributeError as e:
    print(type(e).__name__, ext('q'))


class Descriptor:
    def __get__(self, obj, owner=None):
        return ext('class' if obj is None else 'instance')

    def __set__(self, obj, value):
        print('set', ext(value))

    def __delete__(self, obj):
        print('delete', ext('d'))


class Described:
    d = Descriptor()


d = Described()
print(getattr(d, 'd'), getattr(Described, 'd'), hasattr(d, 'd'), setattr(d, 'd', 4), delattr(d, 'd'))

# What is wrong stays wrong in the same way.
for wrong in (
    lambda: getattr(r),
    lambda: getattr(r, 3),
    lambda: getattr(r, 'a', 1, 2),
    lambda: hasattr(r, 3),
    lambda: hasattr(r),
    lambda: setattr(r, 3, 4),
    lambda: setattr(r, 'a'),
    lambda: delattr(r, 3),
    lambda: getattr(obj=r, name='a'),
):
    try:
        wrong()
    except TypeError as e:
        print(type(e).__name__, ext(0))
