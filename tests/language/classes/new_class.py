# types.new_class and prepare_class find the metaclass and ask it.
import types
class Meta(type):
    @classmethod
    def __prepare__(mcls, name, bases, **kw):
        ns = super().__prepare__(name, bases); ns['y'] = 1; ns.update(kw); return ns
    def __new__(m, n, b, ns, **kw): return super().__new__(m, n, b, ns)
C = types.new_class('C', (), {'metaclass': Meta, 'z': 2}, lambda ns: ns.update(x=0))
print(C.x, C.y, C.z, type(C))
D = types.new_class('D', (C,))
print(type(D), D.y)
print(types.prepare_class('E', (), {'metaclass': type, 'q': 1}))
print(type.__prepare__(), Meta.__prepare__('a', ()), issubclass(type, type), issubclass(Meta, type), issubclass(type, Meta), issubclass(int, type), issubclass(type, object))
print(types.new_class('X', (int,))(5) + 1, types.new_class('F', (), {'metaclass': lambda *a, **k: 'made'}))
try: types.new_class('Z', (C,), {'metaclass': type('M2', (type,), {})})
except TypeError as e: print(e)
