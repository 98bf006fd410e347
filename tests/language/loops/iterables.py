for x in ext([1, 2]):
    print(x, ext(x))
for x in ext('ab'):
    print(ext(x))
for x in ext((1, 2)):
    print(ext(x))
for k in ext({'a': 1, 'b': 2}):
    print(ext(k))
for k, v in {'a': 1, 'b': 2}.items():
    print(ext(k), v)
for v in {'a': 1}.values():
    print(ext(v))
for b in b'ab':
    print(ext(b))
for x in range(ext(5), 0, ext(-2)):
    print(ext(x))
for i, (a, b) in enumerate(zip(ext('xy'), ext([1, 2])), ext(1)):
    print(i, ext(a), b)
for x in reversed(ext([1, 2, 3])):
    print(ext(x))
for x in map(str, ext([1, 2])):
    print(ext(x))
for x in filter(None, [0, 1, 2]):
    print(ext(x))
for x in sorted(ext([3, 1, 2])):
    print(ext(x))
for x in iter([7, 8]):
    print(ext(x))
for x in frozenset([5]):
    print(ext(x))
for x in bytearray(b'z'):
    print(ext(x))
for x in sorted({3, 1}):
    print(ext(x))
