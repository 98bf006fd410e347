s = ext('Hello, World')
print(s.upper(), s.lower(), s.swapcase(), s.title(), s.capitalize(), s.casefold(), len(s))
print(
    s.find('o'),
    s.rfind('o'),
    s.index('l'),
    s.rindex('l'),
    s.count('l'),
    s.find('zz'),
    s.startswith('He'),
    s.endswith(('x', 'd')),
)
print(
    s.replace('l', 'L', ext(2)),
    s.split(),
    s.split('o', 1),
    s.rsplit('o', 1),
    s.partition(', '),
    s.rpartition('o'),
    s.splitlines(),
)
print(
    s.center(20, '*'),
    s.ljust(15, '.'),
    s.rjust(15),
    s.zfill(15),
    '-5'.zfill(4),
    'a\tb'.expandtabs(4),
    '  x '.strip(),
    'xxaxx'.strip('x'),
    'xxa'.lstrip('x'),
    'axx'.rstrip('x'),
)
print(
    'abc'.isalpha(),
    '12'.isdigit(),
    'a1'.isalnum(),
    ' '.isspace(),
    'Ab'.istitle(),
    'ab'.islower(),
    'AB'.isupper(),
    'a b'.isidentifier(),
    '½'.isnumeric(),
    '5'.isdecimal(),
    'a'.isascii(),
    'a\n'.isprintable(),
)
print(
    'prefix-x'.removeprefix('prefix-'),
    'x.py'.removesuffix('.py'),
    ','.join(ext(['a', 'b'])),
    'a-b'.translate({97: 'z', 45: None}),
    'abc'.translate(str.maketrans('ab', 'xy')),
)
print(
    'é'.encode(),
    'é'.encode('latin-1'),
    'abc'.encode('utf-16-le'),
    '{0} {1!r} {k:>4}'.format(1, 'a', k=ext(2)),
    '{:,}'.format(1234),
    '{a}'.format_map({'a': ext(1)}),
)
print(
    'a,b,,c'.split(','),
    ' a  b '.split(),
    'a\nb\r\nc'.splitlines(True),
    ''.split(),
    ''.split(','),
    'abc'[::-1],
    'abc' * ext(2),
    'b' in s,
    s[ext(-1)],
    s > 'Hellp',
)
for c in ext('añ☃😀'):
    print(c, ord(c), ascii(c), len(c.encode()))
sorted('banana'), max('abc'), list(enumerate('ab')), str(b'x', 'utf-8'), str(ext(1.0)), repr("it's"), repr('"\'\n\t\\')
