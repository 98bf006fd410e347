a, b = ext((1, 2))
a, b = b, a
print(a, b)
(a, [b, c]), d = ext([(1, [2, 3]), 4])
print(a, b, c, d)
first, *mid, last = ext_list(6)
print(first, mid, last)
*init, tail = ext('abc')
print(init, tail)
head, *none = ext([1])
print(head, none)
[x, y] = ext({'k': 1, 'j': 2})
print(x, y)
box = {}
box['a'], box['b'], *box['c'] = ext((1, 2, 3, 4))
print(box)
lst = [0] * 4
lst[0], (lst[1], *lst[2:]) = ext((9, (8, 7, 6)))
print(lst)
for i, (j, *k) in ext([(1, (2, 3, 4)), (5, (6,))]):
    print(i, j, k)
((a),) = ext([5])
a
