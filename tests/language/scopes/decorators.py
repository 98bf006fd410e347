trace = []


def deco(tag):
    trace.append(ext(tag))

    def wrap(f):
        trace.append(('wrap', tag))

        def g(*args, **kwargs):
            trace.append(('call', ext(tag)))
            return (tag, f(*args, **kwargs))

        return g

    return wrap


@deco('a')
@deco(ext('b'))
def f(x, y=ext(2), *, z=ext(3)):
    return ext(x) + y + z


print(f(1), f(1, z=10))

trace
