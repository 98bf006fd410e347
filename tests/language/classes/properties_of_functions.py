# `property(...)` over functions that stop, in class bodies, made elsewhere, and put into a class later.
class Plain:
    word = property(lambda self: ext('word'))

    def _get(self):
        return ext('z')

    def _set(self, value):
        self.stored = ext(value)

    def _delete(self):
        print('deleted', ext('d'))

    whole = property(_get, _set, _delete)
    named = property(fget=_get)


plain = Plain()
print(plain.word, plain.whole, plain.named)
plain.whole = 3
print(plain.stored)
del plain.whole


def made(name):
    def get(self):
        return ext(name)

    return property(get)


class Made:
    a = made('a')
    b = made('b')


print(Made().a, [getattr(Made(), name) for name in 'ab'])


class Late:
    n = 1


setattr(Late, 'p', property(lambda self: ext(self.n)))
print(Late().p, [one.p for one in [Late()]])
