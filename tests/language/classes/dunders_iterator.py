class Countdown:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        ext_none()
        return self

    def __next__(self):
        if self.n <= 0:
            raise StopIteration
        self.n -= 1
        return ext(self.n)


print(list(Countdown(3)), sum(Countdown(4)), [x * 2 for x in Countdown(3)])
it = Countdown(5)
for x in it:
    ext_none()
    if x == 3:
        break
print(next(it), list(it), next(it, 'end'))
a, *b = list(Countdown(4))
print(a, b, max(Countdown(3)), list(zip(Countdown(2), 'ab')), dict(enumerate(Countdown(2))))
sorted(Countdown(3), key=lambda v: ext(v))
