# What code made of text binds, and where; the live view that `globals()` gives.
ns = {}
exec("def f(n):\n    return n if n < 2 else f(n-1) + f(n-2)\nx = f(10)", ns)
out = [eval('1+2*3'), ns['x'], ns['f'](12)]
y = 5
def g(a):
    b = 3
    return eval('a + b + y')
out.append(g(2))
exec("y = 7\nz = [i*y for i in range(3)]")
out += [y, z]
out.append(eval("[a for a in range(3) if a != q]", {'q': 1}))
try: eval('1 +')
except SyntaxError as e: out.append(str(e))
try: eval('nope')
except NameError as e: out.append(str(e))
src = '''
import math
class P:
    k = 2
    def __init__(self, v): self.v = v
    def m(self): return self.v * self.k + math.floor(2.5)
class Q(P):
    def m(self): return super().m() + 1
try:
    1/0
except ZeroDivisionError as err:
    msg = str(err)
match [1, 2, 3]:
    case [first, *rest] if first == 1:
        pass
for i in range(3): pass
total = 0
total += 5
def counter():
    global total
    total += 1
    return total
counter()
if (n := 10) > 5: big = n
lam = lambda q: q + total
gen = (j * 2 for j in range(3))
'''
ns2 = {}
exec(src, ns2)
ext_none()
out += [ns2['Q'](4).m(), ns2['msg'], ns2['first'], ns2['rest'], ns2['i'], ns2['total'], ns2['counter'](), ns2['big'], ns2['lam'](1), list(ns2['gen']), 'err' in ns2]
c = compile('y * 2', '<string>', 'eval')
out.append(eval(c))
globals()['w'] = 44
out.append(w)
ext_none()
out.append(sorted(k for k in globals() if len(k) == 1))
out.append(list(map(eval, ['1', '2+3'])))
out.append(eval('x + 1', {'x': 1}, {'x': 41}))
exec("out.append(len(out))")
ns2['counter']()
out.append(ns2['total'])
out
