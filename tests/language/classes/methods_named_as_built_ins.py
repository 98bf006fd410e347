# Methods of a script's classes that bear the names of functions which call back: `reduce`, `sub`, `subn`.
class Vector:
    def __init__(self, *parts):
        self.parts = parts

    def sub(self, other, *more, **named):
        return Vector(*[ext(a - b) for a, b in zip(self.parts, other.parts)])

    def subn(self, n=1):
        return ext(n)

    def reduce(self, function, *initial):
        total = ext(0)
        for part in self.parts:
            total = function(total, part)
        return total


vector = Vector(3, 4).sub(Vector(1, 1))
print(vector.parts, vector.subn(), vector.subn(n=2), vector.reduce(lambda a, b: ext(a + b)))

import functools
import re
from functools import reduce

print(functools.reduce(lambda a, b: ext(a * b), [1, 2, 3]), reduce(ext_add, [1, 2], 10))


def marked(match):
    return ext(f'<{match[0]}>')


pattern = re.compile('b')
held = pattern.sub
print(re.subn('x', marked, 'xax'), held(marked, 'abcb'), pattern.subn(marked, 'bb', 1), pattern.subn('-', ext('b')))
print(functools.partial(re.sub, 'a', marked)('aa'), list(map(functools.partial(pattern.sub, marked), ['b', 'c'])))
print(re.sub(pattern='b', repl=marked, string='abc'), re.sub('a', ext('z'), 'abc'))
