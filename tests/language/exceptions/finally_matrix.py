# Every way to leave a try body, against every way to leave its finally.
def run(leave, last):
    log = []

    def body():
        for i in range(2):
            try:
                log.append(ext(('body', i)))
                if leave == 'return':
                    return ext('from body')
                if leave == 'break':
                    break
                if leave == 'continue':
                    continue
                if leave == 'raise':
                    ext_fail('ValueError', 'from body')
                if leave == 'own':
                    raise KeyError(ext('own'))
            finally:
                log.append(ext(('finally', i)))
                if last == 'return':
                    return ext('from finally')
                if last == 'break':
                    break
                if last == 'continue':
                    continue
                if last == 'raise':
                    raise IndexError(ext('from finally'))
            log.append(('after', i))
        else:
            log.append('else')
        return 'end'

    try:
        log.append(body())
    except LookupError as e:
        log.append((type(e).__name__, e.args, type(e.__context__).__name__))
    except ValueError as e:
        log.append(repr(e))
    return log


for leave in ('', 'return', 'break', 'continue', 'raise', 'own'):
    for last in ('', 'return', 'break', 'continue', 'raise'):
        print(f'{leave:>8} {last:>8}', run(leave, last))
