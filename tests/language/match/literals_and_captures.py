def f(x):
    match ext(x):
        case 0:
            return 'zero'
        case 1 | 2 | 3:
            return ext('small')
        case -1.5:
            return 'float'
        case 'a' | 'b' as letter:
            return 'letter', ext(letter)
        case True:
            return 'never'
        case None:
            return 'none'
        case str(s) if ext(len(s)) > 3:
            return 'long', s
        case int() | float() as n:
            return 'number', n
        case other:
            return 'other', other


print([f(x) for x in (0, 2, -1.5, 'a', 'b', True, None, 'long text', 'xyz', 99, [1])])
match ext(5):
    case n if ext(n) > 10:
        print('big')
    case n if ext(n) > 3:
        print('medium', n)
n
