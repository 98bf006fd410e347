def f(where):
    log = []
    try:
        if where == 'try':
            ext_fail('ValueError', 'try')
        ext_none()
        if where in ('handler', 'handled finally'):
            raise KeyError('own')
    except KeyError as e:
        log.append('handler')
        if where == 'handler':
            ext_fail('IndexError', 'in handler')
        ext_none()
    else:
        log.append('else')
        if where == 'else':
            ext_fail('TypeError', 'in else')
    finally:
        log.append('finally')
        ext_none()
        if 'finally' in where:
            ext_fail('OSError', 'in finally ' + ','.join(log))
    return log


for where in ['no', 'try', 'handler', 'handled finally', 'else', 'finally']:
    try:
        print(where, f(where))
    except Exception as e:
        context = e.__context__
        print(where, type(e).__name__, e, type(context).__name__)
