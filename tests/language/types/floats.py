values = [
    0.1 + ext(0.2),
    1e16,
    1e-5,
    123456789.123,
    -0.0,
    float('inf'),
    float('-inf'),
    float('nan'),
    1 / 3,
    5e-324,
    1.7976931348623157e308,
]
for v in values:
    print(repr(v), str(v), f'{v:.3f}', f'{v:e}', f'{v:g}', f'{v:>12.4g}|')
print(
    ext(7.0) // 2,
    ext(-7.5) % 2,
    divmod(7.5, ext(-2)),
    2.0 ** ext(0.5),
    ext(0.5).is_integer(),
    (2.75).as_integer_ratio(),
)
print(
    round(ext(2.5)),
    round(3.5),
    round(-2.5),
    round(2.675, ext(2)),
    round(1234.5, -2),
    int(ext(-3.9)),
    float('1e3'),
    (10.0).hex(),
)
print(1e308 * ext(10), ext(1) == 1.0, hash(1.0) == hash(1), 0.1 + 0.2 == 0.3, ext(1e3), 1_000.5, float.fromhex('0x1p4'))
print(complex(1, 2) * ext(2j), (3 + 4j).conjugate(), abs(3 + 4j), (1 + 2j).real, (1j).imag)
try:
    int(ext(float('nan')))
except ValueError as e:
    print(e)
try:
    (ext(10.0)) ** 400
except OverflowError as e:
    print(type(e).__name__)
