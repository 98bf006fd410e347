log = []


class Span:
    def __init__(self, name, swallow=False):
        self.name, self.swallow = name, swallow

    def __enter__(self):
        log.append(('enter', ext(self.name)))
        return self

    def __exit__(self, kind, value, traceback):
        log.append(('exit', ext(self.name), kind and kind.__name__, str(value)))
        return ext(self.swallow)


with Span('a') as a, Span('b'):
    log.append(ext(a.name))
with Span('c', True):
    ext_fail('ValueError', 'swallowed')
try:
    with Span('d'):
        with Span('e'):
            ext_none()
            ext_fail('KeyError', 'k')
except KeyError as e:
    log.append(repr(e))


def f():
    for i in range(3):
        with Span(i):
            if i == 0:
                continue
            return ext('returned')


print(f())
for entry in log:
    print(entry)
