trace = []


def t(x):
    trace.append(x)
    return ext(x)


class A:
    a = t(1)
    b = [t(x) for x in (a, 2)]
    if t(True):
        c = t('if')
    else:
        c = 'else'
    for i in t([1, 2]):
        d = t(i)

    def method(self, x=a):
        return x, self.c

    try:
        e = ext_fail('ValueError', 'in body')
    except ValueError as err:
        e = str(err)

    class Inner:
        z = t('inner')

    del i


print(A.a, A.b, A.c, A.d, A().method(), A.e, A.Inner.z, trace)


def make(n):
    class Local:
        value = ext(n)

        def get(self):
            return n, self.value

    return Local


one, two = make(1), make(2)
ext_none()
one().get(), two().get(), one is two
