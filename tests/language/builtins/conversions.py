for value in ['12', ' 7 ', '3.5', '', 'x', 3.7, True, None, [1], b'5', '0x1f', 10**20]:
    row = []
    for convert in (int, float, str, bool, list, tuple, bytes):
        try:
            if convert is bytes and type(value) is int:
                row.append('skipped')
                continue
            row.append(repr(convert(ext(value))))
        except (TypeError, ValueError) as e:
            row.append(type(e).__name__)
    print(repr(value), row)
print(
    list({'a': 1}),
    tuple('ab'),
    sorted(set('aab')),
    dict([('a', 1), ['b', 2]]),
    list(b'ab'),
    str([1, '2']),
    complex('1+2j'),
    bytes('é', 'utf-8'),
    float(' 1e3 '),
)
print(
    chr(9731),
    ord('☃'),
    hex(-255),
    oct(0),
    bin(10),
    ascii('☃'),
    repr(1.0),
    str(None),
    int('-0b11', 2),
    format(10, '08b'),
)
isinstance(ext(1), (str, int)), isinstance([], list), type(ext(())) is tuple, issubclass(bool, int)
