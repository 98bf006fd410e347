class Box:
    def __init__(self):
        self._v = 1

    @property
    def v(self):
        return ext(self._v)

    @v.setter
    def v(self, value):
        if ext(value) < 0:
            raise ValueError('negative')
        self._v = value

    @v.deleter
    def v(self):
        self._v = ext(0)

    @staticmethod
    def make(n):
        b = Box()
        b.v = ext(n)
        return b

    @classmethod
    def named(cls, n):
        return cls.make(ext(n)), cls.__name__


b = Box()
b.v = 5
b.v += ext(2)
print(b.v, Box.make(9).v, Box.named(3)[1], b.named(4)[0].v)
try:
    b.v = -1
except ValueError as e:
    print(e, b.v)
del b.v
b.v
