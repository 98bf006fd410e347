def attempt(f):
    try:
        return f()
    except Exception as e:
        return type(e).__name__ + ':' + ext(str(e))


print(attempt(lambda: ext(1) + ext_fail('ValueError', 'a')))
print(attempt(lambda: [ext(1), ext_fail('KeyError', 'b'), ext(2)]))
print(attempt(lambda: ext_kw(ext_fail('OSError', 'c'), ext(1))))
print(attempt(lambda: ext_false() and ext_fail('OSError', 'd')))
print(attempt(lambda: ext_true() and ext_fail('OSError', 'e')))
print(attempt(lambda: 1 if ext_fail('OSError', 'f') else 2))
print(attempt(lambda: f'{ext(1)}{ext_fail("OSError", "g")}'))
print(attempt(lambda: sorted([2, 1], key=lambda v: ext_fail('OSError', f'h{v}'))))
print(attempt(lambda: list(map(lambda v: ext_fail('OSError', f'i{v}'), [1]))))
print(attempt(lambda: 1 < ext_fail('OSError', 'j') < 2))
print(attempt(lambda: {ext(1): ext_fail('OSError', 'k')}))
print(attempt(lambda: [1, 2][ext_fail('OSError', 'l') :]))
print(attempt(lambda: (lambda a=ext_fail('OSError', 'm'): a)()))
print(attempt(lambda: any(ext_fail('OSError', 'n') for _ in [1])))
attempt(lambda: ext_fail('OSError', ext_fail('ValueError', 'inner')))
