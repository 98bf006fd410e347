"""`timeit`: how long code takes by the clock of the run."""

import time

__all__ = ['Timer', 'default_timer', 'repeat', 'timeit']

default_timer = time.perf_counter
default_number = 1000000
default_repeat = 5


class Timer:
    def __init__(self, stmt='pass', setup='pass', timer=default_timer, globals=None):
        self.stmt = stmt
        self.setup = setup
        self.timer = timer
        self.names = {} if globals is None else globals

    def timeit(self, number=default_number):
        names = self.names
        _run(self.setup, names)
        statement = self.stmt
        if isinstance(statement, str):
            statement = compile(statement, '<timeit-src>', 'exec')
        began = self.timer()
        for _ in range(number):
            _run(statement, names)
        return self.timer() - began

    def repeat(self, repeat=default_repeat, number=default_number):
        return [self.timeit(number) for _ in range(repeat)]

    def autorange(self, callback=None):
        scale = 1
        while True:
            for step in (1, 2, 5):
                number = scale * step
                taken = self.timeit(number)
                if callback is not None:
                    callback(number, taken)
                if taken >= 0.2:
                    return number, taken
            scale *= 10


def _run(code, names):
    if callable(code):
        code()
    else:
        exec(code, names)


def timeit(stmt='pass', setup='pass', timer=default_timer, number=default_number, globals=None):
    return Timer(stmt, setup, timer, globals).timeit(number)


def repeat(stmt='pass', setup='pass', timer=default_timer, repeat=default_repeat, number=default_number, globals=None):
    return Timer(stmt, setup, timer, globals).repeat(repeat, number)
