trace = []


def t(x):
    trace.append(x)
    return ext(x)


print([t(1), t(2), *t([3, 4]), t(5)])
print((t(1), *t((2, 3)), t(4)))
print({t('a'): t(1), t('b'): t(2), **t({'a': 9, 'c': 3}), t('d'): t(4)})
print(sorted({t(3), *t([1, 2]), t(3)}))
print([[t(1)], [t(2), [t(3)]]])
print({t(1): {t(2): [t(3)]}})
trace
