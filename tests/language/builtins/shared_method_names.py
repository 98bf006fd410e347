# Methods of a class that bear the names of guarded methods of built-in types.
class Box:
    def __init__(self, items):
        self.items = items

    def find(self, wanted, start=0):
        return self.items.index(wanted, start)

    def replace(self, old, new):
        return Box([new if item == old else item for item in self.items])

    def join(self, other):
        return self.items + other.items

    def count(self, item):
        return ext(self.items.count(item))

    @staticmethod
    def split(text):
        return text.split(',')

    @classmethod
    def fromkeys(cls, keys):
        return cls(list(keys))


class Words(str):
    def find(self, wanted):
        return 'own ' + str(super().find(wanted))


box = Box([1, 2, 3])
found = [box.find(2), 'abc'.find('c'), 'abcabc'.find('c', 3), box.replace(1, 9).items, 'aXa'.replace('X', '-')]
found += [box.join(Box([4])), ', '.join(['a', 'b']), box.count(1), [1, 1].count(1), Box.split('a,b'), 'a b'.split()]
found += [Box.fromkeys((1, 2)).items, dict.fromkeys('ab'), Words('abc').find('c'), Words('abc').replace('a', 'x')]
found += [(lambda o: o.find(3))(box), [o.find('c') for o in ('abc', 'c')], str.find('abc', 'b'), Box.find(box, 3)]
for wrong in (lambda: (1).find(2), lambda: None.join([]), lambda: box.find(7)):
    try:
        wrong()
    except (AttributeError, ValueError) as error:
        found.append(str(error))
values = [1, 2.5, 'x', True, None, 10**20]
found.append([f'{value}|{value!r}|{value!s:>5}' for value in values])
found.append([f'{value:>8}|{value:<4}|' for value in (1, 2.5, 'x')])
found.append(f'{12345.678:10.2f}|{255:#x}|{1e10:,.0f}|{7:03d}|{0.25:%}|{"ab":*^6}')
found.append([str(value) for value in values] + [int(value) for value in (1, 2.9, True, '12')])
found.append([isinstance(value, (int, str)) for value in values] + [isinstance(box, object), isinstance(1, bool)])
found
