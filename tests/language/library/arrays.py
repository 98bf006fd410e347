import urllib.parse
from array import array

a = array('i', [3, 1, 2])
a.append(ext(7))
b = array('d', (1, 2.5))
b.extend([0.1])
found = [
    a,
    b,
    a[1:],
    len(a),
    a.tolist(),
    a.tobytes(),
    array('B', b'ab'),
    a + array('i', [9]),
    a * 2,
    7 in a,
    a.index(1),
]
a[0] = 5
a[1:2] = array('i', [8, 8])
del a[-1]
a.reverse()
found += [
    a,
    a.itemsize,
    a.typecode,
    sum(a),
    sorted(a),
    a == array('i', list(a)),
    a < array('i', [9]),
    array('f', [0.1])[0],
]
for wrong in (
    lambda: array('B', [256]),
    lambda: array('i', ['x']),
    lambda: array('x'),
    lambda: a[99],
    lambda: array('i', 'ab'),
    lambda: a.remove(99),
    lambda: array('b').pop(),
    lambda: a + [1],
):
    try:
        wrong()
    except Exception as error:
        found.append((type(error).__name__, str(error)))
found.append(urllib.parse.quote('a b/ü'))
found.append([ext(x) for x in array('h', range(3))])
[str(value) for value in found]
