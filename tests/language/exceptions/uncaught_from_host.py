def f(n):
    return ext_fail('KeyError', f'missing {n}') if n == 0 else f(n - 1)


print('before', ext(1))
f(3)
print('never')
