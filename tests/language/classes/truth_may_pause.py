# A truth that is asked of __bool__ or __len__ may pause, wherever it is asked, and is asked once.
class B:
    def __init__(self, v):
        self.v = v

    def __bool__(self):
        ext(self.v)
        out.append(('b', self.v))
        return self.v > 0

    def __repr__(self):
        return f'B({self.v})'


class L:
    def __init__(self, v):
        self.v = v

    def __len__(self):
        ext(self.v)
        return self.v


out = []
if B(1):
    out.append('if')
if B(0):
    out.append('no')
else:
    out.append('else')
n = B(3)
while n:
    n.v -= 1
else:
    out.append('done')
out.append(B(1) and B(2))
out.append(B(0) and B(2))
out.append(B(0) or B(2) or 5)
out.append(1 if B(0) else 2)
out.append('y' if B(1) and B(2) and not B(0) else 'n')
if (B(0) or B(2)) and B(3):
    out.append('mix')
assert B(1), 'm'
try:
    assert B(0), 'mm'
except AssertionError as e:
    out.append(str(e))
out.append([x for x in range(3) if B(x)])
out.append([x for x in range(3) if B(x) and B(1 - x)])
match 5:
    case x if B(0):
        out.append('g0')
    case x if B(1):
        out.append('g1')
if L(0):
    out.append('L0')
if not L(0):
    out.append('notL0')
if L(2):
    out.append('L2')


def f(x):
    while x and B(2):
        x.v -= 1
        if x.v:
            continue
        break
    return x or 'empty'


out.append(f(B(3)))
out.append((lambda a: a or 7)(B(0)))
x = B(1) if (y := B(0)) else y
out.append(x)
g = (i for i in range(4) if B(i - 1))
out.append(list(g))
if B(0):
    pass
elif B(1):
    out.append('elif')


class K:
    v = 1 if B(0) else 2


out.append(K.v)
out.append(bool(B(1)))
for line in out:
    print(line)


class Other:
    def __init__(self, size):
        self.size = size

    def __len__(self):
        return ext(self.size)


print(bool(Other(2)), not Other(0), not not Other(3), [bool(Other(size)) for size in (0, 1)])
while not Other(1):
    print('never')
for item in (Other(0), Other(1), 0, 'text', None, [], [0]):
    print('true' if item else 'false')
