"""DP, number theory, linear algebra, geometry, bits."""
import math, cmath, itertools, functools, fractions, decimal, random, statistics, bisect, operator, sys
from fractions import Fraction
from decimal import Decimal, getcontext, localcontext, ROUND_HALF_UP
from typing import Sequence
sys.setrecursionlimit(5000)
def sieve(n):
    s = bytearray([1]) * (n+1); s[:2] = b'\0\0'
    for i in range(2, math.isqrt(n)+1):
        if s[i]: s[i*i::i] = bytes(len(range(i*i, n+1, i)))
    return [i for i, p in enumerate(s) if p]
def egcd(a, b): return (a, 1, 0) if not b else (lambda g, x, y: (g, y, x - a//b*y))(*egcd(b, a % b))
def crt(rs, ms):
    M = math.prod(ms)
    return sum(r * (M//m) * pow(M//m, -1, m) for r, m in zip(rs, ms)) % M
def miller(n):
    if n < 2: return False
    for p in (2,3,5,7,11,13,17,19,23,29,31,37):
        if n % p == 0: return n == p
    d, r = n-1, 0
    while not d & 1: d >>= 1; r += 1
    for a in (2,3,5,7,11,13,17,19,23,29,31,37):
        x = pow(a, d, n)
        if x in (1, n-1): continue
        for _ in range(r-1):
            x = x*x % n
            if x == n-1: break
        else: return False
    return True
def rho(n):
    if n % 2 == 0: return 2
    x = y = 2; c = 1; d = 1
    f = lambda v: (v*v + c) % n
    while d == 1: x = f(x); y = f(f(y)); d = math.gcd(abs(x-y), n)
    return d
def factor(n): return [] if n == 1 else [n] if miller(n) else sorted(factor(d := rho(n)) + factor(n//d))
class Matrix:
    __slots__ = ('rows',)
    def __init__(self, rows): self.rows = [list(map(Fraction, r)) for r in rows]
    @classmethod
    def eye(cls, n): return cls([[i == j for j in range(n)] for i in range(n)])
    def __matmul__(self, o): return Matrix([[sum(map(operator.mul, r, c)) for c in zip(*o.rows)] for r in self.rows])
    def __add__(self, o): return Matrix([[a+b for a, b in zip(r, s)] for r, s in zip(self.rows, o.rows)])
    def __rmul__(self, k): return Matrix([[k*a for a in r] for r in self.rows])
    def __neg__(self): return -1 * self
    def __pow__(self, n):
        r, b = Matrix.eye(len(self.rows)), self
        while n:
            if n & 1: r = r @ b
            b = b @ b; n >>= 1
        return r
    def __eq__(self, o): return isinstance(o, Matrix) and self.rows == o.rows
    def __getitem__(self, k): i, j = k; return self.rows[i][j]
    def __setitem__(self, k, v): self.rows[k[0]][k[1]] = v
    def det(self):
        m, d = [r[:] for r in self.rows], Fraction(1)
        for i in range(len(m)):
            p = next((r for r in range(i, len(m)) if m[r][i]), None)
            if p is None: return 0
            if p != i: m[i], m[p] = m[p], m[i]; d = -d
            d *= m[i][i]
            for r in range(i+1, len(m)):
                k = m[r][i] / m[i][i]
                m[r] = [a - k*b for a, b in zip(m[r], m[i])]
        return d
    def inverse(self):
        n = len(self.rows); m = [r + e for r, e in zip(self.rows, Matrix.eye(n).rows)]
        for i in range(n):
            p = next((r for r in range(i, n) if m[r][i]), None)
            if p is None: raise ArithmeticError('singular')
            m[i], m[p] = m[p], m[i]
            m[i] = [a / m[i][i] for a in m[i]]
            for r in range(n):
                if r != i and m[r][i]: m[r] = [a - m[r][i]*b for a, b in zip(m[r], m[i])]
        return Matrix([r[n:] for r in m])
    def __repr__(self): return '[' + '; '.join(' '.join(map(str, r)) for r in self.rows) + ']'
def knap(ws, vs, W):
    best = [0]*(W+1)
    for w, v in zip(ws, vs):
        for c in range(W, w-1, -1): best[c] = max(best[c], best[c-w]+v)
    return best[W]
def lis(a):
    tails = []
    for x in a:
        i = bisect.bisect_left(tails, x)
        tails[i:i+1] = [x]
    return len(tails)
@functools.cache
def catalan(n): return 1 if n < 2 else sum(catalan(i)*catalan(n-1-i) for i in range(n))
def lcs(a, b):
    @functools.lru_cache(None)
    def go(i, j):
        if i == len(a) or j == len(b): return ''
        if a[i] == b[j]: return a[i] + go(i+1, j+1)
        return max(go(i+1, j), go(i, j+1), key=len)
    return go(0, 0)
def queens(n, row=0, cols=0, d1=0, d2=0):
    if row == n: return 1
    free, total = ~(cols | d1 | d2) & ((1 << n) - 1), 0
    while free:
        bit = free & -free; free ^= bit
        total += queens(n, row+1, cols | bit, (d1 | bit) << 1, (d2 | bit) >> 1)
    return total
def hull(pts):
    pts = sorted(set(pts))
    def half(ps):
        h = []
        for p in ps:
            while len(h) > 1 and (h[-1][0]-h[-2][0])*(p[1]-h[-2][1]) - (h[-1][1]-h[-2][1])*(p[0]-h[-2][0]) <= 0: h.pop()
            h.append(p)
        return h[:-1]
    return half(pts) + half(pts[::-1])
def fft(a, inv=False):
    n = len(a)
    if n == 1: return a
    e, o = fft(a[::2], inv), fft(a[1::2], inv)
    w = [cmath.exp((2j if inv else -2j) * cmath.pi * k / n) for k in range(n//2)]
    return [e[k] + w[k]*o[k] for k in range(n//2)] + [e[k] - w[k]*o[k] for k in range(n//2)]
def polymul(p, q):
    n = 1 << (len(p)+len(q)-1).bit_length()
    f = [x*y for x, y in zip(fft(p + [0]*(n-len(p))), fft(q + [0]*(n-len(q))))]
    return [round(x.real / n) for x in fft(f, True)][:len(p)+len(q)-1]
def newton(f, df, x, eps=1e-12):
    for i in itertools.count():
        nx = x - f(x)/df(x)
        if abs(nx - x) < eps: return round(nx, 9), i < 20
        x = nx
def simpson(f, a, b, n=100):
    h = (b-a)/n
    return h/3 * (f(a) + f(b) + sum((4 if i & 1 else 2) * f(a+i*h) for i in range(1, n)))
print(sieve(50), egcd(240, 46), crt([2,3,2],[3,5,7]), factor(2**4*3*1000003*999983), miller(2**61-1))
m = Matrix([[2,1],[1,1]]); print(m**10, m.det(), m.inverse(), m @ m.inverse() == Matrix.eye(2), -m + 2*m == m, m[0,1])
try: Matrix([[1,2],[2,4]]).inverse()
except ArithmeticError as e: print(type(e).__mro__[1].__name__, e)
print(knap([1,3,4,5],[1,4,5,7],7), lis([10,9,2,5,3,7,101,18]), [catalan(i) for i in range(10)], lcs('AGGTAB','GXTXAYB'), [queens(n) for n in range(1,9)])
print(hull([(0,0),(1,1),(2,2),(2,0),(0,2),(1,0)]), polymul([1,2,3],[4,5]), newton(lambda x: x*x-2, lambda x: 2*x, 1.0), f'{simpson(math.sin, 0, math.pi):.8f}')
getcontext().prec = 30
print(Decimal(1)/Decimal(7), Decimal('2').sqrt(), Decimal('1.005').quantize(Decimal('.01'), ROUND_HALF_UP), sum(map(Decimal, '.1 .2 .3'.split())), Fraction('0.125'), Fraction(1.5).limit_denominator(10), Fraction(3, 4) ** 2, math.floor(Fraction(7, 2)), Fraction(22, 7) - Fraction(1, 3))
with localcontext() as ctx: ctx.prec = 5; print(Decimal(22)/7)
print(math.comb(50, 25), math.perm(10, 3), math.factorial(25), math.isclose(0.1+0.2, 0.3), math.hypot(3, 4), math.log2(1024), math.degrees(math.pi), math.fsum([.1]*10), math.gcd(12, 18, 24), math.lcm(4, 6), math.ceil(-1.5), math.trunc(-1.5), math.copysign(1, -0.0), math.dist((0,0),(3,4)), math.modf(3.25), math.frexp(8))
print(statistics.mean([1,2,3,4]), statistics.median([3,1,2]), statistics.stdev([2,4,4,4,5,5,7,9]), statistics.mode('aabbb'), statistics.quantiles(range(10), n=4), statistics.multimode([1,1,2,2]))
rng = random.Random(42); print(rng.randint(1, 100), rng.sample(range(100), 5), rng.choice('abc'), round(rng.random(), 6), rng.shuffle(x := list(range(5))), x, [rng.gauss(0, 1) > 0 for _ in range(3)], rng.choices('ab', [1, 9], k=5))
print((5).bit_length(), bin(37).count('1'), (37).bit_count(), ~5 & 0xff, 1 << 100, -17 >> 2, 6 ^ 3, int.from_bytes(b'\x01\x00', 'big'), (258).to_bytes(2, 'little'), 0b1010 & -0b1010, [i ^ (i >> 1) for i in range(8)], float.hex(1.5), (0.75).as_integer_ratio(), 10**20 // 3, -(-7 // 2), pow(3, -1, 7), 5 .__add__(6), True + True, sum([[1],[2]], []), [*map(divmod, (7, -7), (3, 3))])
