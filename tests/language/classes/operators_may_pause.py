# Operators whose methods pause: the second operand is asked after the first has answered NotImplemented, containers
# compare item by item.
class Number:
    def __init__(self, value):
        self.value = value

    def __repr__(self):
        return f'{type(self).__name__}({self.value})'

    def __add__(self, other):
        ext(('add', self.value))
        return Number(self.value + other.value) if isinstance(other, Number) else NotImplemented

    def __radd__(self, other):
        ext(('radd', self.value))
        return Number(self.value + other) if isinstance(other, int) else NotImplemented

    def __iadd__(self, other):
        ext(('iadd', self.value))
        if isinstance(other, str):
            return NotImplemented
        self.value += other if isinstance(other, int) else other.value
        return self

    def __mul__(self, other):
        ext('mul')
        return NotImplemented

    def __mod__(self, other):
        return ext(('mod', self.value))

    def __rmod__(self, other):
        return ext(('rmod', self.value))

    def __divmod__(self, other):
        return ext(('divmod', self.value))

    def __pow__(self, other):
        return ext(('pow', self.value))

    def __eq__(self, other):
        ext(('eq', self.value))
        return self.value == other.value if isinstance(other, Number) else NotImplemented

    def __lt__(self, other):
        ext(('lt', self.value))
        return self.value < other.value if isinstance(other, Number) else NotImplemented

    def __gt__(self, other):
        ext(('gt', self.value))
        return self.value > other.value if isinstance(other, Number) else NotImplemented

    def __hash__(self):
        return 1

    def __str__(self):
        return ext(f'<{self.value}>')


class Bigger(Number):
    def __radd__(self, other):
        return ext(('bigger', self.value))

    def __lt__(self, other):
        return ext(False)


class Right:
    def __rmul__(self, other):
        return ext('rmul')

    def __eq__(self, other):
        return ext(True)

    def __ne__(self, other):
        return ext('ne')

    def __gt__(self, other):
        return ext('gt')


one, two, three = Number(1), Number(2), Number(3)
print(one + two, 5 + one, one + Bigger(4), Bigger(4) + one, [1] * 2 + [3], 1 + 2, one % two, '%s' % 5, 7 % two)
for broken in (lambda: one + 'a', lambda: 'a' + one, lambda: [] + one, lambda: one * two, lambda: one < 5, lambda: 5 > one):
    try:
        print(broken())
    except TypeError as error:
        print(error)
print(one * Right(), one != Right(), one < Right(), Right() == one, one == 5, 5 != one, one != two, divmod(one, 2), one**3)
total = Number(1)
total += 4
total += two
numbers = [0]
numbers += [one]
print(total, len(numbers), one == one, one is one)
try:
    total += 'text'
except TypeError as error:
    print(error)

print([one, two] == [Number(1), Number(2)], [one] == [two], (one, two) != (one, three), [one] != [one, two])
print((one, two) < (one, three), [three] < [one, two], {'a': one} == {'a': Number(1)}, {'a': one} != {'a': two}, [one] > [])
print(one in [three, Number(1)], two in (one,), one not in [two], 4 in [1, 4], 'a' in 'abc', one in {one: 1})
print(1 < one.value < 3, one < two < three, one < three < two)


print(min(two, one, three).value, max([two, three, one]).value, max([one, two], key=lambda n: Number(-n.value)).value)
print(min([3, 1]), max('a', 'b'), min([], default='none'), min([one], default=3).value)
for empty in (min, max):
    try:
        empty([])
    except ValueError:
        print('empty')
print(sum([one, two, three], Number(0)), sum([1, 2]))
print(one, 'and', two, sep='|', end='!\n')
print(f'{one} {two!s:>5} {one!r}', str(three), [one])


class Key:
    def __init__(self, value):
        self.value = value

    def __getitem__(self, index):
        return ext((self.value, str(index)))

    def __setitem__(self, index, value):
        ext(('set', str(index), value))

    def __delitem__(self, index):
        ext(('del', index))


key = Key(1)
plain = {'a': [1, 2, 3]}
plain['b'] = key[2]
key[3] = plain['a'][1]
key[1:2] = plain['a'][::2]
del key[0], plain['a'][0]
plain['a'][0] += key['x'][0]
print(plain)
