"""Graph algorithms."""
from __future__ import annotations
import heapq
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Generic, Iterator, TypeVar, Hashable
import math, itertools, functools
T = TypeVar('T', bound=Hashable)
@dataclass(order=True)
class Entry(Generic[T]):
    cost: float
    node: T = field(compare=False)
class Graph(Generic[T]):
    def __init__(self, directed: bool = True) -> None:
        self.adj: dict[T, dict[T, float]] = defaultdict(dict)
        self.directed = directed
    def edge(self, a: T, b: T, w: float = 1) -> Graph[T]:
        self.adj[a][b] = w
        if not self.directed: self.adj[b][a] = w
        else: self.adj[b]
        return self
    def dijkstra(self, s: T) -> dict[T, float]:
        dist = {s: 0.0}
        q = [Entry(0.0, s)]
        while q:
            e = heapq.heappop(q)
            if e.cost > dist.get(e.node, math.inf): continue
            for v, w in self.adj[e.node].items():
                c = e.cost + w
                if c < dist.get(v, math.inf):
                    dist[v] = c
                    heapq.heappush(q, Entry(c, v))
        return dist
    def bfs(self, s: T) -> Iterator[T]:
        seen, q = {s}, deque([s])
        while q:
            u = q.popleft()
            yield u
            for v in sorted(self.adj[u], key=str):
                if v not in seen: seen.add(v); q.append(v)
    def topo(self) -> list[T]:
        indeg = {u: 0 for u in self.adj}
        for u in self.adj:
            for v in self.adj[u]: indeg[v] += 1
        q = deque(sorted((u for u, d in indeg.items() if not d), key=str)); out = []
        while q:
            u = q.popleft(); out.append(u)
            for v in self.adj[u]:
                indeg[v] -= 1
                if not indeg[v]: q.append(v)
        if len(out) != len(self.adj): raise ValueError('cycle')
        return out
    def scc(self):
        index, low, on, st, res = {}, {}, set(), [], []
        c = itertools.count()
        def visit(u):
            index[u] = low[u] = next(c); st.append(u); on.add(u)
            for v in self.adj[u]:
                if v not in index: visit(v); low[u] = min(low[u], low[v])
                elif v in on: low[u] = min(low[u], index[v])
            if low[u] == index[u]:
                comp = set()
                while True:
                    w = st.pop(); on.discard(w); comp.add(w)
                    if w == u: break
                res.append(frozenset(comp))
        for u in list(self.adj):
            if u not in index: visit(u)
        return res
    def __contains__(self, n): return n in self.adj
    def __iter__(self): return iter(self.adj)
    def __len__(self): return len(self.adj)
    def __repr__(self): return f'{type(self).__name__}({dict(self.adj)!r})'
class UF:
    def __init__(self, n): self.p = [*range(n)]; self.r = [0]*n; self.n = n
    def find(self, x):
        while self.p[x] != x: self.p[x] = x = self.p[self.p[x]]
        return x
    def union(self, a, b):
        a, b = self.find(a), self.find(b)
        if a == b: return False
        if self.r[a] < self.r[b]: a, b = b, a
        self.p[b] = a; self.r[a] += self.r[a] == self.r[b]; self.n -= 1
        return True
def kruskal(n, es):
    uf = UF(n)
    return sum(w for w, a, b in sorted(es) if uf.union(a, b))
def floyd(m):
    n = len(m); d = [row[:] for row in m]
    for k, i, j in itertools.product(range(n), repeat=3):
        d[i][j] = min(d[i][j], d[i][k] + d[k][j])
    return d
def max_flow(cap, s, t):
    n, flow = len(cap), 0
    while True:
        par = [-1]*n; par[s] = s; q = deque([s])
        while q and par[t] < 0:
            u = q.popleft()
            for v, c in enumerate(cap[u]):
                if c > 0 and par[v] < 0: par[v] = u; q.append(v)
        if par[t] < 0: return flow
        b, v = math.inf, t
        while v != s: b = min(b, cap[par[v]][v]); v = par[v]
        v = t
        while v != s: cap[par[v]][v] -= b; cap[v][par[v]] += b; v = par[v]
        flow += b
def astar(grid, start, goal):
    h = lambda p: abs(p[0]-goal[0]) + abs(p[1]-goal[1])
    openq, came, g = [(h(start), 0, start)], {}, {start: 0}
    tick = itertools.count(1)
    while openq:
        _, _, cur = heapq.heappop(openq)
        if cur == goal:
            path = [cur]
            while cur in came: path.append(cur := came[cur])
            return path[::-1]
        for dx, dy in ((0,1),(1,0),(0,-1),(-1,0)):
            nx = cur[0]+dx, cur[1]+dy
            if not (0 <= nx[0] < len(grid) and 0 <= nx[1] < len(grid[0])) or grid[nx[0]][nx[1]] == '#': continue
            if g[cur] + 1 < g.get(nx, 1e9):
                came[nx] = cur; g[nx] = g[cur] + 1
                heapq.heappush(openq, (g[nx] + h(nx), next(tick), nx))
g = Graph[str]()
for line in 'a b 4|a c 2|c b 1|b d 5|c d 8|d e 3'.split('|'):
    a, b, w = line.split(); g.edge(a, b, float(w))
print(g.dijkstra('a'), list(g.bfs('a')), g.topo(), g)
g.edge('e', 'a')
try: g.topo()
except ValueError as e: print('err', e)
print(sorted(map(sorted, g.scc())), 'a' in g, len(g), [*g])
print(kruskal(4, [(1,0,1),(2,1,2),(3,0,2),(4,2,3)]), floyd([[0,3,math.inf],[3,0,1],[math.inf,1,0]]))
print(max_flow([[0,16,13,0,0,0],[0,0,10,12,0,0],[0,4,0,0,14,0],[0,0,9,0,0,20],[0,0,0,7,0,4],[0]*6], 0, 5))
print(astar(['..#.','.#..','....'], (0,0), (0,3)))
@functools.lru_cache(maxsize=None)
def tsp(mask, i, n=5):
    d = lambda a, b: abs(a*a - b*b) % 7 + 1
    if mask == (1 << n) - 1: return d(i, 0)
    return min(d(i, j) + tsp(mask | 1 << j, j) for j in range(n) if not mask >> j & 1)
print(tsp(1, 0), tsp.cache_info().hits > 0)
