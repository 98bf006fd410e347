b = ext(b'hello world')
print(
    b,
    len(b),
    b[0],
    b[1:3],
    b.upper(),
    b.split(),
    b.find(b'o'),
    b.replace(b'l', b'L'),
    b.decode(),
    b.hex(),
    b.startswith(b'he'),
)
print(
    b + b'!',
    b * 2,
    104 in b,
    b'lo' in b,
    list(b[:3]),
    bytes([1, 2]),
    bytes(3),
    bytes.fromhex('00ff'),
    b'a' < b'b',
    b'%d-%s' % (1, b'x'),
)
print(
    b.partition(b' '),
    b.strip(b'hd'),
    b.title(),
    b.center(15, b'*'),
    b.index(b'w'),
    b.count(b'o'),
    b.endswith(b'd'),
    b.isalpha(),
    b.join([b'1', b'2']),
)
m = bytearray(ext(b'abc'))
m.append(ext(100))
m.extend(b'ef')
m[0] = 65
m[1:2] = b'BB'
del m[-1]
print(m, m.decode(), len(m), bytes(m), m.pop(), m == b'ABBcd', m.find(b'c'))
n = m
ext_none()
n += b'z'
print(m, n is m, m.reverse(), m, m.copy() is m, m.upper())
for x in b'\x00\xff':
    print(ext(x), hex(x))
print(
    'añ☃'.encode('utf-8').decode('utf-8'),
    'a'.encode('utf-16'),
    b'\xff'.decode('latin-1'),
    b'a\xffb'.decode('utf-8', 'replace'),
    'é'.encode('ascii', 'ignore'),
)
ext(b''), repr(b'\'"\n'), str(b'x'), b'x' == 'x'
