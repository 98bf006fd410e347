"""Programs of classes with their methods, of generators and exceptions; each ends with a value."""

from __future__ import annotations

CLASSES: dict[str, str] = {
    'calculator': """
class Parser:
    def __init__(self, text):
        self.text = text
        self.pos = 0

    def peek(self):
        while self.pos < len(self.text) and self.text[self.pos].isspace():
            self.pos += 1
        return self.text[self.pos] if self.pos < len(self.text) else ''

    def expr(self):
        value = self.term()
        while self.peek() in ('+', '-') and self.peek():
            op = self.text[self.pos]
            self.pos += 1
            other = self.term()
            value = value + other if op == '+' else value - other
        return value

    def term(self):
        value = self.factor()
        while self.peek() in ('*', '/') and self.peek():
            op = self.text[self.pos]
            self.pos += 1
            other = self.factor()
            value = value * other if op == '*' else value / other
        return value

    def factor(self):
        ch = self.peek()
        if ch == '(':
            self.pos += 1
            value = self.expr()
            self.pos += 1
            return value
        start = self.pos
        while self.pos < len(self.text) and self.text[self.pos].isdigit():
            self.pos += 1
        return int(self.text[start:self.pos])

Parser(' + '.join(['(1 + 2) * (3 - 4 * 5) / 7'] * 40)).expr()
""",
    'vector operators': """
class Vec:
    def __init__(self, x, y):
        self.x = x
        self.y = y
    def __add__(self, other):
        return Vec(self.x + other.x, self.y + other.y)
    def __sub__(self, other):
        return Vec(self.x - other.x, self.y - other.y)
    def __mul__(self, k):
        return Vec(self.x * k, self.y * k)
    def __rmul__(self, k):
        return self * k
    def __neg__(self):
        return Vec(-self.x, -self.y)
    def __eq__(self, other):
        return self.x == other.x and self.y == other.y
    def __getitem__(self, i):
        return self.x if i == 0 else self.y
    def __len__(self):
        return 2
    def __abs__(self):
        return (self.x ** 2 + self.y ** 2) ** 0.5

def work(n):
    p, v = Vec(0.0, 0.0), Vec(1.0, 0.5)
    total = 0.0
    for i in range(n):
        p = p + v * 0.1
        if abs(p) > 10.0:
            v = -v
        total += p[0] + p[1] + len(p)
        if p == v:
            total += 1
        v = 1.01 * v - p * 0.001
    return round(total, 3)

work(1500)
""",
    'polynomial objects': """
class Poly:
    def __init__(self, *c):
        self.c = list(c)
    def __mul__(self, o):
        out = [0] * (len(self.c) + len(o.c) - 1)
        for i, a in enumerate(self.c):
            for j, b in enumerate(o.c):
                out[i + j] += a * b
        return Poly(*out)
    def __add__(self, o):
        n = max(len(self.c), len(o.c))
        return Poly(*[(self.c[i] if i < len(self.c) else 0) + (o.c[i] if i < len(o.c) else 0) for i in range(n)])
    def __call__(self, x):
        total = 0
        for a in reversed(self.c):
            total = total * x + a
        return total

p = Poly(1, 2, 3)
for _ in range(12):
    p = p * Poly(1, 1) + Poly(1)
p(3), sum(p(i) for i in range(200))
""",
    'union find': """
class UnionFind:
    def __init__(self, n):
        self.parent = list(range(n))
        self.rank = [0] * n
    def find(self, x):
        while self.parent[x] != x:
            self.parent[x] = self.parent[self.parent[x]]
            x = self.parent[x]
        return x
    def union(self, a, b):
        a, b = self.find(a), self.find(b)
        if a == b:
            return False
        if self.rank[a] < self.rank[b]:
            a, b = b, a
        self.parent[b] = a
        if self.rank[a] == self.rank[b]:
            self.rank[a] += 1
        return True

edges = sorted((i * 7919 % 1009, i % 300, i * 31 % 300) for i in range(1500))
uf = UnionFind(300)
sum(w for w, a, b in edges if uf.union(a, b))
""",
    'class hierarchy': """
class Shape:
    def __init__(self, name):
        self.name = name
    def area(self):
        raise NotImplementedError
    def describe(self):
        return f'{self.name} {self.area():.2f}'

class Circle(Shape):
    def __init__(self, r):
        super().__init__('circle')
        self.r = r
    def area(self):
        return 3.14159 * self.r ** 2

class Rect(Shape):
    def __init__(self, w, h):
        super().__init__('rect')
        self.w, self.h = w, h
    def area(self):
        return self.w * self.h

class Square(Rect):
    def __init__(self, s):
        super().__init__(s, s)
        self.name = 'square'

def work(n):
    shapes = []
    for i in range(n):
        shapes.append(Circle(i) if i % 3 == 0 else Rect(i, 2) if i % 3 == 1 else Square(i))
    return sum(s.area() for s in shapes), max(len(s.describe()) for s in shapes), sum(isinstance(s, Rect) for s in shapes)

work(600)
""",
    'special methods': """
class Range:
    def __init__(self, a, b):
        self.a, self.b = a, b
    def __iter__(self):
        self.i = self.a
        return self
    def __next__(self):
        if self.i >= self.b:
            raise StopIteration
        self.i += 1
        return self.i - 1
    def __contains__(self, x):
        return self.a <= x < self.b
    def __call__(self, k):
        return Range(self.a, self.b + k)
    def __hash__(self):
        return hash((self.a, self.b))
    def __eq__(self, o):
        return (self.a, self.b) == (o.a, o.b)
    def __bool__(self):
        return self.b > self.a

r = Range(0, 100)
total = 0
for _ in range(10):
    for x in r:
        total += x
    r = r(1)
    if r and 50 in r:
        total += 1
seen = {Range(i % 5, i % 7) for i in range(500)}
total, len(seen)
""",
    'exceptions': """
class Bad(Exception):
    def __init__(self, code):
        super().__init__(f'bad {code}')
        self.code = code

def risky(i):
    if i % 3 == 0:
        raise Bad(i)
    if i % 5 == 0:
        raise KeyError(i)
    return i

def work(n):
    good = bad = 0
    for i in range(n):
        try:
            good += risky(i)
        except Bad as e:
            bad += e.code
        except KeyError:
            bad += 1
        finally:
            good += 1
    return good, bad

work(2000)
""",
    'context managers': """
from contextlib import contextmanager

class Timer:
    def __init__(self, log):
        self.log = log
    def __enter__(self):
        self.log.append('in')
        return self
    def __exit__(self, *args):
        self.log.append('out')
        return False

@contextmanager
def tagged(log, name):
    log.append('<' + name)
    try:
        yield name
    finally:
        log.append(name + '>')

def work(n):
    log = []
    for i in range(n):
        with Timer(log) as t, tagged(log, 'b') as name:
            log.append(name)
    return len(log)

work(500)
""",
    'generator pipeline': """
def numbers(n):
    for i in range(n):
        yield i

def evens(source):
    for x in source:
        if x % 2 == 0:
            yield x

def squares(source):
    for x in source:
        yield x * x

def pairs(source):
    it = iter(source)
    for a in it:
        b = next(it, None)
        yield a, b

sum(a + (b or 0) for a, b in pairs(squares(evens(numbers(6000)))))
""",
    'match': """
def area(shape):
    match shape:
        case ('circle', r):
            return 3 * r * r
        case ('rect', w, h):
            return w * h
        case {'kind': 'square', 'side': s}:
            return s * s
        case [x, *rest]:
            return x + len(rest)
        case int(n) if n > 5:
            return n
        case _:
            return 0

shapes = [('circle', 2), ('rect', 3, 4), {'kind': 'square', 'side': 5}, [1, 2, 3], 7, 3, None]
sum(area(shapes[i % 7]) for i in range(3000))
""",
    'event simulation': """
import heapq
class Event:
    def __init__(self, time, kind, who):
        self.time = time
        self.kind = kind
        self.who = who
    def __lt__(self, other):
        return (self.time, self.who) < (other.time, other.who)

class Simulation:
    def __init__(self):
        self.queue = []
        self.now = 0
        self.served = 0
        self.seed = 1
    def rand(self, n):
        self.seed = (self.seed * 1103515245 + 12345) % 2147483648
        return self.seed % n
    def schedule(self, delay, kind, who):
        heapq.heappush(self.queue, Event(self.now + delay, kind, who))
    def run(self, n):
        for i in range(10):
            self.schedule(self.rand(10), 'arrive', i)
        while self.queue and self.served < n:
            event = heapq.heappop(self.queue)
            self.now = event.time
            handler = getattr(self, 'on_' + event.kind)
            handler(event)
        return self.now
    def on_arrive(self, event):
        self.schedule(1 + self.rand(5), 'leave', event.who)
    def on_leave(self, event):
        self.served += 1
        self.schedule(self.rand(10), 'arrive', event.who)

Simulation().run(500)
""",
}
