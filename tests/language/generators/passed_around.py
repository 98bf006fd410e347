def take(n, it):
    out = []
    for _ in range(n):
        out.append(next(it))
        ext_none()
    return out


def evens(limit):
    return (ext(x) for x in range(limit) if x % 2 == 0)


g = evens(20)
print(take(2, g), take(3, g))
h = g
ext_none()
print(h is g, next(h), next(g))
box = {'g': g}
ext_none()
print(next(box['g']), list(g))
chained = (y + 1 for y in (x * 2 for x in (ext(w) for w in range(3))))
print(next(chained), ext('pause'), list(chained))


def apply(f, it):
    return (f(x) for x in it)


print(list(apply(lambda v: ext(v) + 1, apply(ext, range(3)))))
total = 0
for x in (ext(a) + b for a in range(2) for b in ext_list(2)):
    total += ext(x)
total
