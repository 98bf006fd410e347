# A generator that stops, stepped by its methods' names and by bound methods.
def counted(n):
    for i in range(n):
        yield ext(i)


g = counted(3)
print(g.__next__(), next(g), g.send(None))
step = counted(2).__next__
print(step(), step(), counted(2).__iter__().__next__())
lazy = map(lambda x: ext(x), [1, 2])
print(lazy.__next__(), next(lazy))
print([f() for f in [counted(2).__next__, counted(3).__next__]])
