xs = [1]
xs.append(xs)
d = {'self': 0}
d['self'] = d
ext_none()
print(xs, d, [d, xs])
print(
    [
        1,
        'a',
        2.5,
        None,
        True,
        b'x',
        (1,),
        {'k': [1]},
        {2},
        range(3),
        set(),
        frozenset(),
        slice(1, 2),
        1j,
        bytearray(b'y'),
    ]
)
print(str([ext("it's"), ext('q"'), '\n\t\\\x00\x7f\xa0é☃\ud7ff']), repr({'a': {'b': {'c': []}}}), ascii(['é']))
print([], {}, (), [[]], ((),), {(): []}, [None], [ext_none()])
print(ValueError('x'), repr(ValueError('x')), [KeyError('k'), OSError(2, 'e')])
print({}.keys(), {1: 2}.items(), {1: 2}.values())
print(
    type(1).__name__,
    type('').__name__,
    type([]) is list,
    type(None).__name__,
    type(ext(1.5)).__name__,
    type(range(1)).__name__,
    type(len).__name__ != '',
)
print(int, str, ValueError, type, [list, dict])
xs[1] is xs, d['self'] is d
