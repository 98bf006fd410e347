from math import *
from collections import *


class Uses:
    import json
    from textwrap import dedent

    def show(self):
        return self.json.dumps([ext(1)])


def area(radius):
    return pi * ext(radius) ** 2


print(sqrt(ext(16)), Counter('aab')[ext('a')], round(area(2), 3), floor(2.5), pow(2, 3))
print(Uses().show())
