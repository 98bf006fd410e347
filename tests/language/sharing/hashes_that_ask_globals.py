# What is hashed while a snapshot is read may ask for the globals of the script.
SCALE = 7


def scaled(number):
    return number * SCALE


class Point:
    def __init__(self, x):
        self.x = x

    def __hash__(self):
        return scaled(self.x)

    def __eq__(self, other):
        return isinstance(other, Point) and self.x == other.x


class Frozen(frozenset):
    def __hash__(self):
        return SCALE


points = {Point(1): 'one', Point(2): 'two'}
members = {Point(3), Point(10)}
frozen = Frozen([Point(4)])
nested = {frozen: frozenset([Point(5)])}
ext(1)
print(points[Point(1)], Point(10) in members, Point(4) in frozen, nested[Frozen([Point(4)])] == {Point(5)})
ext(2)
print(Point(1) in points, len(members))


class Counting:
    """Count how often it is asked."""

    def __init__(self):
        self.equal = 0

    def __hash__(self):
        return 1

    def __eq__(self, other):
        self.equal += 1
        return self is other


first, second = Counting(), Counting()
tables = [{first: 1}, {second: 2}, {'a': {first: 3}}]
asked = (first.equal, second.equal)
ext(3)
print(tables[0][first], tables[1][second], tables[2]['a'][first], asked == (0, 0))
