a, b = ext({1, 2, 3}), ext({2, 3, 4})
print(sorted(a | b), sorted(a & b), sorted(a - b), sorted(a ^ b), a < b, a <= {1, 2, 3}, a.isdisjoint({9}), {1} < a)
print(
    sorted(a.union([7], (8,))),
    sorted(a.intersection([1, 9])),
    sorted(a.difference({1})),
    sorted(a.symmetric_difference({1, 5})),
)
a.add(ext(10))
a.discard(99)
a.discard(1)
a.remove(2)
print(sorted(a), len(a), 10 in a, a == {3, 10}, a.issubset({3, 10, 11}), a.issuperset({3}))
c = a
ext_none()
c |= {20}
c &= {20, 10}
c -= {10}
c ^= {1}
print(sorted(a), a is c, sorted(a.copy()), a.copy() is a)
f = frozenset(ext([1, 2, 2]))
print(
    sorted(f),
    f == {1, 2},
    hash(f) == hash(frozenset([2, 1])),
    {f: 'x'}[frozenset([1, 2])],
    type(f | {3}).__name__,
    type({3} | f).__name__,
)
a.clear()
print(a, set(), frozenset(), {ext(1)}, len({1, 1.0, True}), {1} in [{1}], sorted({'b', 'a'}), [x.pop() for x in [{5}]])
a.update([1], {2}, 'x') if ext_false() else a.update(ext([3]), {4})
sorted(a), {1, 2} == {2, 1}, {1} != {2}, not set()
