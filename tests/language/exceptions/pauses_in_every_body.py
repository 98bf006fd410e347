def f(kind):
    log = []
    try:
        log.append(ext('try'))
        if kind:
            ext_fail(kind, 'text')
        log.append(ext('end of try'))
    except ValueError as e:
        log.append(ext('value'))
        log.append(ext_str(e.args))
    except (KeyError, IndexError) as e:
        log.append(ext('lookup'))
        log.append((type(e).__name__, ext_str(e.args)))
    else:
        log.append(ext('else'))
    finally:
        log.append(ext('finally'))
        log.append(ext(len(log)))
    log.append(ext('after'))
    return log


for kind in ['', 'ValueError', 'KeyError', 'IndexError']:
    print(f(kind))
try:
    f('OSError')
except OSError as e:
    print('out', e)
