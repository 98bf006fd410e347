# __set_name__, __init_subclass__ with keywords, __class_getitem__ and descriptors that scripts define.


class Field:
    def __set_name__(self, owner, name):
        self.owner = ext(owner.__name__)
        self.name = name

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        return ext_add(instance.__dict__.get(self.name, 0), 1)

    def __set__(self, instance, value):
        instance.__dict__[self.name] = value

    def __delete__(self, instance):
        del instance.__dict__[self.name]


class Base:
    known = {}

    def __init_subclass__(cls, tag=None, **rest):
        super().__init_subclass__(**rest)
        cls.tag = ext(tag)
        Base.known[cls.__name__] = tag

    def __class_getitem__(cls, item):
        return cls.__name__, ext(len(item))


class First(Base, tag='one'):
    field = Field()


class Second(First, tag='two'):
    other = Field()


first = Second()
first.field = 10
print(first.field, first.other, First.field.name, First.field.owner, Second.other.owner)
del first.field
print(first.field, first.__dict__, Base.known, First.tag, Second[int, str])
ext_none()
made = type('Made', (First,), {'extra': Field(), 'get': lambda self: self.extra}, tag='three')
print(made.__name__, made().get(), made.extra.name, made.tag, Base.known)
try:
    type('Wrong', (), {}, tag=1)
except TypeError as error:
    print(error)
