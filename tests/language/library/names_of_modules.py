# Names that modules have twice, keywords as arguments of built-ins, documents of properties.
import bisect
import keyword
import operator
import re
from types import DynamicClassAttribute

print(operator.__or__(1, 2), getattr(operator, '__lt__')(1, 2), operator.__getitem__([7], 0), operator.__contains__([1], 1))
print(bisect.insort == bisect.insort_right, bisect.bisect == bisect.bisect_right, keyword.kwlist == sorted(keyword.kwlist))
print(dict(self=3, args=4), '{self}'.format(self=1), re.match('(a)', 'a').group(True))
class Spam:
    @DynamicClassAttribute
    def spam(self):
        "hello"
print(Spam.__dict__['spam'].__doc__)
