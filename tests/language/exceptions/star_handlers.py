def show(e, d=0):
    if isinstance(e, BaseExceptionGroup):
        print('  ' * d, type(e).__name__, e.message)
        for x in e.exceptions:
            show(x, d + 1)
    else:
        print('  ' * d, repr(e), repr(e.__context__)[:40])


def t(f):
    try:
        print(f())
    except BaseException as e:
        show(e)


def a():
    try:
        raise ExceptionGroup('g', [ValueError(1), TypeError(2), ExceptionGroup('n', [KeyError(3), ValueError(4)])])
    except* ValueError as e:
        show(e)
        ext('v')
        print(ext(str(e)))
    except* TypeError:
        print('te', ext(1))
        raise
    except* KeyError:
        raise RuntimeError(ext('rt'))
    return 5


def b():
    try:
        raise ValueError('naked')
    except* (ValueError, TypeError) as e:
        show(e)
        ext(1)
    else:
        print('no')
    finally:
        print('fin', ext(2))


def c():
    try:
        raise KeyError('naked')
    except* (ValueError, TypeError) as e:
        show(e)


def d():
    try:
        raise KeyError('naked')
    except* KeyError as e:
        raise e


def e():
    try:
        ext_fail('ValueError', 'x')
    except* 5:
        pass


def f():
    try:
        ext(1)
    except* ValueError:
        pass
    else:
        return ext('else')


def g():
    try:
        raise ExceptionGroup('a', [ValueError(1), TypeError(2)])
    except* Exception as e:
        print(len(e.exceptions))
        for i in range(3):
            if i == 1:
                break
        raise


def h():
    try:
        raise ExceptionGroup('a', [ValueError(1), TypeError(2)])
    except* ValueError as e:
        try:
            raise KeyError
        except KeyError:
            ext(3)
            raise
    except* TypeError as e:
        raise


for fn in (a, b, c, d, e, f, g, h):
    t(fn)
