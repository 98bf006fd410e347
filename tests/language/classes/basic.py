class Counter:
    kind = ext('counter')

    def __init__(self, start=ext(0)):
        self.n = ext(start)

    def inc(self, by=1):
        self.n += ext(by)
        return self

    def __repr__(self):
        return f'Counter({self.n})'


a, b = Counter(), Counter(10)
ext_none()
print(a.inc().inc(5), b.inc(), a.n, b.n, Counter.kind, a.kind)
a.kind = ext('own')
print(a.kind, b.kind, Counter.kind, isinstance(a, Counter), type(a) is Counter)
m = a.inc
ext_none()
m(ext(100))
c = a
ext_none()
print(c is a, a.n, [x.n for x in (a, b)])
try:
    a.missing
except AttributeError as e:
    print(e)
del a.kind
a.kind
