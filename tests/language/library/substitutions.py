# What replaces a match may be anything that can be called, and may stop.
import functools
import re


class Shout:
    def __call__(self, match):
        return ext(match.group()).upper()

    def quiet(self, match):
        return ext(match.group()).lower()


def marked(mark, match):
    return mark + ext(match.group())


print(re.sub('b+', Shout(), 'abba b'), re.sub('B+', Shout().quiet, 'aBBa'), re.compile('b').sub(functools.partial(marked, '<'), 'abb', 1))
print(re.sub('b', lambda m: ext('x'), 'abcb', count=1), re.sub('b', 'y', 'abcb'), re.subn('b', 'z', 'abcb'))
try:
    re.sub('b', 5, 'abc')
except TypeError as e:
    print(type(e).__name__)
