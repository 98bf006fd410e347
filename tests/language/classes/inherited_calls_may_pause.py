# Calls of `super().name` with arguments that stop: of built-in types, of the library's and of a script's own.
import collections


class Failure(Exception):
    def __init__(self, text):
        super().__init__(ext(text))
        self.text = text


print(Failure('a').args)


class Table(dict):
    def __setitem__(self, key, value):
        super().__setitem__(ext(key), ext(value))

    def __getitem__(self, key):
        return super().__getitem__(ext(key))

    def update(self, *sources, **more):
        super().update(*ext(sources), **more)

    def get(self, key):
        return super().get(key, ext('none'))


table = Table()
table['a'] = 1
table.update({'b': 2}, c=3)
print(sorted(table.items()), table.get('q'), table['a'])


class Items(list):
    def __init__(self, *items):
        super(Items, self).__init__(ext(list(items)))

    def append(self, item):
        super().append(ext(item))

    def extend(self, items):
        super().extend(ext(item) for item in items)

    def __contains__(self, item):
        return super().__contains__(ext(item))

    def sort(self, **options):
        super().sort(key=lambda item: -item, **ext(options))


items = Items(1, 2)
items.append(3)
items.extend([4])
items.sort()
print(items, 3 in items)


class Base:
    def __init__(self, *args, **named):
        self.args, self.named = args, named

    def method(self, x):
        return ext(x)


class Derived(Base):
    def __init__(self, x):
        super().__init__(ext(x), *ext([1]), z=ext(2))

    def method(self, x):
        return super().method(ext(x)) + ext(1)

    def wrong(self):
        try:
            super().nothing(ext('not called'))
        except AttributeError as error:
            print(error)


derived = Derived(5)
print(derived.args, derived.named, derived.method(3))
derived.wrong()


class Queue(collections.deque):
    def append(self, item):
        super().append(ext(item))

    def extend(self, items):
        super().extend(ext(items))


queue = Queue([1])
queue.append(2)
queue.extend([3])
print(list(queue))


class Held(list):
    def both(self, item):
        append, length = super().append, super().__len__
        ext('held')
        append(item)
        return length()


print(Held([1]).both(2))
