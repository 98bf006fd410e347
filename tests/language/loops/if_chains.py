def kind(x):
    if ext(x) < 0:
        a = 'negative'
    elif ext(x) == 0:
        a = ext('zero')
    elif x < 10:
        if x % 2 == ext(0):
            a = 'small even'
        else:
            a = 'small odd'
    else:
        a = 'big'
        if ext(x) > 100:
            a += ext(' very')
    return a


print([kind(x) for x in [-1, 0, 4, 5, 50, 500]])
pass
if ext_true():
    print('one line')
if ext_false():
    print('no')
else:
    print('other')
