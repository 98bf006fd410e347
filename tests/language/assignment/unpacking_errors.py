for value in [(1,), (1, 2, 3), (), 5, None, 'ab', 'abc']:
    try:
        a, b = ext(value)
        print(a, b)
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e if 'iterable' in str(e) else '')
for value in [(), (1,), (1, 2)]:
    try:
        a, *b, c = ext(value)
        print(a, b, c)
    except ValueError as e:
        print(e)
a = 'before'
try:
    a, b = ext([1])
except ValueError:
    print(a)
lst = [0, 0]
try:
    lst[0], lst[5] = ext([1, 2])
except IndexError as e:
    print(e, lst)
