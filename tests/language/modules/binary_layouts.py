# Layouts of bytes, complex functions and the encodings of base64.
import struct, cmath, base64, binascii

print(struct.pack('<iH', 1, 2), struct.unpack('<iH', b'\1\0\0\0\2\0'), struct.calcsize('>q'))
s = struct.Struct('>hh')
it = s.iter_unpack(b'\0\1\0\2\0\3\0\4')
print(next(it), s.size, s.format)
ext(1)
print(list(it), s.pack(1, 2))
b = bytearray(8)
struct.pack_into('>i', b, 2, 7)
print(b)
try:
    struct.pack('i', 'x')
except struct.error as e:
    print(e)
print(cmath.sqrt(-1), cmath.polar(1j))
print(base64.b85encode(b'hello'), base64.a85decode(base64.a85encode(b'hello')), base64.b32hexencode(b'hi'))
try:
    base64.b64decode('a')
except binascii.Error as e:
    print(e)
