"""Classic algorithms over texts, lists and trees; each program ends with a value."""

from __future__ import annotations

CLASSICS: dict[str, str] = {
    'sudoku': """
def solve(board):
    rows = [set() for _ in range(9)]
    columns = [set() for _ in range(9)]
    boxes = [set() for _ in range(9)]
    empty = []
    for r in range(9):
        for c in range(9):
            digit = board[r][c]
            if digit == 0:
                empty.append((r, c))
            else:
                rows[r].add(digit)
                columns[c].add(digit)
                boxes[r // 3 * 3 + c // 3].add(digit)

    def search(k):
        if k == len(empty):
            return True
        r, c = empty[k]
        b = r // 3 * 3 + c // 3
        for digit in range(1, 10):
            if digit not in rows[r] and digit not in columns[c] and digit not in boxes[b]:
                board[r][c] = digit
                rows[r].add(digit)
                columns[c].add(digit)
                boxes[b].add(digit)
                if search(k + 1):
                    return True
                board[r][c] = 0
                rows[r].remove(digit)
                columns[c].remove(digit)
                boxes[b].remove(digit)
        return False

    return search(0)

puzzle = '530070000600195000098000060800060003400803001700020006060000280000419005000080079'
board = [[int(ch) for ch in puzzle[9 * r:9 * r + 9]] for r in range(9)]
solve(board), board
""",
    'lz77': """
def compress(data, window=64):
    out = []
    i = 0
    while i < len(data):
        best, where = 0, 0
        for j in range(max(0, i - window), i):
            k = 0
            while i + k < len(data) and data[j + k] == data[i + k] and k < 15:
                k += 1
            if k > best:
                best, where = k, i - j
        if best > 2:
            out.append((where, best))
            i += best
        else:
            out.append(data[i])
            i += 1
    return out

def expand(tokens):
    out = []
    for token in tokens:
        if isinstance(token, tuple):
            where, n = token
            for _ in range(n):
                out.append(out[-where])
        else:
            out.append(token)
    return ''.join(out)

text = 'abracadabra the cat sat on the mat and the rat ' * 4
expand(compress(text)) == text, len(compress(text))
""",
    'lzw': """
def lzw(text):
    codes = {chr(i): i for i in range(256)}
    word = ''
    out = []
    for ch in text:
        joined = word + ch
        if joined in codes:
            word = joined
        else:
            out.append(codes[word])
            codes[joined] = len(codes)
            word = ch
    if word:
        out.append(codes[word])
    return out

sum(lzw('TOBEORNOTTOBEORTOBEORNOT and to be sure ' * 80))
""",
    'binary trees': """
def make(depth):
    return (make(depth - 1), make(depth - 1)) if depth else (None, None)

def check(node):
    left, right = node
    return 1 if left is None else 1 + check(left) + check(right)

sum(check(make(8)) for _ in range(4))
""",
    'brackets machine': """
def run(code, steps=40000):
    jump, stack = {}, []
    for i, c in enumerate(code):
        if c == '[':
            stack.append(i)
        elif c == ']':
            j = stack.pop()
            jump[i], jump[j] = j, i
    tape = [0] * 100
    out = []
    p = i = 0
    while i < len(code):
        c = code[i]
        if c == '>':
            p += 1
        elif c == '<':
            p -= 1
        elif c == '+':
            tape[p] = (tape[p] + 1) % 256
        elif c == '-':
            tape[p] = (tape[p] - 1) % 256
        elif c == '.':
            out.append(chr(tape[p]))
        elif c == '[':
            if tape[p] == 0:
                i = jump[i]
        elif c == ']':
            if tape[p]:
                i = jump[i]
        i += 1
    return ''.join(out)

run('++++++++[>++++[>++>+++>+++>+<<<<-]>+>+>->>+[<]<-]>>.>---.+++++++..+++.>>.<-.<.+++.------.--------.>>+.>++.') * 1
""",
    'stack machine': """
def run(program):
    stack, variables, pc = [], {}, 0
    while True:
        op, arg = program[pc]
        pc += 1
        if op == 'push':
            stack.append(arg)
        elif op == 'load':
            stack.append(variables[arg])
        elif op == 'store':
            variables[arg] = stack.pop()
        elif op == 'add':
            b = stack.pop()
            a = stack.pop()
            stack.append(a + b)
        elif op == 'sub':
            b = stack.pop()
            a = stack.pop()
            stack.append(a - b)
        elif op == 'jnz':
            if stack.pop():
                pc = arg
        elif op == 'halt':
            return variables

run([('push', 0), ('store', 's'), ('push', 1500), ('store', 'n'),
     ('load', 's'), ('load', 'n'), ('add', None), ('store', 's'),
     ('load', 'n'), ('push', 1), ('sub', None), ('store', 'n'), ('load', 'n'), ('jnz', 4), ('halt', None)])
""",
    'quicksort': """
def quicksort(items):
    if len(items) <= 1:
        return items
    pivot = items[len(items) // 2]
    return (quicksort([x for x in items if x < pivot]) + [x for x in items if x == pivot]
            + quicksort([x for x in items if x > pivot]))

def insertion(items):
    for i in range(1, len(items)):
        x = items[i]
        j = i - 1
        while j >= 0 and items[j] > x:
            items[j + 1] = items[j]
            j -= 1
        items[j + 1] = x
    return items

data = [i * 7919 % 1009 for i in range(800)]
quicksort(data)[:5], insertion(data[:150])[:5]
""",
    'trie': """
class Trie:
    def __init__(self):
        self.children = {}
        self.end = False

    def insert(self, word):
        node = self
        for ch in word:
            if ch not in node.children:
                node.children[ch] = Trie()
            node = node.children[ch]
        node.end = True

    def find(self, prefix):
        node = self
        for ch in prefix:
            node = node.children.get(ch)
            if node is None:
                return []
        out = []
        def walk(node, path):
            if node.end:
                out.append(path)
            for ch in sorted(node.children):
                walk(node.children[ch], path + ch)
        walk(node, prefix)
        return out

t = Trie()
for i in range(300):
    t.insert(format(i * 7919 % 4096, 'x'))
len(t.find('')), t.find('a')[:3]
""",
    'kmp': """
def kmp(text, pattern):
    table = [0] * len(pattern)
    k = 0
    for i in range(1, len(pattern)):
        while k and pattern[i] != pattern[k]:
            k = table[k - 1]
        if pattern[i] == pattern[k]:
            k += 1
        table[i] = k
    found = []
    k = 0
    for i, ch in enumerate(text):
        while k and ch != pattern[k]:
            k = table[k - 1]
        if ch == pattern[k]:
            k += 1
        if k == len(pattern):
            found.append(i - k + 1)
            k = table[k - 1]
    return found

len(kmp('abababcababcabc' * 200, 'ababc'))
""",
    'ciphers': """
def shift(text, key):
    out = ''
    i = 0
    for ch in text:
        if ch.isalpha():
            base = ord('A') if ch.isupper() else ord('a')
            k = ord(key[i % len(key)].lower()) - ord('a')
            out += chr((ord(ch) - base + k) % 26 + base)
            i += 1
        else:
            out += ch
    return out

def is_palindrome(s):
    s = ''.join(c.lower() for c in s if c.isalnum())
    return s == s[::-1]

def roman(n):
    out = ''
    for value, text in ((1000, 'M'), (900, 'CM'), (500, 'D'), (400, 'CD'), (100, 'C'), (90, 'XC'), (50, 'L'), (40, 'XL'), (10, 'X'), (9, 'IX'), (5, 'V'), (4, 'IV'), (1, 'I')):
        while n >= value:
            out += text
            n -= value
    return out

shift('Attack at dawn, my friends! ' * 40, 'lemon')[:10], is_palindrome('A man, a plan, a canal: Panama' * 9), [roman(i) for i in range(1, 200)][-1]
""",
    'recursive lists': """
def permute(items):
    if len(items) <= 1:
        return [items]
    out = []
    for i in range(len(items)):
        for rest in permute(items[:i] + items[i + 1:]):
            out.append([items[i]] + rest)
    return out

def subsets(items):
    if not items:
        return [[]]
    rest = subsets(items[1:])
    return rest + [[items[0]] + r for r in rest]

len(permute([1, 2, 3, 4, 5, 6])), len(subsets(list(range(10))))
""",
    'minimax': """
WINS = [(0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6)]

def winner(board):
    for a, b, c in WINS:
        if board[a] and board[a] == board[b] == board[c]:
            return board[a]
    return None

def minimax(board, player, known):
    key = (tuple(board), player)
    if key in known:
        return known[key]
    won = winner(board)
    if won:
        return 1 if won == 'X' else -1
    moves = [i for i, c in enumerate(board) if not c]
    if not moves:
        return 0
    scores = []
    for move in moves:
        board[move] = player
        scores.append(minimax(board, 'O' if player == 'X' else 'X', known))
        board[move] = ''
    best = max(scores) if player == 'X' else min(scores)
    known[key] = best
    return best

known = {}
minimax(['X', '', '', '', 'O', '', '', '', ''], 'X', known), len(known)
""",
    'closures': """
def counter():
    n = 0
    def more(k=1):
        nonlocal n
        n += k
        return n
    return more

def compose(*fs):
    def composed(x):
        for f in fs:
            x = f(x)
        return x
    return composed

def work(n):
    c = counter()
    f = compose(lambda x: x + 1, lambda x: x * 2, lambda x: x - 3)
    total = 0
    for i in range(n):
        total += f(i) + c()
    return total

work(2000)
""",
}
