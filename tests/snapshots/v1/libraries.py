# Values of modules, loop state, a match statement and comprehensions over pauses.
import datetime
import re
from collections import Counter, defaultdict, deque

when = datetime.datetime(2030, 1, 2, 3, 4, tzinfo=datetime.timezone.utc)
match_ = re.match(r'(\w+)-(\d+)', 'abc-42')
groups = defaultdict(list)
queue = deque([1, 2, 3], maxlen=4)
words = Counter('mississippi')
for position, (letter, count) in enumerate(words.items()):
    groups[count].append(ext(letter))
    queue.append(position)
shapes = []
for shape in [('circle', 2), {'side': 3}, [1, 2, 3], 'dot']:
    match ext(shape):
        case ['circle', radius]:
            shapes.append(ext_add(radius, 1))
        case {'side': side} if ext_true():
            shapes.append(side * side)
        case [first, *rest]:
            shapes.append(rest)
        case other:
            shapes.append(other)
squares = {n: [ext(m) for m in range(n)] for n in ext_list(3)}
[when + datetime.timedelta(days=ext(1)) > when, match_.group(2), dict(groups), list(queue), shapes, squares]
