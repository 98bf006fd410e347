def f(kind):
    try:
        ext_fail(kind, 'original')
    except ValueError:
        ext_none()
        raise
    except KeyError as e:
        ext_none()
        raise e
    except Exception:
        try:
            ext_fail('IndexError', 'second')
        except IndexError:
            ext_none()
        raise


for kind in ['ValueError', 'KeyError', 'OSError', 'ZeroDivisionError']:
    try:
        f(kind)
    except Exception as e:
        print(type(e).__name__, e, e.__context__)


def g():
    try:
        raise RuntimeError(ext('boom'))
    except RuntimeError:
        h()


def h():
    ext_none()
    raise


try:
    g()
except RuntimeError as e:
    print('from helper', e)
try:
    raise
except RuntimeError as e:
    print(e)
