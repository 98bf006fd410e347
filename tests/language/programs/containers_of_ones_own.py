from __future__ import annotations
from typing import Any, Generic, TypeVar, Iterable, Iterator, Callable, Optional
from abc import ABC, abstractmethod
from collections.abc import MutableSequence, MutableMapping, Set, Sequence, Hashable
import random, copy
T = TypeVar('T')
class Node:
    __slots__ = 'data', 'next'
    def __init__(self, data, next=None): self.data, self.next = data, next
    def __repr__(self): return f'Node({self.data})'
class LinkedList(MutableSequence):
    def __init__(self, it=()):
        self.head = None; self._n = 0
        self.extend(it)
    def _at(self, i):
        if not 0 <= i < self._n: raise IndexError('list index out of range')
        n = self.head
        for _ in range(i): n = n.next
        return n
    def __getitem__(self, i):
        if isinstance(i, slice): return LinkedList(self._at(k).data for k in range(*i.indices(self._n)))
        return self._at(i + self._n if i < 0 else i).data
    def __setitem__(self, i, v): self._at(i).data = v
    def __delitem__(self, i):
        if i < 0: i += self._n
        if i == 0: self.head = self.head.next
        else: p = self._at(i-1); p.next = p.next.next
        self._n -= 1
    def __len__(self): return self._n
    def insert(self, i, v):
        if i == 0: self.head = Node(v, self.head)
        else: p = self._at(i-1); p.next = Node(v, p.next)
        self._n += 1
    def reverse(self):
        prev, cur = None, self.head
        while cur: cur.next, prev, cur = prev, cur, cur.next
        self.head = prev
    def __str__(self): return '->'.join(map(str, self))
    def __eq__(self, o): return isinstance(o, Sequence) and list(self) == list(o)
class BST(MutableMapping):
    class _N:
        def __init__(self, k, v): self.k, self.v, self.l, self.r = k, v, None, None
    def __init__(self, *a, **k): self.root = None; self.n = 0; self.update(*a, **k)
    def _find(self, k):
        p, n = None, self.root
        while n and n.k != k: p, n = n, n.l if k < n.k else n.r
        return p, n
    def __getitem__(self, k):
        _, n = self._find(k)
        if n is None: raise KeyError(k)
        return n.v
    def __setitem__(self, k, v):
        p, n = self._find(k)
        if n: n.v = v; return
        new = self._N(k, v); self.n += 1
        if p is None: self.root = new
        elif k < p.k: p.l = new
        else: p.r = new
    def __delitem__(self, k):
        def rm(n, k):
            if n is None: raise KeyError(k)
            if k < n.k: n.l = rm(n.l, k)
            elif k > n.k: n.r = rm(n.r, k)
            elif not n.l: return n.r
            elif not n.r: return n.l
            else:
                s = n.r
                while s.l: s = s.l
                n.k, n.v = s.k, s.v; n.r = rm(n.r, s.k)
            return n
        self.root = rm(self.root, k); self.n -= 1
    def __iter__(self):
        def walk(n):
            if n: yield from walk(n.l); yield n.k; yield from walk(n.r)
        return walk(self.root)
    def __len__(self): return self.n
    def height(self, n='root'):
        if n == 'root': n = self.root
        return 0 if n is None else 1 + max(self.height(n.l), self.height(n.r))
