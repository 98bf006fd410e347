class Point:
    def __init__(self, x, y):
        self.x, self.y = ext(x), y


class Node:
    def __init__(self, left, right):
        self.left, self.right = left, right


def f(v):
    match v:
        case Point(x=0, y=0):
            return 'origin'
        case Point(x=x, y=y) if ext(x) == y:
            return 'diagonal', x
        case Point(x=ax):
            return 'point', ext(ax)
        case Node(left=Point(x=x), right=r):
            return 'node', ext(x), f(r)
        case bool() | str():
            return 'plain'
        case int(n):
            return n


[f(v) for v in (Point(0, 0), Point(2, 2), Point(1, 5), Node(Point(9, 0), Node(Point(1, 1), 5)), True, 'x', 7)]
