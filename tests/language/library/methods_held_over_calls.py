# A method is looked up before its arguments are evaluated, and an argument may wait.
import io
import itertools
from collections import Counter, OrderedDict, defaultdict, deque
from decimal import Decimal

queue = deque()
queue.append(ext(1))
queue.appendleft(ext(0))
queue.extend(ext([2]))
queue.rotate(ext(1))
add = queue.append
ext('held')
add(5)
print(queue)
ordered = OrderedDict(a=1, b=2)
ordered.move_to_end(ext('a'))
ordered.update(ext({'c': 3}))
lists = defaultdict(list)
print(ordered, lists.get(ext('x'), 3), lists.setdefault(ext('q'), ext([1])))
print(Decimal('1.25').quantize(ext(Decimal('0.1'))), Decimal.from_float(ext(0.5)), Decimal(2).compare(ext(1)))
counter = Counter('aab')
print(counter.get(ext('a')), counter.pop(ext('b')), counter.most_common(ext(1)))
print(memoryview(b'abc').cast(ext('B'))[0], list(itertools.chain.from_iterable(ext([[1], [2]]))))
with open('text', 'w') as file:
    file.write(ext('t'))
    write = file.write
    ext('held')
    write('u')
with open('text') as file:
    print(file.read(ext(1)), file.readline())
with open('data', 'wb') as file:
    file.write(ext(b'abc'))
    file.seek(ext(1))
    file.write(ext(b'z'))
with open('data', 'rb') as file:
    print(file.read(ext(2)))
memory = io.StringIO()
memory.write(ext('m'))
print(memory.getvalue())
