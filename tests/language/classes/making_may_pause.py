# `__new__` and `__init__` that stop, of classes of every base, however an instance is made.
class Plain:
    def __new__(cls, x):
        made = object.__new__(cls)
        made.y = ext(x)
        return made

    def __init__(self, x):
        self.x = ext(x)


print(Plain(1).x, Plain(2).y, [(one.x, one.y) for one in map(Plain, [3, 4])])


class Single(Plain):
    only = None

    def __new__(cls, x):
        if cls.only is None:
            cls.only = super().__new__(cls, ext(x + 1))
        return cls.only


print(Single(5) is Single(6), Single.only.y, Single.only.x)


class Pair(tuple):
    def __new__(cls, *parts):
        return super().__new__(cls, ext(list(parts)))

    @property
    def total(self):
        return ext(sum(self))


print(Pair(1, 2), Pair(3).total)


class Number(int):
    def __new__(cls, value):
        return int.__new__(cls, ext(value))

    def __add__(self, other):
        return Number(ext(int(self) + other))


print(Number(4) + 1, type(Number(4) + 1).__name__, sum([Number(1), Number(2)]))


class Other:
    def __new__(cls, kind):
        return ext(kind)

    def __init__(self, kind):
        print('never')


print(Other(3))


class Word(str):
    def __new__(cls, text):
        return super().__new__(cls, ext(text + ''))


words = [Word(letter) for letter in 'ab']
print(words, list(map(Word, 'cd')), sorted(words, key=Word), max('xy', key=Word))


class Failure(Exception):
    def __new__(cls, text):
        return super().__new__(cls, ext(text))

    def __init__(self, text):
        super().__init__(ext(text), ext('more'))


try:
    raise Failure('f')
except Failure as error:
    print(error.args)


from functools import partial

print(partial(Number, 7)(), [make(8) for make in (Number, Other)])
