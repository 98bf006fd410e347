# `heapq` and `bisect` stop in a key, in a comparison and in what they read from, and go on where they were.
import bisect
import heapq
from bisect import insort
from heapq import heapify, heappop, heappush, merge, nlargest
from heapq import merge as joined
from heapq import nsmallest as least


class Job:
    def __init__(self, weight, name=''):
        self.weight = weight
        self.name = name

    def __lt__(self, other):
        return ext(self.weight) < other.weight

    def __repr__(self):
        return f'{self.name}{self.weight}'


def weighed(value):
    return ext_add(value, 0) % 4


def numbers(*values):
    for value in values:
        yield ext(value)


print(nlargest(2, [3, 9, 4, 7], key=weighed), least(3, [3, 9, 4, 7], weighed), heapq.nlargest(1, [5, 6], key=lambda n: -ext(n)))
print(heapq.nsmallest(2, numbers(5, 1, 3)), nlargest(9, numbers(2, 8)), heapq.nsmallest(0, numbers(1)), least(1, numbers(4, 2)))
heap = []
for weight in (5, 1, 4, 2, 3):
    heappush(heap, Job(weight))
print([heappop(heap) for _ in range(3)], heap)
print(heapq.heapreplace(heap, Job(9)), heapq.heappushpop(heap, Job(0)), heapq.heappushpop(heap, Job(7)), heap)
jobs = [Job(weight, 'j') for weight in (6, 2, 8, 4)]
heapify(jobs)
print(jobs, nlargest(2, jobs), heapq.nsmallest(2, jobs), least(1, jobs))
queue = []
for place, weight in enumerate((2, 1, 2)):
    heapq.heappush(queue, (weight, place, Job(place)))
heapq.heappush(queue, (1, 1, Job(0, 'same')))
print([heapq.heappop(queue) for _ in range(4)])

print(list(merge([Job(1, 'a'), Job(3, 'a')], [Job(1, 'b'), Job(2, 'b')], [])))
print(list(heapq.merge([1, 6, 7], [3, 5], key=lambda n: ext(n))), list(merge(numbers(1, 4), [2, 3], numbers())))
print(list(merge([7, 3], numbers(9, 1), reverse=True)), list(heapq.merge(['bb', 'a'], ['ccc'], key=lambda t: ext(len(t)), reverse=True)))
lazy = joined(numbers(1, 3), numbers(2, 4))
print(next(lazy), ext('between'), next(lazy), list(lazy))
for smallest in heapq.merge(numbers(1, 5), [2]):
    print(smallest, ext(smallest))

shelf = [Job(1), Job(3), Job(3), Job(5)]
print(bisect.bisect(shelf, Job(3)), bisect.bisect_left(shelf, Job(3)), bisect.bisect_right(shelf, Job(9), 1, 3))
insort(shelf, Job(4))
bisect.insort_left(shelf, Job(3, 'new'))
print(shelf)
rows = [[1, 'a'], [3, 'b'], [5, 'c']]
print(bisect.bisect(rows, 3, key=lambda row: ext(row[0])), bisect.bisect_left(rows, 3, key=lambda row: ext(row[0])))
bisect.insort(rows, [4, 'd'], key=lambda row: ext(row[0]))
print(rows)

# Numbers go the quick way, and answer as ever.
plain = [4, 2, 8]
heapq.heapify(plain)
heapq.heappush(plain, ext(1))
print(plain, heapq.nsmallest(2, plain), bisect.bisect([1, 2], 2), list(merge([1, 3], [2])))


class Odd:
    def __lt__(self, other):
        ext_fail('ValueError', 'no order')


for attempt in (
    lambda: heapq.heappush([Odd()], Odd()),
    lambda: heapq.heappop([]),
    lambda: bisect.bisect([1], 1, -1),
    lambda: heapq.nlargest(2, [1, 'a', ext(2)], key=lambda value: ext(value)),
    lambda: heapq.heapify((1, 2)),
    lambda: list(merge([1], [Odd()])),
    lambda: bisect.insort([Odd()], Odd()),
):
    try:
        print(attempt())
    except (ValueError, IndexError, TypeError) as error:
        print(type(error).__name__)
