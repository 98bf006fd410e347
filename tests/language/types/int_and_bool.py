print(int('0b101', 0), int(' 42 '), int('-7'), int('z', 36), int(3.99), int(True), int(), int(b'12'), int('1_000'))
print(
    True + ext(1),
    True and ext(0),
    sum([True, False, ext(True)]),
    True == 1,
    isinstance(True, int),
    str(ext(False)),
    bool('0'),
    bool([]),
)
print(-7 // ext(2), -7 % ext(2), 7 // -2, 7 % -2, divmod(-7, 2), 2**-1, 0**0, ext(5) ** 0)
print(f'{ext(1234):>8}|{1234:<8}|{1234:^8}|{1234:+}|{-5:05}|{255:X}|{255:#o}|{10:b}|{1234567:_}|{65:c}|{5:e}')
print((10).numerator, (10).denominator, (-5).bit_length(), (3).real, ext(6).conjugate(), abs(ext(-6)), ~ext(5))
print(
    1 if ext(0) else 2,
    not ext(''),
    bool(ext({})),
    bool(ext([0])),
    ext(True) is True,
    True & False,
    True | False,
    True ^ True,
)
print(hash(True), {1: 'a', True: 'b', 1.0: 'c'}, [1, True, 1.0].count(1), max(True, ext(0)), min(1, True))
print(
    list(map(int, '123')),
    [int(c, 2) for c in ext(['1', '10'])],
    '%d %i %x %o %5d|%-5d|%05d %+d' % (1, 2, 255, 8, 3, 4, 5, 6),
)
hex(255), oct(8), bin(-5), round(15, -1), round(25, -1)
