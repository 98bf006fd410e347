# `__index__` and its like may stop wherever C asks for them.


class I:
    def __init__(self, v):
        self.v = v

    def __index__(self):
        return ext(self.v)


l = [1, 2, 3]
print(l[I(1)])
l[I(0)] = 9
print(l)
del l[I(0)]
print(l)

print([1, 2, 3][I(1) :], 'abc'[: I(2)])

print(list(range(I(3))), list(range(I(1), I(4), I(2))))

print([0] * I(2), 'a' * I(3))

print(int(I(3)), float(I(2)), bin(I(5)), hex(I(255)), chr(I(65)))

print(round(3.14159, I(2)))

print(bytes(I(2)), bytearray(I(2)))

print(bytes([I(2)]))

print('a'.center(I(5), '*'), 'abc'.ljust(I(4)) + '|')

l = [1, 2, 3]
print(l.pop(I(0)))
l.insert(I(0), 7)
print(l)

print('%d' % I(3))

print('{:>{}}'.format('a', 3))

import math
import operator


class N:
    def __floor__(self):
        return ext(3)

    def __ceil__(self):
        return ext(4)

    def __trunc__(self):
        return ext(5)

    def __float__(self):
        return float(ext(2))

    def __complex__(self):
        return complex(ext(2))

    def __int__(self):
        return ext(5)

    def __round__(self, n=None):
        return ext(6)


print(math.floor(N()), math.ceil(N()), math.trunc(N()), math.sqrt(N()), complex(N()), int(N()), round(N()))
print(math.pow(N(), N()), '%.2f' % N(), math.factorial(I(3)), math.gcd(I(4), I(6)), operator.index(I(3)))
print(list(map(math.sqrt, [N(), 4])), list(map(operator.index, [I(1), 2])), [[1, 2, 3][i] for i in (I(0), 1)])
try:
    [1, 2][I(7)]
except IndexError as error:
    print(error)
