def a(n):
    try:
        return b(n)
    finally:
        print('a', ext(n))


def b(n):
    try:
        x = c(n)
        return x + ext(1)
    except KeyError as e:
        print('b caught', e, ext(n))
        return -1


def c(n):
    for i in range(3):
        try:
            if i == n:
                ext_fail(['KeyError', 'ValueError', 'OSError'][n], f'c{i}')
            ext(i)
        except OSError as e:
            print('c caught', e, ext(i))
            return ext(100)
        finally:
            print('c', ext(i))
    return 50


for n in range(4):
    try:
        print(a(n))
    except ValueError as e:
        print('top', e)
