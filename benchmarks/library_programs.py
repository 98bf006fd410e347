"""Programs that do their work with modules of the library, asyncio among them; each ends with a value."""

from __future__ import annotations

LIBRARY: dict[str, str] = {
    'regex tokenizer': """
import re
SPEC = [('NUM', r'[0-9]+'), ('ID', r'[a-z]+'), ('OP', r'[-+*/()=]'), ('WS', r'[ ]+')]
PATTERN = re.compile('|'.join('(?P<%s>%s)' % pair for pair in SPEC))

def tokens(text):
    for m in PATTERN.finditer(text):
        kind = m.lastgroup
        if kind == 'WS':
            continue
        value = m.group()
        yield kind, int(value) if kind == 'NUM' else value

len(list(tokens('a = 12 * (b + 34) - c / 7 ' * 50)))
""",
    'dijkstra': """
import heapq
def graph(n):
    return {i: [((i * 7 + k * 13) % n, 1 + (i * k) % 9) for k in range(1, 5)] for i in range(n)}

def dijkstra(g, start):
    dist = {start: 0}
    heap = [(0, start)]
    while heap:
        d, u = heapq.heappop(heap)
        if d > dist[u]:
            continue
        for v, w in g[u]:
            nd = d + w
            if v not in dist or nd < dist[v]:
                dist[v] = nd
                heapq.heappush(heap, (nd, v))
    return dist

sum(dijkstra(graph(400), 0).values())
""",
    'maze with deque': """
from collections import deque
def bfs(w, h, walls):
    start, goal = (0, 0), (w - 1, h - 1)
    seen = {start: 0}
    todo = deque([start])
    while todo:
        x, y = todo.popleft()
        if (x, y) == goal:
            return seen[(x, y)]
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            nx, ny = x + dx, y + dy
            if 0 <= nx < w and 0 <= ny < h and (nx, ny) not in walls and (nx, ny) not in seen:
                seen[(nx, ny)] = seen[(x, y)] + 1
                todo.append((nx, ny))
    return None

bfs(40, 40, {(x, y) for x in range(40) for y in range(40) if x % 4 == 2 and y % 7})
""",
    'grouping': """
from collections import defaultdict, Counter, namedtuple
Row = namedtuple('Row', 'region product amount')
rows = [Row('r' + str(i % 5), 'p' + str(i % 7), i % 13) for i in range(1500)]
totals = defaultdict(int)
groups = defaultdict(list)
for row in rows:
    totals[row.region, row.product] += row.amount
    groups[row.region].append(row.amount)
common = Counter(row.product for row in rows).most_common(3)
sorted(totals.items())[:3], {k: sum(v) / len(v) for k, v in groups.items()}, common
""",
    'itertools': """
from itertools import product, permutations, combinations, groupby, chain, islice, accumulate, count

def work():
    a = sum(x * y for x, y in product(range(30), repeat=2))
    b = sum(1 for p in permutations(range(6)) if p[0] < p[-1])
    c = max(sum(c) for c in combinations(range(12), 4))
    d = [(k, len(list(g))) for k, g in groupby(sorted(range(300), key=lambda i: i % 7), key=lambda i: i % 7)]
    e = list(islice(accumulate(count(1)), 50))[-1]
    return a, b, c, d, e, len(list(chain([1], (2, 3), range(9))))

work()
""",
    'format and percent': """
def table(n):
    lines = []
    for i in range(n):
        lines.append('%-10s|%8.2f|%5d' % ('row' + str(i), i / 3, i * i))
        lines.append('{:>6} {:<8} {:^9.3f}'.format(i, 'x' * (i % 5), i / 7))
        lines.append('-' * 10 + str(i).rjust(6) + 'a'.center(5) + str(i).zfill(4))
    return '\\n'.join(lines)

len(table(700))
""",
    'csv records': """
lines = ['id,name,score,active'] + [f'{i},user{i},{i * 1.1:.2f},{"true" if i % 2 else "false"}' for i in range(500)]
header = lines[0].split(',')
records = []
for line in lines[1:]:
    values = line.strip().split(',')
    record = dict(zip(header, values))
    record['id'] = int(record['id'])
    record['score'] = float(record['score'])
    record['active'] = record['active'] == 'true'
    records.append(record)
active = [r for r in records if r['active']]
best = sorted(active, key=lambda r: r['score'], reverse=True)[:5]
sum(r['score'] for r in records) / len(records), [r['name'] for r in best]
""",
    'fractions': """
from fractions import Fraction
def harmonic(n):
    total = Fraction(0)
    for i in range(1, n):
        total += Fraction(1, i)
    return total

def solve(m):
    n = len(m)
    for i in range(n):
        p = m[i][i]
        m[i] = [x / p for x in m[i]]
        for r in range(n):
            if r != i:
                f = m[r][i]
                m[r] = [a - f * b for a, b in zip(m[r], m[i])]
    return [row[-1] for row in m]

str(harmonic(60)), str(solve([[Fraction(i * j + (i == j) * 7 + 1) for j in range(6)] for i in range(5)])[0])
""",
    'decimal': """
from decimal import Decimal, ROUND_HALF_UP
def interest(principal, rate, months):
    balance = Decimal(principal)
    monthly = Decimal(rate) / 12
    rows = []
    for m in range(months):
        due = (balance * monthly).quantize(Decimal('0.01'), rounding=ROUND_HALF_UP)
        balance = balance + due - Decimal('350.00')
        rows.append((m, str(balance)))
        if balance < 0:
            balance = Decimal(principal)
    return rows[-1]

interest('10000.00', '0.05', 400)
""",
    'statistics': """
import statistics, math
data = [(i * 7919 % 1009) / 10 for i in range(300)]
(round(statistics.mean(data), 4), statistics.median(data), round(statistics.stdev(data), 4), math.floor(sum(map(math.sqrt, data))))
""",
    'textwrap': """
import textwrap
text = 'Lorem ipsum dolor sit amet, consectetur adipiscing elit. ' * 20
len(textwrap.fill(text, 50)), textwrap.dedent('  a\\n  b')
""",
    'printing to StringIO': """
import io
out = io.StringIO()
for i in range(1500):
    print(i, i * i, file=out)
    out.write('x')
len(out.getvalue())
""",
    'asyncio gather': """
import asyncio
async def work(i):
    await asyncio.sleep(0)
    return i * 2

async def main():
    total = 0
    for _ in range(5):
        total += sum(await asyncio.gather(*(work(i) for i in range(40))))
    return total

asyncio.run(main())
""",
    'asyncio queue': """
import asyncio
async def producer(q, n):
    for i in range(n):
        await q.put(i)
    await q.put(None)

async def consumer(q):
    total = 0
    while True:
        x = await q.get()
        if x is None:
            return total
        total += x

async def main():
    q = asyncio.Queue(5)
    lock = asyncio.Lock()
    p = asyncio.create_task(producer(q, 300))
    total = await consumer(q)
    async with lock:
        await p
    return total

asyncio.run(main())
""",
    'lru_cache': """
from functools import lru_cache, reduce

@lru_cache(maxsize=None)
def ways(n, k):
    if n == 0:
        return 1
    if n < 0 or k == 0:
        return 0
    return ways(n - k, k) + ways(n, k - 1)

def memo(f):
    known = {}
    def call(*args):
        if args not in known:
            known[args] = f(*args)
        return known[args]
    return call

@memo
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)

ways(70, 40), fib(80), reduce(lambda a, b: a * b % 1000007, range(1, 2000))
""",
    'ordered dict cache': """
from collections import OrderedDict
class LRU:
    def __init__(self, size):
        self.size = size
        self.data = OrderedDict()
    def get(self, key):
        if key not in self.data:
            return None
        self.data.move_to_end(key)
        return self.data[key]
    def put(self, key, value):
        self.data[key] = value
        self.data.move_to_end(key)
        if len(self.data) > self.size:
            self.data.popitem(last=False)

c = LRU(50)
hits = 0
for i in range(3000):
    k = i * i % 83
    if c.get(k) is not None:
        hits += 1
    else:
        c.put(k, i)
hits
""",
    'dataclasses': """
from dataclasses import dataclass, field

@dataclass
class Item:
    name: str
    price: float
    count: int = 1
    tags: list = field(default_factory=list)

    def total(self):
        return self.price * self.count

@dataclass(frozen=True, order=True)
class Key:
    a: int
    b: int

def work(n):
    items = [Item('i' + str(i), i * 0.5, i % 4) for i in range(n)]
    seen = {}
    for i, item in enumerate(items):
        key = Key(i % 10, i % 3)
        seen[key] = seen.get(key, 0.0) + item.total()
    return len(seen), max(seen).a, sum(i == j for i, j in zip(items, items[1:]))

work(500)
""",
    'kmeans': """
def distance(a, b):
    return sum((x - y) ** 2 for x, y in zip(a, b)) ** 0.5

def mean(points):
    return tuple(sum(c) / len(points) for c in zip(*points))

def kmeans(points, k, rounds):
    centers = points[:k]
    for _ in range(rounds):
        groups = [[] for _ in range(k)]
        for p in points:
            best = min(range(k), key=lambda i: distance(p, centers[i]))
            groups[best].append(p)
        centers = [mean(g) if g else c for g, c in zip(groups, centers)]
    return centers

points = [((i * 37) % 101 / 10, (i * 53) % 97 / 10) for i in range(120)]
[tuple(round(x, 3) for x in c) for c in kmeans(points, 3, 5)]
""",
}
