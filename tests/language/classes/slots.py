# __slots__: no other attributes, over pauses, in subclasses with and without slots of their own.


class Point:
    __slots__ = ('x', 'y', '__hidden')

    def __init__(self, x, y):
        self.x = x
        self.y = y
        self.__hidden = ext(x)

    def hidden(self):
        return self.__hidden


class Named(Point):
    __slots__ = 'name'


class Open(Named):
    pass


point, named, free = Point(1, 2), Named(3, 4), Open(5, 6)
named.name = [point]
free.anything = named
ext_none()
print(point.x, point.hidden(), named.name[0] is point, free.anything is named, free.__dict__.keys())
for target, name in ((point, 'z'), (named, 'other')):
    try:
        setattr(target, name, ext(1))
    except AttributeError as error:
        print(type(error).__name__)
try:
    print(Named(1, 2).name)
except AttributeError as error:
    print(error)
del point.x
ext_none()
print(hasattr(point, 'x'), point.y, sorted(Point.__slots__), Named.__slots__)
