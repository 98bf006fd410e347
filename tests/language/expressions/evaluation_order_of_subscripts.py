trace = []


def t(x):
    trace.append(x)
    return ext(x)


box = [10, 20, 30]
print(box[t(1)] + box[t(2)])
print(t([5, 6, 7])[t(0) : t(2)])
print(t('abcdef')[t(1) : t(5) : t(2)])
box[t(0)] = t(99)
box[t(1)], box[t(2)] = t(1), t(2)
print(box)
box[t(0)] += t(1)
print(box)
table = {}
table[t('k')] = table[t('j')] = t('v')
print(table)
box[t(0) : t(1)] = t([7, 8, 9])
print(box)
del box[t(0)], box[t(-1)]
print(box)
trace
