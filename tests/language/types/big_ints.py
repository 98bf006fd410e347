a = 2**200 + ext(1)
ext_none()
print(a, a.bit_length(), a % 10**9, a // 3**50, -a // 7, -a % 7)
f = 1
for i in range(1, 40):
    f *= ext(i) if i % 10 == 0 else i
print(f, len(str(f)))
print(pow(3, 1000, 10**9 + 7), pow(7, -1, 13), ext(10**40) + 1, hex(ext(2**70)), int('f' * 20, 16))
print(divmod(-(10**20), 7), ext(1 << 90) >> 85, (1 << 64) - 1 & ext(0xFF), ~ext(2**65), a ^ a + 1, a | 1, a & -a)
x, y = 10**50 + 151, 10**48 + 7
while y:
    x, y = y, ext(x % y)
print(x, int(ext(1e20)), float(10**25), 10**25 / 3, 10**18 == ext(1e18), round(12345678901234567890, -5))
(2**100).to_bytes(13, 'big'), int.from_bytes(ext(b'\x01\x00'), 'big'), (5).bit_count()
