# Callbacks and generators that pause inside itertools.
import itertools
from itertools import accumulate, chain, dropwhile, filterfalse, groupby, islice, starmap, takewhile, zip_longest

def numbers(n):
    for i in range(n):
        yield ext(i)

print(list(accumulate([1, 2, 3], lambda a, b: a + ext(b))), list(accumulate(numbers(3), initial=5)), list(accumulate([])))
print(list(takewhile(lambda x: ext(x) < 2, [0, 1, 2, 0])), list(dropwhile(lambda x: ext(x) < 2, [0, 1, 2, 0])))
print(list(filterfalse(lambda x: ext(x) % 2, range(4))), list(filterfalse(None, numbers(2))), list(starmap(lambda a, b: ext(a) * b, [(1, 2), (3, 4)])))
print([(k, list(g)) for k, g in groupby('aabbbc', key=lambda c: ext(c))], [(k, len(list(g))) for k, g in groupby(numbers(2))])
print(list(islice(numbers(9), 1, 6, 2)), list(islice(numbers(3), 2)), list(chain(numbers(2), 'ab', chain.from_iterable([numbers(1), [7]]))))
print(list(zip_longest(numbers(3), 'a', fillvalue='-')), list(itertools.pairwise(numbers(3))), list(itertools.compress(numbers(3), [1, 0, 1])))
half = itertools.cycle(numbers(2))
print(next(half), next(half), next(half), next(half), list(itertools.product([1], [2])), next(itertools.count(3)))
it = groupby(numbers(3), lambda x: x // 2)
key, group = next(it)
ext('between')
print(key, next(group), list(group), [(k, list(g)) for k, g in it])
for bad in (lambda: islice([], -1), lambda: islice([], 0, 1, 0), lambda: chain(3) and list(chain(3))):
    try:
        bad()
    except (ValueError, TypeError) as error:
        print(type(error).__name__)
