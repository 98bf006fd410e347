def memo(f):
    seen = {}

    def g(n):
        if n not in seen:
            seen[n] = f(n)
        return seen[n]

    return g


@memo
def fib(n):
    return ext(n) if n < 2 else fib(n - 1) + fib(n - 2)


print(fib(15))
registry = {}


def register(name):
    def keep(f):
        registry[name] = f
        return f

    return keep


@register('add')
def add(a, b):
    return ext_add(a, b)


@register(ext('mul'))
def mul(a, b):
    return ext(a) * b


print([(k, registry[k](3, 4)) for k in registry])


@lambda f: f()
def value():
    return ext('called at once')


value
