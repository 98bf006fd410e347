log = []


def attempt(f):
    try:
        f()
    except Exception as e:
        log.append(f'{type(e).__name__}: {e}')


def loop():
    for x in ext_fail('OSError', 'for'):
        pass


def condition():
    while ext_fail('OSError', 'while'):
        pass


def raising():
    raise ValueError(ext_fail('OSError', 'raise'))


def cause():
    raise ValueError('v') from ext_fail('OSError', 'from')


def deleting():
    d = {'a': 1}
    del d[ext_fail('OSError', 'del')]


def storing():
    d = {}
    d[ext_fail('OSError', 'store')] = log.append('value first')


def asserting():
    assert False, ext_fail('OSError', 'assert')


def default():
    def f(a=ext_fail('OSError', 'default')):
        pass


def decorated():
    @ext_fail('OSError', 'decorator')
    def f():
        pass


def clause():
    try:
        raise KeyError('k')
    except ext_fail('OSError', 'clause'):
        pass


for f in [loop, condition, raising, cause, deleting, storing, asserting, default, decorated, clause]:
    attempt(f)
log
