# References keep what they refer to; codecs and modules are found by name; __del__ is called by the script alone.
import weakref, codecs, importlib
class A:
    def __init__(s, n): s.n = n
    def m(s): return s.n
    def __del__(self): pass
a = A(1)
r = weakref.ref(a)
print(r() is a, r == weakref.ref(a), weakref.proxy(a).n, weakref.WeakMethod(a.m)()())
d = weakref.WeakValueDictionary(); d['x'] = a
print(d['x'].n, 'x' in d, len(d), d.get('y'), list(d.items())[0][0], dict(d) == {'x': a})
k = weakref.WeakKeyDictionary(); k[a] = 5
print(k[a], len(k))
s = weakref.WeakSet([a]); print(a in s, len(s))
try: weakref.ref(5)
except TypeError as e: print(e)
f = weakref.finalize(a, print, 'fin'); print(f.alive); f(); print(f.alive)
print(codecs.encode('Hello', 'rot_13'), codecs.decode('Uryyb', 'rot13'), codecs.encode(b'ab', 'hex'), codecs.decode(b'6162', 'hex'), codecs.encode('é', 'utf-8'), codecs.BOM_UTF8, codecs.encode(b'abc', 'base64'))
m = importlib.import_module('math'); print(m.sqrt(4)); print(importlib.import_module('os.path').join('a','b'))
try: importlib.import_module('nope.x')
except ModuleNotFoundError as e: print(e)
print(codecs.getencoder('utf-8')('a'))
ext(d['x'].n)
print(ext_str(r().n), len(s), k[a], f.alive)
a.__del__()
