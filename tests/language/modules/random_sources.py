# Sources of random numbers beside the module itself, with their state through pauses.
import random

r = random.Random(42)
print(r.random(), r.randint(1, 6), r.choice('abc'), r.sample(range(100), 3), r.choices([1, 2, 3], k=3), r.gauss(0, 1))


class S(random.Random):
    def random(self):
        return 0.25

    def extra(self):
        return self.randrange(10)


class G(random.Random):
    def getrandbits(self, k):
        return super().getrandbits(k)


s = S(5)
g = G(7)
print(s.random(), s.extra(), s.shuffle([1, 2, 3]), g.random(), g.randrange(100), g.getrandbits(5))
st = r.getstate()
x = r.random()
ext(1)
print(r.random(), s.extra(), g.random(), g.gauss(0, 1))
r.setstate(st)
print(r.random() == x)
random.seed(1)
st = random.getstate()
a = random.random()
random.setstate(st)
print(a == random.random(), a)
l = [1, 2, 3, 4]
r.shuffle(l)
print(l, r.uniform(1, 2), r.triangular(), r.betavariate(1, 2), r.randbytes(3), type(r) is random.Random)
print(random.Random.randint(r, 1, 3))
try:
    random.Random([1])
except TypeError as e:
    print(' '.join(str(e).split()))
