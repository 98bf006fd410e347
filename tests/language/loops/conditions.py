trace = []


def t(x):
    trace.append(x)
    return ext(x)


n = 0
while t(n) < 3 and (t('even') if n % 2 == 0 else t('odd')):
    n += t(1)
while not t(n) == 0:
    n -= 1
if t(0):
    print('a')
elif t(''):
    print('b')
elif t([]) or t(1):
    print('c')
else:
    print('d')
if t(1) and not t(0):
    print('e')
if t(0):
    pass
elif t(0):
    pass
else:
    print('f', t(5))
if not (t(1) < t(2) < t(3)):
    print('never')
trace
