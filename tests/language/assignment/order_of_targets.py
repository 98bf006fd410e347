trace = []


def t(x):
    trace.append(x)
    return ext(x)


box = [0] * 5
box[t(0)], box[t(1)] = box[t(2)] = t('v'), t('w')
print(box)
i = 0
i, box[i] = t(3), t('z')
print(i, box)
box[t(4)] = {t('k'): t('val')}[t('k')]
print(box)
for box[t(0)] in t([1, 2]):
    trace.append(box[0])
print(box)
[box[t(1)] for _ in t([1, 2])]
trace
