class Vector:
    def __init__(self, *xs):
        self.xs = list(xs)

    def __repr__(self):
        return f'V{tuple(self.xs)}'

    def __add__(self, other):
        return Vector(*[ext(a) + b for a, b in zip(self.xs, other.xs)])

    def __radd__(self, other):
        return self if ext(other) == 0 else NotImplemented

    def __mul__(self, k):
        return Vector(*[ext(x) * k for x in self.xs]) if type(k) is int else NotImplemented

    def __rmul__(self, k):
        return self * ext(k)

    def __iadd__(self, other):
        self.xs = [ext_add(a, b) for a, b in zip(self.xs, other.xs)]
        return self

    def __neg__(self):
        return Vector(*[-ext(x) for x in self.xs])

    def __eq__(self, other):
        return type(other) is Vector and ext(self.xs == other.xs)

    def __bool__(self):
        return any(ext(x) for x in self.xs)

    def __matmul__(self, other):
        return sum(ext(a) * b for a, b in zip(self.xs, other.xs))


v, w = Vector(1, 2), Vector(3, 4)
print(v + w, v * 3, 2 * v, -v, v == w, v == Vector(1, 2), v @ w, sum([v, w]), bool(Vector(0, 0)))
same = v
v += w
print(v, same is v, 'yes' if bool(v) else 'no', v != w)
try:
    v * 'a'
except TypeError as e:
    print(e)
