# Lazy built-ins over instances of script classes, plain objects, types of iterators and texts of properties are kept.
class Steps:
    def __init__(self, size):
        self.size = size

    def __iter__(self):
        return self

    def __next__(self):
        if not self.size:
            raise StopIteration
        self.size -= 1
        return self.size


class Sequence:
    def __init__(self, items):
        self.items = items
        self.asked = 0

    def __len__(self):
        self.asked += 1
        return len(self.items)

    def __getitem__(self, index):
        return self.items[index]


class Caller:
    def __init__(self):
        self.count = 0

    def __call__(self):
        self.count += 1
        return self.count


class Documented:
    def get(self):
        """the getter's"""
        return self._x

    plain = property(get)
    own = property(get, doc='its own')
    none = property(None, None)


zipped = zip('abcdef', Steps(6), strict=True)
numbered = enumerate(Steps(4), 10)
mapped = map(str, Steps(3))
filtered = filter(None, Steps(3))
backwards = reversed(Sequence('abc'))
calls = iter(Caller(), 4)
plain = object()
held = [plain, {plain: 'found'}]
kinds = [type(iter([])), type({}.keys()), type(iter(range(3)))]
print(next(zipped), next(numbered), next(mapped), next(filtered), next(backwards), next(calls))
ext(1)
print(next(zipped), next(numbered), next(mapped), next(backwards), next(calls), held[1][held[0]])
ext(2)
print(list(zipped), list(numbered), list(mapped), list(filtered), list(backwards), list(calls))
print([kind.__name__ for kind in kinds], kinds[0] is type(iter([])), type(plain) is object)
print(Documented.plain.__doc__, Documented.own.__doc__, Documented.none.__doc__)
for change in (lambda d: d.none, lambda d: setattr(d, 'own', 1), lambda d: delattr(d, 'plain')):
    try:
        change(Documented())
    except AttributeError as error:
        print(error)
print(bytes.maketrans(b'a', b'b')[97], str.maketrans('a', 'b'))
maker = bytearray.maketrans
ext(3)
print(maker(b'a', b'b')[97])


def stepping():
    yield ext(1)
    yield 2


steps = stepping()
call = next
print(call(steps), call(steps), call(steps, 'end'))
