# `__repr__`, `__str__` and `__format__` may stop wherever C asks for them.


class K:
    def __init__(self, v):
        self.v = v

    def __repr__(self):
        return f'K<{ext(self.v)}>'


class S:
    def __init__(self, v):
        self.v = v

    def __str__(self):
        return f'S<{ext(self.v)}>'


class F:
    def __init__(self, v):
        self.v = v

    def __format__(self, spec):
        return f'F<{ext(self.v)}:{spec}>'


print(repr([K(1), K(2)]), str([K(1)]))

print([K(1), {'a': K(2)}, (K(3),)])

print(f'{[K(1)]} {K(2)} {K(2)!r:>10} {S(1)} {S(2)!s} {F(3):>9}')

print(f'{S(1)} {K(2)!r} {F(3):>4} {S(4)}')

print('%s %r' % (S(1), K(2)), '%s' % S(3), '%(a)s' % {'a': S(4)})

print(','.join(map(str, [S(1), S(2)])), ','.join(str(x) for x in [S(1)]), ','.join([repr(x) for x in [K(2)]]))

print(','.join(map(repr, [K(1), K(2)])))

d = {'a': K(1)}
print(d)
print(str(d))

try:
    raise ValueError(K(1))
except ValueError as e:
    print(e, repr(e))

print({K(1)})

print('{a}'.format_map({'a': S(1)}))

print(format(F(1), 'x'), format(S(2)), format(S(3), ''))

print(str(K(1)), str(S(2)))

try:
    assert False, K(1)
except AssertionError as e:
    print(e)

print(ascii(K(1)))

print([s.v for s in sorted([S(2), S(1)], key=str)])

from dataclasses import dataclass


@dataclass
class D:
    k: object
    l: list


print(D(K(1), [K(2)]), [D(K(1), [K(2)])], f'{[D(K(1), [K(2)])]}')


# Each method is called once, whether it stops or not.
class Counted:
    made = 0

    def __repr__(self):
        Counted.made += 1
        return f'counted {Counted.made}'


print([Counted(), K(1), Counted(), [K(2)], {'a': Counted()}], Counted.made)


class Holder:
    def __repr__(self):
        return ext('holder of ') + repr(self.value)


class Own(list):
    def __repr__(self):
        return ext('own ') + super().__repr__()


holder = Holder()
holder.value = [1, K(1)]
print([holder, holder])
own = Own([K(1), holder])
print(own, [own])


class Failing:
    def __repr__(self):
        ext_fail('ValueError', 'no text')


try:
    print([K(1), Failing()])
except ValueError as error:
    print(error)
try:
    print('%s' % [K(1)] + '%d' % K(1))
except TypeError as error:
    print(error)
print(sorted([S(2), S(1)], key=str)[0].v, list(map(repr, [[K(1)], (K(2),)])), ext([1]))
