# `eval`, `exec` and `compile`: pauses in what they run, namespaces of the script's own, names of the top level.
def helper(a):
    ext_none()
    return a * 2


out = []
for i in range(2):
    out.append(eval('helper(i) + 1'))
ns = {'ext_none': ext_none}
exec('''
class Node:
    def __init__(self, v):
        ext_none()
        self.v = v
    def fetch_v(self):
        ext_none()
        return self.v
    def __add__(self, o):
        ext_none()
        return Node(self.v + o.v)
def gen(n):
    for k in range(n):
        ext_none()
        yield k
def twice(f):
    def inner(*a):
        ext_none()
        return f(*a) * 2
    return inner
@twice
def triple(x): return x * 3
q = Node(1) + Node(2)
''', ns)
ext_none()
out += [ns['q'].v, ns['Node'](5).fetch_v(), list(ns['gen'](3)), ns['triple'](2)]
for v in ns['gen'](2):
    out.append(v)
g = ns['gen'](3)
next(g)
ext_none()
out.append(list(g))
def f(x):
    exec('y = helper(x)\nout.append(y)')
    return eval('[helper(k) for k in range(x)]')
out.append(f(3))
out.append(list(map(eval, ['helper(1)', 'helper(2)'])))
c = compile('helper(10)', 'n', 'eval')
ext_none()
out.append(eval(c))
out.append(sorted([3, 1, 2], key=eval('lambda v: -helper(v)')))
exec("import time\nfrom dataclasses import dataclass\n@dataclass\nclass D:\n    a: int\n    b: str = 'x'\nd = D(1)\nimport asyncio\nasync def co():\n    await asyncio.sleep(0)\n    return 5\nr = asyncio.run(co())", ns)
ext_none()
out += [repr(ns['d']), ns['r'], type(ns['D']).__name__]
try:
    exec('raise ValueError("boo")')
except ValueError as e:
    out.append(repr(e))
try:
    exec('def bad(:\n  pass')
except SyntaxError as e:
    out.append((e.msg, e.lineno))
def rec(n):
    return n if n == 0 else eval('rec(n - 1)') + 1
out.append(rec(40))
out
