import graphlib
from graphlib import CycleError, TopologicalSorter

len = 3  # a name of the script is not in the library's way


class Logged(TopologicalSorter):
    def done(self, *nodes):
        for node in nodes:
            ext(node)
        super().done(*nodes)


class Key:
    def __init__(self, name):
        self.name = name

    def __hash__(self):
        return hash(ext(self.name))

    def __eq__(self, other):
        return self.name == other.name


sorter = Logged({'D': ['B', 'C'], 'B': ['A'], 'C': ['A']})
ext('made')
order = sorter.static_order()
found = [next(order)]
ext('half')
found += list(order)
try:
    TopologicalSorter({1: [2], 2: [1]}).prepare()
except CycleError as error:
    ext('cycle')
    found.append(error.args[1])
steps = graphlib.TopologicalSorter()
steps.add('b', 'a')
steps.prepare()
while steps.is_active():
    for node in steps.get_ready():
        ext(node)
        found.append(node)
        steps.done(node)
found, Logged.__mro__[1] is TopologicalSorter, graphlib.TopologicalSorter is TopologicalSorter
