# A lambda that yields is a generator function, which may pause.
out = []
f = lambda: (yield 1)
g = f()
out.append(next(g))
try:
    g.send(5)
except StopIteration as e:
    out.append(e.value)
h = lambda n: (ext(7), (yield n), (yield n + 1))
it = h(3)
out.append(next(it))
ext(7)
out.append(next(it))
try:
    next(it)
except StopIteration as e:
    out.append(e.value)
k = lambda: (yield from range(3))
out.append(list(k()))


class C:
    m = lambda self, x=2: [(yield x)]


out.append(list(C().m()))
out.append([list(q()) for q in [lambda i=i: (yield i) for i in range(2)]])
out.append(type(f()).__name__)
for line in out:
    print(line)
