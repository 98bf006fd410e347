# What id() gives stays the same over a pause, and no other object gets the number.
import copy
a, b = [1], [1]
kept = {id(a): 'a', id(b): 'b'}
id([2])
ext(1)
c = []
print(kept[id(a)], kept[id(b)], id(c) in kept, id(a) == id(a), id(a) != id(b))
ext(2)
print(kept[id(a)], id(c) in kept)

class Node:
    def __deepcopy__(self, memo):
        made = Node()
        memo[id(self)] = made
        ext(3)
        made.links = copy.deepcopy(self.links, memo)
        return made

n = Node()
n.links = [n, len]
m = Node.__deepcopy__(n, {})
print(m.links[0] is m, m.links[1] is len)
