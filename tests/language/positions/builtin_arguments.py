print(len(ext([1, 2])), abs(ext(-2)), str(ext(1)), int(ext('7')), float(ext('1.5')), bool(ext(0)), repr(ext('a')))
print(
    list(ext('ab')),
    tuple(ext([1])),
    sorted(set(ext([1, 1]))),
    dict(ext([[1, 2]])),
    dict(a=ext(1)),
    list(range(ext(2), ext(5))),
)
print(sum(ext([1, 2]), ext(3)), min(ext(1), ext(2)), max(ext([1, 2])), sorted(ext([2, 1]), reverse=ext_true()))
print(isinstance(ext(1), int), isinstance(ext('a'), (int, str)), type(ext([])) is list, callable(ext(1)))
print(
    round(ext(2.567), ext(1)),
    divmod(ext(7), ext(2)),
    pow(ext(2), ext(5), ext(7)),
    hex(ext(255)),
    oct(ext(8)),
    bin(ext(5)),
)
print(
    chr(ext(97)),
    ord(ext('a')),
    ascii(ext('é')),
    format(ext(3.14159), ext('.2f')),
    bytes(ext([65])),
    bytearray(ext(b'x')),
)
print(
    list(zip(ext([1]), ext([2]))),
    list(map(str, ext([1]))),
    list(filter(None, ext([0, 1]))),
    list(enumerate(ext('a'), ext(3))),
)
print(
    any(ext([0, 1])), all(ext([0, 1])), list(reversed(ext([1, 2]))), next(iter(ext([5]))), next(iter(ext([])), ext('d'))
)
print(complex(ext(1), ext(2)), hash(ext(5)), slice(ext(1), ext(2)), frozenset(ext([1])))
print(ext(1), ext(2), sep=ext(' | '), end=ext('.\n'))
