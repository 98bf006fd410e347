try:
    try:
        try:
            ext_fail('ValueError', 'one')
        except ValueError:
            ext_none()
            ext_fail('KeyError', 'two')
    except KeyError as e:
        ext_none()
        first = e
        raise IndexError('three')
except IndexError as e:
    ext_none()
    names = []
    while e is not None:
        names.append((type(e).__name__, e.args))
        e = e.__context__
    print(names)
print(type(first.__context__).__name__, first.__cause__)
try:
    ext_fail('OSError', 'alone')
except OSError as e:
    print(e.__context__, e.__cause__)
    ext_none()
    try:
        {}['missing']
    except KeyError as k:
        print(k.__context__ is e)
try:
    raise ValueError('clean')
except ValueError as e:
    print(e.__context__)
