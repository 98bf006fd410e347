def f():
    xs = [1]
    try:
        return xs, xs[0], ext(len(xs))
    finally:
        xs.append(ext(2))
        xs = 'rebound'
        ext_none()


def g(n):
    try:
        return g(n - 1) + [n] if n else [ext('base')]
    finally:
        for i in range(2):
            ext((n, i))


def h():
    try:
        try:
            return ext('first')
        finally:
            try:
                ext_fail('ValueError', 'inside finally')
            except ValueError as e:
                print('handled', e, e.__context__)
            ext_none()
    finally:
        print('outer', ext(1))


def i():
    for x in ext_list(3):
        try:
            return x
        finally:
            if ext(x) < 2:
                continue


print(f(), g(2), h(), i())
try:
    try:
        ext_fail('OSError', 'pending')
    finally:
        try:
            {}[ext('k')]
        except KeyError as e:
            print(type(e.__context__).__name__)
        ext_none()
except OSError as e:
    print(e, e.__context__)
