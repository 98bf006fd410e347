def f(x):
    match ext(x):
        case []:
            return 'empty'
        case [one]:
            return 'one', ext(one)
        case [1, *rest] if ext(rest):
            return 'starts with 1', rest
        case (a, [b, c]):
            return 'nested', a, b, ext(c)
        case [first, *_, last]:
            return 'ends', first, last
        case _:
            return 'no sequence'


for x in [[], [5], [1, 2, 3], [1], (0, [2, 3]), [7, 8, 9], 'ab', {'a': 1}, range(3)]:
    print(f(x)) if type(x) is not range else print('range')
match ext_list(3), ext('k'):
    case [a, *b], str() as k:
        print(a, b, k)
b
