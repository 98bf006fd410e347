def recover(e, depth):
    if depth == 0:
        return ext(str(e))
    try:
        raise RuntimeError(f'level {depth}')
    except RuntimeError as inner:
        ext_none()
        text = recover(e, depth - 1)
        return f'{text} < {inner}'


try:
    ext_fail('ValueError', 'root')
except ValueError as e:
    print(recover(e, 3))
    print([ext(x) for x in str(e)])
    for i in range(2):
        try:
            ext_fail('KeyError', str(i))
        except KeyError as k:
            print(k, type(k.__context__).__name__, k.__context__ is e, ext(i))
    while ext_true():
        break
    fs = [lambda: str(e)]
    print(fs[0](), ext(1))
