trace = []


def a():
    try:
        return ext('value')
    finally:
        trace.append(ext('a'))


def b():
    x = 1
    try:
        return x
    finally:
        x = ext(2)
        trace.append(x)


def c():
    try:
        try:
            return ext('inner')
        finally:
            trace.append(ext('c1'))
    finally:
        trace.append(ext('c2'))


def d():
    for i in range(3):
        try:
            if i == 1:
                return ext(i)
        finally:
            trace.append(ext(('d', i)))


def e():
    xs = [1]
    try:
        return xs
    finally:
        xs.append(ext(2))


print(a(), b(), c(), d(), e())
trace
