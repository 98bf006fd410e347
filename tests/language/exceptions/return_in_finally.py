def a():
    try:
        return ext('try')
    finally:
        return ext('finally')


def b():
    try:
        ext_fail('ValueError', 'swallowed')
    finally:
        return ext('kept')


def c():
    for i in range(3):
        try:
            ext_fail('KeyError', 'x')
        finally:
            if i < 2:
                continue
            break
    return ext(i)


def d():
    while True:
        try:
            return ext(1)
        finally:
            break
    return 'after break'


def e():
    try:
        try:
            raise ValueError(ext('first'))
        finally:
            raise KeyError(ext('second'))
    except KeyError as err:
        return err.args, type(err.__context__).__name__, err.__context__.args


a(), b(), c(), d(), e()
