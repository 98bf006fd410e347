# Views share the memory of what they are of, before and after a pause; places, formats, shapes and strides are kept.
data = bytearray(b'hello wide world')
view = memoryview(data)
every_third = view[2:14:3]
backwards = view[::-1]
words = view[4:12].cast('I')
grid = view[1:9].cast('B', [2, 4])
flipped = grid[::-1]
number = memoryview(b'abcd').cast('I', [])
empty = view[3:3]
none_of_grid = grid[0:0]
read_only = view[5:].toreadonly()
constant = memoryview(b'aaaabaaa')[4:]
released = memoryview(b'1')
released.release()

walker = iter(view)
next(walker)
reverser = reversed(view)
next(reverser)
pairs = zip(view, constant)
next(pairs)
ended = iter(view[:0])
next(ended, None)

ext(1)
view[2] = ord('L')
backwards[0] = ord('D')
words[1] = ext(0x61626364)
flipped_list = flipped.tolist()
grid[0, 0] = ext(ord('E'))

print(
    data, every_third.tolist(), every_third.strides, backwards.tobytes(), words.tolist(), words.format, words.itemsize
)
print(grid.tolist(), grid.shape, grid.strides, flipped.tolist(), flipped_list, flipped.strides, number[()], number.ndim)
print(len(empty), none_of_grid.shape, read_only.readonly, read_only.tobytes(), constant.obj, constant == b'baaa')
print(list(walker), list(reverser), list(pairs), list(ended), view.obj is data, hash(constant) == hash(b'baaa'))

for byte in view[:3]:
    ext(byte)
    print(byte)

for action in (
    lambda: data.append(1),
    lambda: len(released),
    lambda: read_only.__setitem__(0, 1),
    lambda: view.__setitem__(0, 300),
    lambda: view.__setitem__(slice(0, 2), b'abc'),
    lambda: view.__delitem__(0),
    lambda: hash(view),
    lambda: view[99],
    lambda: view.cast('Z'),
    lambda: memoryview({}),
    lambda: memoryview('text'),
    lambda: view < data,
    lambda: view['a'],
):
    try:
        action()
    except Exception as error:
        print(type(error).__name__, error)

with memoryview(data) as opened:
    ext(opened.nbytes)
    opened[0:2] = b'HE'
try:
    opened[0]
except ValueError as error:
    print(error)
print(data)

print(float(memoryview(b'x12.5')[1:]), int(memoryview(b'123')[1:]), bytes(words), bytearray(view[:4]))
print(
    b'-'.join([constant, view[:2]]),
    b'  a '.strip(memoryview(b' ')),
    b'abab'.replace(memoryview(b'a'), memoryview(b'xy')),
)
print(b'a b'.rsplit(memoryview(b' ')), b'abcb'.rfind(memoryview(b'b')), int.from_bytes(memoryview(b'\xff\x00'), 'big'))
print(constant.hex(), constant.hex('-', 2), (b'ab' + memoryview(b'c')), 97 in constant, list(constant), tuple(view[:2]))
print(type(view) is memoryview, isinstance(view, (bytes, memoryview)), view == data, view != b'', view.contiguous)
print(constant.c_contiguous, every_third.f_contiguous, view.suboffsets, memoryview(view).nbytes, constant.tobytes('C'))


class Text(bytes):
    pass


print(memoryview(Text(b'own')).tobytes(), sorted(memoryview(b'cab')), max(memoryview(b'cab')), {constant: 1}[b'baaa'])
