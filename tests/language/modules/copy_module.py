import copy
from collections import Counter, OrderedDict, defaultdict, deque
from types import SimpleNamespace

a = [1, [2, (3, [4])], {'k': {5, 6}}, (1, 2), frozenset([7])]
a.append(a)
b = copy.deepcopy(a)
ext(0)
print(b[0], b[1], b[2], b[3] is a[3], b[5] is b, b[1] is a[1], b[1][1][1] is a[1][1][1])
print(
    copy.copy(a)[1] is a[1],
    copy.deepcopy(
        {'d': deque([[1]], 3), 'c': Counter('aab'), 'o': OrderedDict(x=[1]), 'dd': defaultdict(list, {1: [2]})}
    ),
)
n = SimpleNamespace(x=1, y=[2])
ext(1)
n.z = 'q'
print(n, n.x, n == SimpleNamespace(x=1, y=[2], z='q'), copy.deepcopy(n).y == n.y)
