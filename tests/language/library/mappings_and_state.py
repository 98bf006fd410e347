# What the library keeps, and mappings of its classes, over a pause.
import calendar
from collections import ChainMap, Counter, UserDict


class Log:
    def check(self, a, b):
        ext_none()
        print(a == b, a)


def words():
    for word in ('a', 'b'):
        yield ext(word)


log = Log()
chain = ChainMap({'a': 1, 'b': 2}, {'b': 20, 'c': 30})
log.check(dict(chain), {'a': 1, 'b': 2, 'c': 30})
plain = {'z': 0}
plain.update(chain)
log.check(sorted(plain.items()), [])
found = set()
found.update(chain, words())
log.check(sorted(found), ['a', 'b', 'c'])
counts = Counter('ab')
counts.update(UserDict(a=5))
counts.update(words())
log.check(dict(counts), {'a': 7, 'b': 2})
log.check(dict(zip(words(), [1, 2])), {'a': 1, 'b': 2})
log.check(dict((word, 1) for word in words()), {'a': 1, 'b': 1})
calendar.setfirstweekday(calendar.SUNDAY)
weeks = calendar.monthcalendar(1941, 12)
for week in weeks:
    log.check(sum(day != 0 for day in week), 0)
log.check(calendar.firstweekday(), 6)
log.check(calendar.monthcalendar(1941, 12) == weeks, True)
log.check(calendar.weekheader(2), 'Su Mo Tu We Th Fr Sa')
log.check(calendar.month(2024, 2).splitlines()[:3], [])
calendar.setfirstweekday(0)
