# Copies of instances: plain, with native bases, and by each method of the protocol of copy.
import copy
from collections import defaultdict, deque
from datetime import date


class Node:
    def __init__(self, name, *below):
        self.name, self.below, self.above = name, list(below), None
        for one in below:
            one.above = self


class Line(deque):
    pass


class Day(date):
    pass


class Tags(dict):
    def __setitem__(self, key, item):
        super().__setitem__(key, item)
        self.last = key


class Counted:
    made = 0

    def __copy__(self):
        found = Counted()
        found.how = 'copy'
        return found

    def __deepcopy__(self, memo):
        found = Counted()
        memo[id(self)] = found
        found.me = copy.deepcopy(self.me, memo)
        return found


class Stated:
    def __init__(self, x):
        self.x = x

    def __getstate__(self):
        return {'x': self.x, 'kept': True}

    def __setstate__(self, state):
        self.__dict__.update(state)
        self.seen = list(state.get('x', ()))


class Reduced:
    def __init__(self, *parts):
        self.parts = parts

    def __reduce__(self):
        return Reduced, self.parts, {'again': [1]}


root = Node('a', Node('b'), Node('c', Node('d')))
deep = copy.deepcopy(root)
shallow = copy.copy(root)
ext(1)
print(deep.below[1].below[0].name, deep.below[0].above is deep, deep.below is root.below, shallow.below is root.below)
line = Line([[1], 2], 5)
line.note = ['n']
other = copy.deepcopy(line)
ext(2)
other[0].append(9)
print(line, other, other.maxlen, other.note == line.note, other.note is line.note, copy.copy(line)[0] is line[0])
day = Day(2020, 1, 2)
day.tag = [1]
print(copy.copy(day), type(copy.deepcopy(day)).__name__, hasattr(copy.deepcopy(day), 'tag'))
tags = Tags(a=[1])
tags['b'] = [2]
print(copy.deepcopy(tags), copy.deepcopy(tags).last, copy.copy(tags)['a'] is tags['a'])
counted = Counted()
counted.me = [counted]
found = copy.deepcopy(counted)
print(copy.copy(counted).how, found.me[0] is found, found is counted)
stated = copy.deepcopy(Stated([1, 2]))
print(stated.x, stated.kept, stated.seen)
reduced = copy.deepcopy(Reduced([1], 2))
print(reduced.parts, reduced.again)
groups = defaultdict(list, {1: [root]})
print(copy.deepcopy(groups)[1][0].name, copy.deepcopy(groups)[1][0] is root)
shared = [1]
pair = copy.deepcopy([Stated(shared), Stated(shared)])
print(pair[0].x is pair[1].x, copy.deepcopy(ValueError('x', [1])).args)
chain = None
for number in range(100):
    node = Node(number)
    node.next = chain
    chain = node
ext(3)
length, at = 0, copy.deepcopy(chain)
while at is not None:
    length, at = length + 1, at.next
length

group = ExceptionGroup('several', [ValueError([1]), ExceptionGroup('inner', [KeyError('k')])])
group.note = [2]
deep, shallow = copy.deepcopy(group), copy.copy(group)
ext(0)
print(repr(deep), deep.note, deep.note is group.note, deep.exceptions[0] is group.exceptions[0])
print(shallow.exceptions[0] is group.exceptions[0], shallow.note is group.note, deep.subgroup(KeyError))
