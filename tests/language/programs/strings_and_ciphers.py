"""Strings, ciphers, parsing, and number formats."""
import re, string, textwrap, collections, itertools, base64, hashlib, binascii, struct, json, unicodedata
from string import Template
def kmp(text, pat):
    fail = [0]
    for c in pat[1:]:
        j = fail[-1]
        while j and pat[j] != c: j = fail[j-1]
        fail.append(j + (pat[j] == c))
    j, out = 0, []
    for i, c in enumerate(text):
        while j and (j == len(pat) or pat[j] != c): j = fail[j-1]
        j += pat[j] == c
        if j == len(pat): out.append(i - j + 1)
    return out
def rabin_karp(text, pat, base=256, mod=1_000_000_007):
    m = len(pat); h = pow(base, m-1, mod)
    p = t = 0
    for i in range(m): p = (base*p + ord(pat[i])) % mod; t = (base*t + ord(text[i])) % mod
    for i in range(len(text)-m+1):
        if p == t and text[i:i+m] == pat: yield i
        if i < len(text)-m: t = ((t - ord(text[i])*h)*base + ord(text[i+m])) % mod
def lev(a, b):
    prev = list(range(len(b)+1))
    for i, x in enumerate(a, 1):
        cur = [i]
        for j, y in enumerate(b, 1): cur.append(min(prev[j]+1, cur[-1]+1, prev[j-1] + (x != y)))
        prev = cur
    return prev[-1]
def caesar(s, k): return s.translate(str.maketrans(string.ascii_letters, ''.join(x[k:]+x[:k] for x in (string.ascii_lowercase, string.ascii_uppercase))))
def vigenere(s, key, sign=1):
    ks = itertools.cycle(ord(c) - 97 for c in key)
    return ''.join(chr((ord(c) - 65 + sign*next(ks)) % 26 + 65) if c.isupper() else c for c in s)
def morse(s):
    table = dict(zip(string.ascii_uppercase, '.- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --..'.split()))
    return ' '.join(table.get(c, '/') for c in s.upper())
class Trie(dict):
    def __missing__(self, k): v = self[k] = type(self)(); return v
    def add(self, w):
        n = self
        for c in w: n = n[c]
        n['$'] = w
    def words(self):
        for k, v in sorted(self.items()):
            if k == '$': yield v
            else: yield from v.words()
def huffman(s):
    import heapq
    h = [(n, i, c) for i, (c, n) in enumerate(sorted(collections.Counter(s).items()))]
    heapq.heapify(h); i = len(h)
    while len(h) > 1:
        a, b = heapq.heappop(h), heapq.heappop(h)
        heapq.heappush(h, (a[0]+b[0], i, (a[2], b[2]))); i += 1
    def codes(t, p=''):
        if isinstance(t, str): yield t, p or '0'
        else: yield from codes(t[0], p+'0'); yield from codes(t[1], p+'1')
    return dict(codes(h[0][2]))
def manacher(s):
    best = ''
    for i in range(len(s)):
        for l, r in ((i, i), (i, i+1)):
            while l >= 0 and r < len(s) and s[l] == s[r]: l -= 1; r += 1
            if r - l - 1 > len(best): best = s[l+1:r]
    return best
def roman(n): 
    out = ''
    for v, s in zip((1000,900,500,400,100,90,50,40,10,9,5,4,1), 'M CM D CD C XC L XL X IX V IV I'.split()):
        q, n = divmod(n, v); out += s*q
    return out
print(kmp('abababcabab', 'abab'), list(rabin_karp('abababcabab', 'abab')), lev('kitten', 'sitting'))
print(caesar('Hello, World!', 3), vigenere('ATTACK AT DAWN', 'lemon'), vigenere(vigenere('ATTACK', 'lemon'), 'lemon', -1), morse('sos help'))
t = Trie()
for w in 'tea ten i in inn to'.split(): t.add(w)
print(list(t.words()), len(t), 'x' in t)
c = huffman('abracadabra'); print(c, sum(len(c[x]) for x in 'abracadabra'))
print(manacher('forgeeksskeegfor'), [roman(n) for n in (4, 9, 1994, 3999)])
print(re.sub(r'(?P<a>\w+)@(?P<b>\w+)\.com', lambda m: f'{m["b"]}:{m.group("a").upper()}', 'joe@ex.com, ann@site.com'), re.findall(r'\b(\w)(\w*)\1\b', 'abca xyx aa b'))
print([m.span() for m in re.finditer(r'(?i)the', 'The theTHE')], re.split(r'([,;])\s*', 'a, b;c'), re.fullmatch(r'(\d+)-(\d+)?', '12-').groups('none'))
print(textwrap.fill('The quick brown fox jumps over the lazy dog', 20, initial_indent='* ', subsequent_indent='  '), textwrap.shorten('hello big world', 12), textwrap.dedent('  a\n   b\n'))
print(Template('$x is ${y}s $$').substitute(x=1, y='cat'), 'abc'.center(9, '*'), '{:>8.3f}|{:<6}|{:^+9,}|{:#x}|{:08b}|{:e}|{:%}'.format(3.14159, 'ab', 12345, 255, 37, 12345.678, .256))
print(f'{"x":*^{5}}', f'{3.0!r:>6}', f'{[1,2]!s:>10}', '%-5s|%05d|%+.2f|%x|%s' % ('ab', 42, 3.14159, 255, None), '%(a)s %(b)03d' % {'a': 1, 'b': 2})
print(base64.b64encode(b'hello').decode(), binascii.hexlify(b'\x00\xff'), hashlib.md5(b'x').hexdigest()[:8], struct.unpack('>HI', struct.pack('>HI', 1, 70000)), json.dumps({'b': [1, 2.5, None, True], 'a': 'é"\n'}, sort_keys=True, indent=1), json.loads('[1e3, "\\u00e9", {"k": []}]'))
print(unicodedata.normalize('NFD', 'é') == 'e\u0301', ''.join(ch for ch in unicodedata.normalize('NFD', 'crème brûlée') if not unicodedata.combining(ch)), 'ß'.casefold(), 'ǆ'.title(), 'İ'.lower().encode())
print('a,b,,c'.split(','), ' a  b '.split(), 'a-b-c'.rsplit('-', 1), 'abc'.partition('b'), 'x=1;y=2'.replace(';', '\n').splitlines(), 'hello'.find('l', 3), 'Hello World'.swapcase(), 'tESt'.capitalize(), '12'.zfill(5), 'abc' < 'abd', 'a\tb'.expandtabs(4), '३'.isdigit(), 'xyz'.isidentifier(), 'a b'.isprintable())
print(sorted('banana apple Cherry'.split(), key=str.lower), max('abc', key=ord), min(['bb', 'a'], key=len), ''.join(reversed('abc')), 'abcabc'.count('bc'), 'aXbX'.strip('aX'), 'prefix-x'.removeprefix('prefix-'), bytes(range(5)).hex(' '), bytearray(b'abc')[::-1], b'a-b'.split(b'-'), int('ff', 16), int('0b101', 0), hex(255), oct(8), bin(5), chr(9731), ascii('é'), float('1e-3'), round(2.675, 2), round(-2.5), divmod(-7, 3), -7 // 2, 7 % -3, 2 ** -1, 0.1 + 0.2, 1e16, 1e22, float('inf'), complex(1, -2) * 2j)
