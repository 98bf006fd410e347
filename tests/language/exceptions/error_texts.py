tests = [
    lambda: [1][5],
    lambda: (1,)[5],
    lambda: 'a'[5],
    lambda: {}['k'],
    lambda: {}[1, 2],
    lambda: [].pop(),
    lambda: [1].remove(2),
    lambda: int('x'),
    lambda: int('x', 16),
    lambda: float('abc'),
    lambda: 1 + 'a',
    lambda: [] + (),
    lambda: len(5),
    lambda: 1 < 'a',
    lambda: 1 // 0,
    lambda: ord('ab'),
    lambda: hash([]),
    lambda: None.upper(),
    lambda: (5).upper(),
    lambda: ''.join([1]),
    lambda: 'é'.encode('ascii'),
    lambda: list(zip([1], [1, 2], strict=True)),
    lambda: [1, 2, 3].index(9),
    lambda: 'abc'.index('z'),
    lambda: 10**-1 + None,
    lambda: -'a',
    lambda: 'a' * 1.5,
    lambda: sorted([1, 'a']),
    lambda: {1: 2} < {},
    lambda: ext([])[None],
    lambda: [].append(1, 2),
    lambda: iter(5),
    lambda: next([]),
    lambda: reversed({1}),
    lambda: ext_add(1, 'a'),
]
for test in tests:
    try:
        print(test())
    except Exception as e:
        ext_none()
        print(f'{type(e).__name__}: {e}')
