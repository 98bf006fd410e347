# What functools makes of functions of the script, with pauses inside.
import functools
from functools import cache, lru_cache, partial, singledispatch, singledispatchmethod, wraps

calls = []

@cache
def fetch(x):
    calls.append(x)
    return ext(x)

print(fetch(1), fetch(1), fetch(2), fetch.cache_info(), fetch.__wrapped__.__name__, fetch.__name__, calls)

class Store:
    @lru_cache(maxsize=2)
    def get(self, key, *, scale=1):
        return ext(key) * scale

store = Store()
print(store.get(1), store.get(1, scale=2), store.get(1), Store.get.cache_info(), Store.get.cache_parameters())
Store.get.cache_clear()
print(Store.get.cache_info())

p = partial(lambda a, b, *, c: ext(a) + b + c, 1, c=3)
print(p(2), p.args, p.keywords, partial(p, 5).args, repr(partial(max, 1))[:18])

@singledispatch
def show(value, *rest):
    return 'any', ext(0)

@show.register
def _(value: int, *rest):
    return 'int', ext(int(value))

@show.register(list)
@show.register(tuple)
def _(value, *rest):
    return 'sequence', [show(item) for item in value]

@show.register(int | None if False else float | complex)
def _(value):
    return 'number'

class Whole(int):
    pass

print(show('x'), show(3), show(True), show(Whole(4)), show([1, 'a']), show((2,)), show(1.5), show.dispatch(bool) is show.dispatch(int))

class Printer:
    @singledispatchmethod
    def out(self, value):
        return 'any'

    @out.register
    def _(self, value: str):
        return 'text', ext(value)

    @out.register
    @classmethod
    def _(cls, value: list):
        return cls.__name__

print(Printer().out(1), Printer().out('a'), Printer().out([]))

def timed(function):
    'Decorate.'
    @wraps(function)
    def inner(*args):
        return ext('in'), function(*args)
    return inner

@timed
def plus(a: int, b: int) -> int:
    "Add."
    return a + b
plus.note = 1

print(plus(1, 2), plus.__name__, plus.__doc__, plus.__annotations__, plus.__wrapped__(3, 4), sorted(plus.__dict__))
try:
    show()
except TypeError as error:
    print(error)
print(functools.WRAPPER_UPDATES, callable(fetch))
state = partial(max, 1)
state.__setstate__((min, (2,), None, {'a': 1}))
print(state(1), state.a, state.keywords)
