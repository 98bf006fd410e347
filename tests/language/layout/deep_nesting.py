def f(n):
    out = []
    for a in range(2):
        if ext(a) == 0:
            while len(out) < n:
                try:
                    for b in ext_list(2):
                        if b:
                            try:
                                out.append(ext(b))
                                if len(out) == 2:
                                    ext_fail('KeyError', 'deep')
                            finally:
                                for c in range(2):
                                    if c == ext(1):
                                        out.append(('c', c))
                        else:
                            out.append(ext('else'))
                except KeyError as e:
                    if ext_true():
                        while True:
                            out.append(ext(str(e)))
                            break
        else:
            for d in 'xy':
                try:
                    if d == 'y':
                        return ext(out)
                finally:
                    out.append(ext(d))
    return 'never'


f(5)
