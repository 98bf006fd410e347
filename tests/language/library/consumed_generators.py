# What a module uses up before it returns may stop while it generates, under every name that the module's function has.
import collections
import collections as containers
import csv
import io
import itertools
import math
from collections import Counter, OrderedDict, defaultdict, deque
from math import fsum as total
from math import prod


def numbers(count):
    for number in range(count):
        yield ext(number)


def words():
    for word in ('ab', 'c', 'ab'):
        print('made', word)
        yield ext(word)


counted = collections.Counter(words())
print(sorted(counted.items()), Counter(words()).most_common(1), Counter(ext(n) % 2 for n in range(5)))
counted.update(words())
counted.subtract(ext('c') for _ in range(3))
print(sorted(counted.items()), Counter(a=1) + Counter(words()))
print(containers.deque(numbers(4), maxlen=2), deque(numbers(3)), deque((ext(n) for n in range(3)), 2))
queue = deque()
queue.extend(numbers(2))
queue.extendleft(ext_add(n, 5) for n in numbers(2))
print(queue)
print(OrderedDict((word, ext(len(word))) for word in words()))
print(defaultdict(list, ((n, [ext(n)]) for n in numbers(2))))
print(math.fsum(numbers(4)), total(ext(0.1) for _ in range(10)), prod(numbers(1), start=7), math.prod(ext_add(n, 1) for n in range(5)))
print(math.dist(numbers(2), (ext(3 * n) for n in range(2))))
print(list(itertools.product(numbers(2), words())), list(itertools.permutations(numbers(3), 2)))
print(list(itertools.combinations((ext(n) for n in range(3)), 2)))

out = io.StringIO()
table = csv.writer(out)
table.writerow(numbers(3))
table.writerows([ext(n), n * n] for n in numbers(2))
print(out.getvalue().split())


# What is no generator of the script's is left as it is.
class Bag(collections.UserDict):
    pass


class Words(list):
    pass


print(OrderedDict(Bag(a=1)), deque(Words('ab')), Counter({'a': ext(3)}), Counter(), deque([], 3))


class Ledger:
    """The name of a method is the script's: what it is given stays a generator."""

    def __init__(self):
        self.kept = []

    def subtract(self, amounts):
        self.kept.append(amounts)

    def writerow(self, row):
        return next(row), ext('own'), list(row)


ledger = Ledger()
ledger.subtract(numbers(2))
print(next(ledger.kept[0]), ledger.writerow(numbers(3)))

# So does a function of the script under the name that a module's has.
def count_of(found):
    return next(found), ext('first'), sum(found)


Counter = count_of
print(Counter(numbers(4)))


def failing():
    yield 1
    ext_fail('KeyError', 'stops here')


for consume in (deque, collections.Counter, math.fsum, prod):
    try:
        print(consume(failing()))
    except KeyError as error:
        print(type(error).__name__, error.args)
try:
    deque(ext(n) for n in (1, 2, 1 // 0))
except ZeroDivisionError as error:
    print(error)
