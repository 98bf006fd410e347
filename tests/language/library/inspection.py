# The safe part of inspect.
import functools
import dataclasses
import inspect
from inspect import Parameter, Signature, signature

def f(a, b: int = 1, /, c='x', *args: str, d, e: float = 2.5, **kw) -> list:
    """Take much.

        Indented.
    """
    return [a, b, c, args, d, e, kw]

sig = signature(f)
ext(1)
print(sig, list(sig.parameters), [str(p.kind) for p in sig.parameters.values()][:3], sig.parameters['b'].default, sig.return_annotation is list)
bound = sig.bind(1, 2, 3, 4, d=5, z=6)
print(bound.arguments, bound.args, bound.kwargs, f(*bound.args, **bound.kwargs))
partly = sig.bind_partial(1)
partly.apply_defaults()
print(partly.arguments)
for wrong in (lambda: sig.bind(), lambda: signature(lambda x: x).bind(1, 2), lambda: signature(lambda x: x).bind(y=1), lambda: signature(lambda x: x).bind(1, x=1)):
    try:
        wrong()
    except TypeError as error:
        print(error)

class A:
    "Doc of A."
    def __init__(self, x, *, y=2):
        self.x = x
    def m(self, q=1): return q
    @classmethod
    def c(cls, r): return r
    @staticmethod
    def s(t): return t
    def __call__(self, u): return u

class B(A):
    pass

print(signature(A), signature(A.m), signature(A(1).m), signature(A.c), signature(A.s), signature(A(1)), signature(B))
print(signature(functools.partial(f, 1, d=3)), signature(lambda *, k: k))

def deco(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        return function(*args, **kwargs)
    return inner

@deco
def g(x, y=2): return x
print(signature(g), signature(g, follow_wrapped=False), inspect.unwrap(g) is g.__wrapped__)

def gen(): yield 1
async def co(): return 1
c = co()
print(inspect.isfunction(f), inspect.isfunction(len), inspect.isfunction(A.m), inspect.ismethod(A(1).m), inspect.ismethod(f), inspect.isclass(A), inspect.isclass(1))
print(inspect.isgeneratorfunction(gen), inspect.isgenerator(gen()), inspect.iscoroutinefunction(co), inspect.iscoroutine(c), inspect.isawaitable(c), inspect.isbuiltin(len), inspect.ismodule(functools), inspect.isroutine(len))
c.close()
print(inspect.getdoc(f), inspect.getdoc(B), inspect.cleandoc('  a\n    b\n      c\n'))
print([name for name, _ in inspect.getmembers(A(1), inspect.ismethod)], inspect.getmro(B) == (B, A, object))
spec = inspect.getfullargspec(f)
print(spec.args, spec.varargs, spec.varkw, spec.defaults, spec.kwonlyargs, spec.kwonlydefaults)
made = Signature([Parameter('p', Parameter.POSITIONAL_ONLY), Parameter('q', Parameter.KEYWORD_ONLY, default=3, annotation=int)], return_annotation=str)
ext(2)
print(made, made == made.replace(), made.replace(return_annotation=int), Parameter('p', Parameter.VAR_POSITIONAL), Parameter.empty is inspect.Signature.empty)
try:
    Signature([Parameter('a', Parameter.KEYWORD_ONLY), Parameter('b', Parameter.POSITIONAL_ONLY)])
except ValueError as error:
    print(error)


@dataclasses.dataclass
class Made:
    number: int
    names: list = dataclasses.field(default_factory=list)
    self: 'str' = 'x'


print(inspect.signature(Made), ext(list(inspect.signature(Made.__init__).parameters)))
