out = []
for i in range(4):
    try:
        if ext(i) == 1:
            continue
        if i == 3:
            break
        out.append(('body', i))
    finally:
        out.append(('finally', ext(i)))
else:
    out.append('never')
print(out)


def f():
    log = []
    n = 0
    while n < 5:
        n += 1
        try:
            try:
                if n == 2:
                    continue
                if n == 4:
                    break
                log.append(ext(n))
            finally:
                log.append(('in', ext(n)))
        finally:
            log.append(('out', ext(n)))
    return log


f()
