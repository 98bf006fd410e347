def f(n):
    while True:
        try:
            for i in range(n):
                if ext(i) == 2:
                    return 'two'
            else:
                if n > 0:
                    n = 5
                    continue
                break
        finally:
            print('finally', n, ext_str(n))
    else:
        return 'never'
    return 'end'


print(f(1))
print(f(0))


def g():
    for i in range(3):
        for j in range(3):
            if ext(i) == 1 and j == 1:
                break
        else:
            continue
        break
    else:
        return 'none'
    return i, j


g()
