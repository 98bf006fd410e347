import json
from string import digits

x = 1


class A:
    json = json
    x = x + 1
    len = len
    digits, y = digits, x

    def f(self):
        return self.json.dumps([self.x, ext(self.y)])

    @property
    def p(self):
        return 1

    @p.setter
    def p(self, value):
        ext(value)


a = A()
a.p = 2
found = [a.f(), A.len('ab'), A.digits, a.p]
try:

    class C:
        missing = missing
except NameError as error:
    found.append(str(error))
found
