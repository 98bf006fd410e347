import base64
import copy
import io
import re
import struct
import urllib.parse
from array import array
from collections.abc import MutableSequence

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

# An array is a buffer, and lives through a pause as one.
raw = array('B', bytes(8))
with memoryview(raw) as view:
    view[0] = ext(7)
    struct.pack_into('>H', raw, 2, 258)
    ext_none()
    view[1] = 9
    found += [raw, view[1:4].tolist(), bytes(raw), bytearray(array('H', [1])), view.format]
    try:
        raw.append(1)
    except BufferError as error:
        found.append(str(error))
raw.append(1)
found += [
    struct.unpack('>H', raw[2:4]),
    base64.b64encode(array('B', b'hi')),
    re.match(b'a+', array('B', b'aab')).span(),
    int(array('B', b'12')),
    float(array('B', b'1.5')),
    b''.join([array('B', b'q'), b'z']),
    copy.copy(a) == a,
    copy.deepcopy([a, a]),
    type(a) is array and isinstance(a, array),
    isinstance(a, MutableSequence),
]
numbers = array('d', [0.5, 1.5, 2.5])
step, back = iter(numbers), reversed(numbers)
found += [next(step), next(back), ext('between'), list(step), list(back), list(step)]
numbers.extend(ext(x) / 2 for x in range(3))
numbers.extend(array('d', [9]))
found += [numbers, array('l', (ext(x) for x in range(3))), hex(id(numbers))[:2]]
for x in numbers:
    if ext(x) > 1:
        break
match array('i', [1, 2]):
    case [x, y]:
        found.append((x, y, ext('matched')))
numbers.byteswap()
numbers.byteswap()
numbers.fromlist([1.0])
numbers.frombytes(bytes(8))
stream = io.BytesIO()
numbers.tofile(stream)
stream.seek(0)
again = array('d')
again.fromfile(stream, 2)
try:
    again.fromfile(stream, 100)
except EOFError as error:
    found.append(str(error))
push, fill, count = again.append, again.extend, again.count
push(ext(4))
fill([ext(x) for x in range(2)])
found += [again.tolist(), count(4), again.pop(), again.index(4)]
again = numbers[:]
found += [again == numbers, numbers.buffer_info()[1], array('u', 'ab').tounicode(), again != [1]]
[str(value) for value in found]
