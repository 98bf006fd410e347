# What raises StopIteration in the function of a map or filter ends it: recipes of itertools rely on it.
from collections.abc import Sequence
from itertools import cycle, islice


def roundrobin(*iterables):
    iterators = map(iter, iterables)
    for active in range(len(iterables), 0, -1):
        iterators = cycle(islice(iterators, active))
        yield from map(next, iterators)


def spelled(word):
    for letter in word:
        yield ext(letter)


print(list(roundrobin('ABC', 'D', 'EF')))
print(list(roundrobin(spelled('ab'), spelled('cde'))))


def until(limit, item):
    if ext(item) == limit:
        raise StopIteration
    return item


print(list(map(lambda item: until(3, item), range(5))), list(filter(lambda item: until(2, item), range(5))))


class Deck:
    index = Sequence.index
    count = Sequence.count

    def __init__(self, cards):
        self.cards = cards

    def __len__(self):
        return len(self.cards)

    def __getitem__(self, place):
        return ext(self.cards[place])

    def __iter__(self):
        return iter(self.cards)


print(Deck([1, 2, 1]).index(2), Deck([1, 2, 1]).count(1))
