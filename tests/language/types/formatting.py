rows = [('apple', 1.5, 10), ('fig', 22.25, 3)]
for name, price, n in rows:
    print(f'{ext(name):<10}|{price:>8.2f}|{n:03d}|{price * ext(n):>10,.1f}')
    print('%-10s|%8.2f|%03d|%r|%%|%s' % (name, ext(price), n, name, [n]))
    print('{:<10}|{:>8.2f}|{n:03d}|{0!r}'.format(name, price, n=ext(n)))
for spec in [
    'd',
    '5d',
    '<5d',
    '^5d',
    '+d',
    ' d',
    '05d',
    ',d',
    '_d',
    'x',
    '#x',
    'X',
    'o',
    'b',
    '#b',
    'c',
    'e',
    '.1f',
    '%',
    'n',
    '*>8',
    '=+6d',
]:
    print(spec, repr(format(ext(65), spec)))
for spec in [
    'f',
    '.0f',
    '.2f',
    '10.3f',
    '<10.1f',
    'e',
    '.2e',
    'g',
    '.3g',
    '%',
    '.1%',
    ',.2f',
    '+.1f',
    '010.2f',
    '',
    '_.1f',
]:
    print(spec, repr(format(1234.5678, ext(spec))))
for spec in ['s', '5', '<5', '>5', '^5', '.2', '*^7.2', '']:
    print(spec, repr(format('abc', ext(spec))))
for bad in ['q', '5.2d', 's']:
    try:
        format(5, ext(bad))
    except ValueError as e:
        print(type(e).__name__)
print(
    '%(a)s %(b)5.1f' % {'a': ext(1), 'b': 2},
    '%s' % ext((1,)),
    '%s %s' % (ext([1]), {}),
    '%c%c' % (65, 'b'),
    '%x' % 255,
    '%e' % 12345.678,
    '%g' % 1e-7,
    '%5s|%-5s|' % ('a', 'b'),
)
try:
    '%d' % ext('a')
except TypeError as e:
    print(e)
try:
    '%s %s' % (ext(1),)
except TypeError as e:
    print(e)
