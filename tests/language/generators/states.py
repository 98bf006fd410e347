# What generators and coroutines tell of themselves.
def gen():
    yield
    out.append((g.gi_running, g.gi_suspended))
    ext(1)
    out.append((g.gi_running, g.gi_suspended))
    yield


out = []
g = gen()
out.append((g.gi_running, g.gi_suspended))
next(g)
out.append((g.gi_running, g.gi_suspended))
next(g)


def plain():
    out.append(p.gi_running)
    yield 1


p = plain()
list(p)
out.append((p.gi_running, p.gi_suspended))


async def co():
    out.append((c.cr_running, c.cr_suspended))


c = co()
out.append((c.cr_running, c.cr_suspended))
try:
    c.send(None)
except StopIteration:
    pass
out.append((c.cr_running, c.cr_suspended))


async def ag():
    yield 1


a = ag()
out.append(a.ag_running)


class X:
    gi_running = 5


out.append(X.gi_running)
out.append(X().gi_running)
x = X()
x.gi_running = ext(6)
out.append(x.gi_running)
try:
    (1).gi_running
except AttributeError as e:
    out.append(str(e))
for line in out:
    print(line)
