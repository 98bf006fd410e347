trace = []


def t(x):
    trace.append(x)
    return ext(x)


print(t('yes') if t(1) else t('no'))
print(t('yes') if t(0) else t('no'))
print((t('a') if t(0) else t('b')) if t(1) else t('c'))
print(t('a') if t(0) else t('b') if t(0) else t('c'))
values = [t(i) if i % 2 else -t(i) for i in range(4)]
print(values)
print((ext(1) if ext_true() else ext(2)) + (ext(3) if ext_false() else ext(4)))
trace