class Heap(Generic[T]):
    def __init__(self, key: Callable[[T], Any] = lambda x: x): self.a: list[T] = []; self.key = key
    def push(self, x: T) -> None:
        a = self.a; a.append(x); i = len(a) - 1
        while i and self.key(a[i]) < self.key(a[(i-1)//2]): a[i], a[(i-1)//2] = a[(i-1)//2], a[i]; i = (i-1)//2
    def pop(self) -> T:
        a = self.a; a[0], a[-1] = a[-1], a[0]; x = a.pop(); i = 0
        while (c := 2*i+1) < len(a):
            if c+1 < len(a) and self.key(a[c+1]) < self.key(a[c]): c += 1
            if self.key(a[i]) <= self.key(a[c]): break
            a[i], a[c] = a[c], a[i]; i = c
        return x
    def __bool__(self): return bool(self.a)
class LRU:
    def __init__(self, cap): self.cap, self.d = cap, {}
    def get(self, k):
        if k not in self.d: return -1
        self.d[k] = self.d.pop(k); return self.d[k]
    def put(self, k, v):
        self.d.pop(k, None); self.d[k] = v
        if len(self.d) > self.cap: del self.d[next(iter(self.d))]
class Fenwick:
    def __init__(self, n): self.t = [0]*(n+1)
    def add(self, i, v):
        i += 1
        while i < len(self.t): self.t[i] += v; i += i & -i
    def sum(self, i):
        s = 0
        while i: s += self.t[i]; i &= i-1
        return s
class SegTree:
    def __init__(self, a, f=min, e=float('inf')):
        self.n, self.f, self.e = len(a), f, e; self.t = [e]*self.n + list(a)
        for i in range(self.n-1, 0, -1): self.t[i] = f(self.t[2*i], self.t[2*i+1])
    def query(self, l, r):
        res = self.e; l += self.n; r += self.n
        while l < r:
            if l & 1: res = self.f(res, self.t[l]); l += 1
            if r & 1: r -= 1; res = self.f(res, self.t[r])
            l //= 2; r //= 2
        return res
class Stack(list):
    push = list.append
    def peek(self): return self[-1] if self else None
class Matrix2:
    def __init__(self, r, c, v=0): self.a = [[v]*c for _ in range(r)]
    def __getitem__(self, loc): return self.a[loc[0]][loc[1]]
    def __setitem__(self, loc, v): self.a[loc[0]][loc[1]] = v
    def __iter__(self): return (x for row in self.a for x in row)
    def __abs__(self): return sum(map(abs, self))
    def __iadd__(self, k): self.a = [[x + k for x in r] for r in self.a]; return self
    def __call__(self, f): return [[f(x) for x in r] for r in self.a]
    def __format__(self, spec): return '|'.join(' '.join(format(x, spec) for x in r) for r in self.a)
ll = LinkedList([3, 1, 2]); ll.insert(1, 9); ll.append(7); del ll[0]; ll.reverse(); print(ll, len(ll), ll[1:3], 9 in ll, ll.index(2), ll == [7, 2, 1, 9], ll.pop(), list(reversed(ll)), ll.count(7))
try: ll[99]
except IndexError as e: print(e)
b = BST({5: 'a', 2: 'b', 8: 'c'}, ); b[6] = 'd'; b[9] = 'e'; del b[8]; print(dict(b), list(b.items()), b.get(1, 'no'), b.setdefault(1, 'z'), b.height(), 5 in b, b == {1:'z',2:'b',5:'a',6:'d',9:'e'}, b.pop(5), b.popitem())
h = Heap(key=lambda s: (len(s), s))
for w in 'pear fig apple kiwi'.split(): h.push(w)
print([h.pop() for _ in range(4)], bool(h))
c = LRU(2); c.put(1, 1); c.put(2, 2); c.get(1); c.put(3, 3); print(c.d, c.get(2))
f = Fenwick(10); [f.add(i, i) for i in range(10)]; print(f.sum(5), f.sum(10)); s = SegTree([5, 2, 7, 1]); print(s.query(0, 3), s.query(1, 4), SegTree([1,2,3], max, 0).query(0, 3))
st = Stack([1]); st.push(2); print(st, st.peek(), st + [3], type(st[:]), isinstance(st, list))
m = Matrix2(2, 2); m[0, 1] = -3; m += 1; print(list(m), abs(m), m(lambda x: x*2), f'{m:+.1f}')
class Shape(ABC):
    registry: dict[str, type] = {}
    def __init_subclass__(cls, /, sides=0, **kw): super().__init_subclass__(**kw); cls.sides = sides; Shape.registry[cls.__name__.lower()] = cls
    @property
    @abstractmethod
    def area(self) -> float: ...
    @classmethod
    def make(cls, kind, *a): return cls.registry[kind](*a)
    def __lt__(self, o): return self.area < o.area
class Sq(Shape, sides=4):
    def __init__(self, s): self.s = s
    @property
    def area(self): return self.s ** 2
    @area.setter
    def area(self, v): self.s = v ** .5
class Tri(Shape, sides=3):
    def __init__(self, b, h): self.b, self.h = b, h
    area = property(lambda self: self.b * self.h / 2, doc='area')
x = Shape.make('sq', 3); x.area = 16; print(x.s, Tri.sides, sorted([x, Tri(2, 3)])[0].area, Tri.area.__doc__, [c.__name__ for c in Sq.__mro__])
try: Shape()
except TypeError as e: print('abstract')
class Desc:
    def __set_name__(self, o, n): self.n = '_' + n
    def __get__(self, i, o=None): return self if i is None else getattr(i, self.n, None)
    def __set__(self, i, v):
        if v < 0: raise ValueError(f'{self.n} < 0')
        setattr(i, self.n, v)
class Pt:
    x = Desc(); y = Desc()
    def __init__(self, x, y): self.x, self.y = x, y
    def __iter__(self): yield from (self.x, self.y)
    def __hash__(self): return hash(tuple(self))
    def __eq__(self, o): return tuple(self) == tuple(o)
    def __add__(self, o): return Pt(*(a+b for a, b in zip(self, o)))
    __radd__ = lambda self, o: self if o == 0 else self + o
    def __getattr__(self, n):
        if n == 'norm': return (self.x**2 + self.y**2) ** .5
        raise AttributeError(n)
p, q = Pt(3, 4), Pt(1, 1); a, b2 = p; print(a, b2, p.norm, len({p, Pt(3, 4)}), tuple(sum([p, q])), hasattr(p, 'zz'), vars(p))
try: Pt(-1, 0)
except ValueError as e: print(e)
class Meta2:
    count = 0
    def __new__(cls, *a): cls.count += 1; return super().__new__(cls)
    def __enter__(self): print('enter'); return self
    def __exit__(self, t, v, tb): print('exit', t and t.__name__); return t is KeyError
with Meta2() as mm: raise KeyError
print(Meta2.count, callable(mm), repr(mm)[:10] != '', copy.copy([1, [2]]), copy.deepcopy({'a': [1]}))
class A:
    def f(self): return 'A'
class B(A):
    def f(self): return 'B' + super().f()
class C(A):
    def f(self): return 'C' + super().f()
class D(B, C):
    def f(self): return 'D' + super().f()
print(D().f(), [k.__name__ for k in D.mro()], issubclass(D, A), D.__bases__[0].__name__, isinstance(D(), (int, A)), type(D()).__name__, D.f is not B.f, getattr(D(), 'f')(), D.__dict__.keys() >= {'f'})
