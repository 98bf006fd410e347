def f(n):
    a = ext(n)
    b = ext(a) + 1
    c = [ext(b), a]
    if n % 2:
        d = ext('odd')
        e = d + ext_str(a)
    else:
        d = ext('even')
        e = ext_str(b) + d
    g = {d: c, e: ext(e)}
    for i, h in enumerate(c):
        j = ext(h) * i
        c[i] = j + ext(i)
        if j > 3:
            k = ext(j)
            break
    else:
        k = ext('no break')
    m = (a, b, c, d, e, g, i, h, j, k)
    while len(c) < 4:
        c.append(ext(len(c)))
        o = c[-1] if ext_true() else None
    try:
        q = c[ext(n)]
    except IndexError as r:
        q = ext(str(r))
    else:
        q = ext(q)
    finally:
        s = ext('s')
    t = [ext(u) + v for u, v in zip(c, c[1:])]
    w = lambda x: (ext(x), q, s)
    y = sorted(t, key=lambda z: ext(-z))
    return m, o, q, s, t, w(k), y


print(f(1))
f(6)
