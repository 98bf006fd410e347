def f(how):
    try:
        raise KeyError(ext('inner'))
    except KeyError as e:
        ext_none()
        if how == 'from':
            raise ValueError(ext('outer')) from e
        if how == 'none':
            raise ValueError(ext('outer')) from ext_none()
        if how == 'other':
            raise ValueError('outer') from OSError(ext('made'))
        raise ValueError('outer')


for how in ['from', 'none', 'other', 'plain']:
    try:
        f(how)
    except ValueError as e:
        ext_none()
        print(how, e, type(e.__cause__).__name__, type(e.__context__).__name__, e.__suppress_context__)
try:
    raise ValueError('x') from ext(5)
except TypeError as e:
    print(e)
try:
    raise ext(5)
except TypeError as e:
    print(e)
