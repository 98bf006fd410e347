# An iterator that makes a call and then ends: what functions of the library take for "no value" is the same one after a pause.
import functools
import itertools
import statistics
import traceback


class Numbers:
    def __init__(self, *numbers):
        self.numbers = list(numbers)

    def __iter__(self):
        return self

    def __next__(self):
        if ext(len(self.numbers)) == 0:
            raise StopIteration
        return self.numbers.pop(0)


print([(key, list(group)) for key, group in itertools.groupby(Numbers(1, 1, 2), lambda x: ext(x))])
print([key for key, group in itertools.groupby(Numbers(3, 3, 4))], list(itertools.groupby(Numbers())))
print(list(itertools.zip_longest(Numbers(1, 2), Numbers(3), 'abc', fillvalue='-')), list(itertools.pairwise(Numbers(1, 2, 3))))
print(list(itertools.compress('abc', Numbers(1, 0))), list(itertools.accumulate(Numbers())), list(itertools.islice(Numbers(1, 2), 5)))
print(statistics.mean(Numbers(1, 2, 6)), statistics.median(Numbers(1, 3, 2)), statistics.fmean(Numbers(1, 2)))


@functools.cache
def kept(x):
    return ext(None)


class Lazy:
    @functools.cached_property
    def value(self):
        return ext(None)


lazy = Lazy()
print(kept(1), kept(1), kept.cache_info().hits, lazy.value, lazy.value)
try:
    raise ValueError(ext('text'))
except ValueError as error:
    print(traceback.format_exception_only(error), traceback.format_exception_only(ValueError, error))
