log = []


def f(a, b, c):
    try:
        try:
            try:
                if a:
                    ext_fail(a, 'a')
                log.append(ext('body'))
            except ValueError:
                log.append(ext('h1'))
                if b:
                    ext_fail(b, 'b')
            else:
                log.append(ext('e1'))
            finally:
                log.append(ext('f1'))
                if c:
                    ext_fail(c, 'c')
        except KeyError:
            log.append(ext('h2'))
        finally:
            log.append(ext('f2'))
    except Exception as e:
        log.append((type(e).__name__, type(e.__context__).__name__, ext('h3')))
    log.append('end')


for a in ('', 'ValueError', 'KeyError'):
    for b in ('', 'KeyError', 'OSError'):
        for c in ('', 'KeyError', 'TypeError'):
            f(a, b, c)
            print(repr(a), repr(b), repr(c), log)
            log.clear()
