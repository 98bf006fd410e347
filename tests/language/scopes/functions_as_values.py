def apply(f, *args):
    return f(*args)


def twice(f):
    def g(x):
        return f(f(x))

    return g


def inc(x):
    return ext(x) + 1


print(apply(inc, 1), apply(twice(inc), 1), twice(twice(inc))(0), apply(len, [1]), apply(ext, 9))
table = {'inc': inc, 'neg': lambda x: -ext(x), 'str': str}
for name in table:
    print(name, table[name](5))
ops = [inc, twice(inc)]
ext_none()
print([f(10) for f in ops])
saved = inc
inc = lambda x: ext(x) + 1000
print(saved(1), inc(1), ops[0](1))
inc is saved, ops[0] is saved
