"""Programs of numbers: hashes, ciphers, fractals, tables of ints; each ends with a value."""

from __future__ import annotations

NUMBERS: dict[str, str] = {
    'sha256': """
K = []
def primes(n):
    found = []
    k = 2
    while len(found) < n:
        if all(k % p for p in found):
            found.append(k)
        k += 1
    return found

K = [int((p ** (1 / 3) % 1) * 2 ** 32) for p in primes(64)]
H0 = [int((p ** 0.5 % 1) * 2 ** 32) for p in primes(8)]

def rotr(x, n):
    return ((x >> n) | (x << (32 - n))) & 0xFFFFFFFF

def sha256(data):
    length = len(data) * 8
    data = data + b'\\x80' + b'\\x00' * ((55 - len(data)) % 64) + length.to_bytes(8, 'big')
    h = list(H0)
    for start in range(0, len(data), 64):
        chunk = data[start:start + 64]
        w = [int.from_bytes(chunk[i:i + 4], 'big') for i in range(0, 64, 4)]
        for i in range(16, 64):
            s0 = rotr(w[i - 15], 7) ^ rotr(w[i - 15], 18) ^ (w[i - 15] >> 3)
            s1 = rotr(w[i - 2], 17) ^ rotr(w[i - 2], 19) ^ (w[i - 2] >> 10)
            w.append((w[i - 16] + s0 + w[i - 7] + s1) & 0xFFFFFFFF)
        a, b, c, d, e, f, g, hh = h
        for i in range(64):
            s1 = rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)
            ch = (e & f) ^ (~e & g)
            t1 = (hh + s1 + ch + K[i] + w[i]) & 0xFFFFFFFF
            s0 = rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)
            maj = (a & b) ^ (a & c) ^ (b & c)
            t2 = (s0 + maj) & 0xFFFFFFFF
            hh, g, f, e, d, c, b, a = g, f, e, (d + t1) & 0xFFFFFFFF, c, b, a, (t1 + t2) & 0xFFFFFFFF
        h = [(x + y) & 0xFFFFFFFF for x, y in zip(h, (a, b, c, d, e, f, g, hh))]
    return ''.join(f'{x:08x}' for x in h)

sha256(b'hello world' * 50)
""",
    'md5': """
import math
S = [7, 12, 17, 22] * 4 + [5, 9, 14, 20] * 4 + [4, 11, 16, 23] * 4 + [6, 10, 15, 21] * 4
T = [int(abs(math.sin(i + 1)) * 4294967296) & 0xFFFFFFFF for i in range(64)]

def left(x, n):
    x &= 0xFFFFFFFF
    return (x << n | x >> (32 - n)) & 0xFFFFFFFF

def md5(message):
    data = bytearray(message)
    bits = 8 * len(data)
    data.append(0x80)
    while len(data) % 64 != 56:
        data.append(0)
    data += bits.to_bytes(8, 'little')
    a0, b0, c0, d0 = 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476
    for offset in range(0, len(data), 64):
        a, b, c, d = a0, b0, c0, d0
        chunk = data[offset:offset + 64]
        for i in range(64):
            if i < 16:
                f = (b & c) | (~b & d)
                g = i
            elif i < 32:
                f = (d & b) | (~d & c)
                g = (5 * i + 1) % 16
            elif i < 48:
                f = b ^ c ^ d
                g = (3 * i + 5) % 16
            else:
                f = c ^ (b | ~d)
                g = (7 * i) % 16
            rotated = a + f + T[i] + int.from_bytes(chunk[4 * g:4 * g + 4], 'little')
            a, d, c, b = d, c, b, (b + left(rotated, S[i])) & 0xFFFFFFFF
        a0 = (a0 + a) & 0xFFFFFFFF
        b0 = (b0 + b) & 0xFFFFFFFF
        c0 = (c0 + c) & 0xFFFFFFFF
        d0 = (d0 + d) & 0xFFFFFFFF
    return b''.join(x.to_bytes(4, 'little') for x in (a0, b0, c0, d0)).hex()

md5(b'The quick brown fox' * 40)
""",
    'crc32': """
def table():
    out = []
    for n in range(256):
        c = n
        for _ in range(8):
            c = 0xEDB88320 ^ (c >> 1) if c & 1 else c >> 1
        out.append(c)
    return out

TABLE = table()

def crc32(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF

crc32(b'The quick brown fox jumps over the lazy dog' * 100)
""",
    'mandelbrot complex': """
def mandelbrot(w, h, limit):
    total = 0
    for y in range(h):
        for x in range(w):
            c = complex(3.0 * x / w - 2.0, 2.0 * y / h - 1.0)
            z = 0j
            for i in range(limit):
                if abs(z) > 2.0:
                    break
                z = z * z + c
            total += i
    return total

mandelbrot(30, 20, 50)
""",
    'mandelbrot': """
def mandelbrot(w, h, limit):
    rows = []
    for y in range(h):
        ci = 2.0 * y / h - 1.0
        row = []
        for x in range(w):
            cr = 3.0 * x / w - 2.0
            zr = zi = 0.0
            n = 0
            while n < limit and zr * zr + zi * zi <= 4.0:
                zr, zi = zr * zr - zi * zi + cr, 2.0 * zr * zi + ci
                n += 1
            row.append(n)
        rows.append(row)
    return rows

sum(map(sum, mandelbrot(30, 20, 50)))
""",
    'miller rabin': """
def miller(n):
    if n < 4:
        return n > 1
    d, r = n - 1, 0
    while d % 2 == 0:
        d //= 2
        r += 1
    for a in (2, 3, 5, 7, 11, 13):
        if a >= n:
            continue
        x = pow(a, d, n)
        if x in (1, n - 1):
            continue
        for _ in range(r - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True

sum(miller(n) for n in range(1000, 3000))
""",
    'xorshift': """
class Random:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        x = self.state
        x ^= (x << 13) & 0xFFFFFFFFFFFFFFFF
        x ^= x >> 7
        x ^= (x << 17) & 0xFFFFFFFFFFFFFFFF
        self.state = x
        return x

    def uniform(self):
        return self.next() / 2 ** 64

r = Random(88172645463325252)
inside = 0
for _ in range(2500):
    x, y = r.uniform(), r.uniform()
    if x * x + y * y < 1:
        inside += 1
inside
""",
    'bytearray': """
def xor(data, key):
    out = bytearray(len(data))
    for i in range(len(data)):
        out[i] = data[i] ^ key[i % len(key)]
    return bytes(out)

def rle(data):
    out = bytearray()
    i = 0
    while i < len(data):
        n = 1
        while i + n < len(data) and data[i + n] == data[i] and n < 255:
            n += 1
        out.append(n)
        out.append(data[i])
        i += n
    return out

data = b'aaabbbccccddddddeeef' * 100
len(rle(data)), xor(xor(data, b'secret'), b'secret') == data
""",
    'big integers': """
def spigot(n):
    out = []
    q, r, t, k, m, x = 1, 0, 1, 1, 3, 3
    while len(out) < n:
        if 4 * q + r - t < m * t:
            out.append(m)
            q, r, m = 10 * q, 10 * (r - m * t), (10 * (3 * q + r)) // t - 10 * m
        else:
            q, r, t, k, m, x = q * k, (2 * q + r) * x, t * x, k + 1, (q * (7 * k + 2) + r * x) // (t * x), x + 2
    return out

def fib(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a

spigot(60)[-5:], fib(1000) % 10 ** 9, sum(int(d) for d in str(2 ** 1000))
""",
    'game of life': """
def step(grid, w, h):
    new = [[0] * w for _ in range(h)]
    for y in range(h):
        for x in range(w):
            n = 0
            for dy in (-1, 0, 1):
                for dx in (-1, 0, 1):
                    if dx == 0 and dy == 0:
                        continue
                    n += grid[(y + dy) % h][(x + dx) % w]
            new[y][x] = 1 if n == 3 or (grid[y][x] and n == 2) else 0
    return new

grid = [[(x * y + x) % 3 == 0 for x in range(24)] for y in range(24)]
for _ in range(4):
    grid = step(grid, 24, 24)
sum(map(sum, grid))
""",
    'knapsack': """
def knapsack(weights, values, capacity):
    n = len(weights)
    table = [[0] * (capacity + 1) for _ in range(n + 1)]
    for i in range(1, n + 1):
        for w in range(capacity + 1):
            best = table[i - 1][w]
            if weights[i - 1] <= w:
                best = max(best, table[i - 1][w - weights[i - 1]] + values[i - 1])
            table[i][w] = best
    return table[n][capacity]

knapsack([3 + i * 7 % 13 for i in range(20)], [10 + i * 11 % 17 for i in range(20)], 120)
""",
    'levenshtein': """
def distance(a, b):
    previous = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        current = [i]
        for j, y in enumerate(b, 1):
            cost = 0 if x == y else 1
            current.append(min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + cost))
        previous = current
    return previous[-1]

distance('the quick brown fox jumps over' * 2, 'a lazy dog sleeps in the hot sun' * 2)
""",
    'sorting in place': """
def bubble(values):
    n = len(values)
    for i in range(n):
        for j in range(n - i - 1):
            if values[j] > values[j + 1]:
                values[j], values[j + 1] = values[j + 1], values[j]
    return values

def heapsort(a):
    def sift(start, end):
        root = start
        while 2 * root + 1 <= end:
            child = 2 * root + 1
            if child + 1 <= end and a[child] < a[child + 1]:
                child += 1
            if a[root] < a[child]:
                a[root], a[child] = a[child], a[root]
                root = child
            else:
                return
    for start in range((len(a) - 2) // 2, -1, -1):
        sift(start, len(a) - 1)
    for end in range(len(a) - 1, 0, -1):
        a[end], a[0] = a[0], a[end]
        sift(0, end - 1)
    return a

bubble([i * 37 % 101 for i in range(100)])[:3], heapsort([i * 7919 % 1009 for i in range(500)])[:3]
""",
}
