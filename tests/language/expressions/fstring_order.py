trace = []


def t(x):
    trace.append(x)
    return ext(x)


print(f'{t(1)} {t(2):{t(3)}} {t("x")!r:{t(">")}{t(6)}} {t(4)}')
print(f'{t(1) if t(0) else t(2)}{t(5)}' + f'{t(6)}')
print('%s %5.2f %-4d|' % (t('a'), t(1.5), t(3)))
print('{} {x} {}'.format(t(1), t(3), x=t(2)))
trace
