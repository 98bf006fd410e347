# What `raise`, the variable and the context are in a handler must survive each pause in it.
def f():
    try:
        raise ValueError(ext('outer'))
    except ValueError as outer:
        for i in range(2):
            try:
                ext_fail('KeyError', f'k{i}')
            except KeyError as inner:
                ext_none()
                print(inner, inner.__context__ is outer, ext(i))
            try:
                raise OSError('second')
            except OSError as e:
                print(e.__context__ is outer)
        ext_none()
        try:
            raise
        except ValueError as again:
            ext_none()
            print(again is outer, again.__context__)
    try:
        raise IndexError('clean')
    except IndexError as e:
        print(e.__context__)
    return 'done'


print(f())


def handler(e):
    ext_none()
    try:
        raise TypeError('in handler')
    except TypeError as t:
        ext_none()
        return t.__context__ is e


try:
    ext_fail('ValueError', 'top')
except ValueError as e:
    print(handler(e), ext(1))
    print([handler(e) for _ in ext_list(2)])
    try:
        raise KeyError('with cause') from e
    except KeyError as k:
        ext_none()
        print(k.__cause__ is e, k.__context__ is e)
try:
    raise
except RuntimeError as e:
    print(e, e.__context__)
