class Store:
    kind = 'store'

    def __init__(self, name):
        self.name = name
        self.items = ext([1, 2])
        self._cache = {}

    def add(self, x):
        self.items.append(ext(x))
        return self

    @property
    def total(self):
        return sum(self.items) + ext(1)

    @classmethod
    def make(cls, n):
        return cls(ext(n))

    @staticmethod
    def helper(x):
        return ext(x) * 2

    def __repr__(self):
        return f'Store({self.name!r}, {self.items})'

    def __eq__(self, other):
        return isinstance(other, Store) and self.items == other.items

    def __len__(self):
        return len(self.items)


class Sub(Store):
    def __init__(self, name, extra):
        super().__init__(name)
        self.extra = extra

    def add(self, x):
        r = super().add(x + 1)
        self.__hidden = x
        return r

    def hidden(self):
        return self.__hidden


class MyError(ValueError):
    def __init__(self, msg, code):
        super().__init__(msg)
        self.code = code


s = Sub('a', 3)
print(s.add(5).add(6), s.total, len(s), s == Sub('b', 1), s.hidden(), s.extra, s._cache)
t = Store.make('m')
print(t.name, t.helper(4), Store.helper(5), type(t).__name__, t.__class__.__name__, Sub.kind)
try:
    raise MyError('bad', ext(7))
except ValueError as e:
    ext('x')
    print(e, e.code, type(e).__name__, isinstance(e, MyError))


class Stack(list):
    def push(self, x):
        self.append(x)
        return ext(len(self))


k = Stack([1])
print(k.push(2), k, k[0])


class Ctx:
    def __enter__(self):
        print('in', ext(1))
        return self

    def __exit__(self, t, e, tb):
        print('out', ext(2), t and t.__name__)
        return True


with Ctx() as c:
    ext(3)
    raise KeyError('k')


class It:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        return ext(self.n)


print([x for x in It(3)])
for x in It(2):
    print(x)
m = s.add
ext(0)
m(9)
print(s)
