import functools
def dec(f):
    @functools.wraps(f)
    async def run(*a): return await f(*a)
    return run
@dec
async def f(a):
    """Doc of f."""
    return a
async def g():
    """Doc g."""
    yield 1
class C:
    async def m(self):
        """Doc m."""
def gen():
    """Doc gen."""
    yield ext(1)
print(f.__doc__, g.__doc__, C.m.__doc__, C().m.__doc__, gen.__doc__, f.__name__)
@functools.singledispatch
def show(x): return 'other'
@show.register
def _(x: int): return f'int {ext(x)}'
@show.register
def _(x: list | tuple) -> str: return 'seq'
class D:
    @functools.singledispatchmethod
    def at(self, x): return 'd-other'
    @at.register
    def _(self, x: str): return 'd-str'
print(show(1), show([1]), show((1,)), show('a'), show(True), D().at('x'), D().at(1))
