xs = ext([3, 1, 2])
xs.append(ext(5))
xs.extend(ext((4, 4)))
xs.insert(0, 'a')
xs.insert(-1, 'z')
xs.insert(100, 'end')
print(xs, xs.pop(), xs.pop(0), xs.index(4), xs.count(4))
xs.remove(ext('z'))
xs.sort()
print(xs, xs.sort(reverse=True), xs, xs.reverse(), xs, xs.copy() == xs, xs.copy() is xs)
ys = xs
ext_none()
ys += [9]
print(xs is ys, xs + [1], xs * 2, [0] * ext(3), 5 in xs, xs == ys[:], xs < ys + [1], len(xs))
xs[1:3] = []
xs[0] = xs[-1] = ext('e')
print(xs, xs[::2], xs[-2:], [*xs, *'ab'], list(reversed(xs)))
xs.clear()
print(xs, ys, ys is xs, bool(xs))
grid = [[0] * 2] * 2
grid[0][0] = ext(1)
print(grid, grid[0] is grid[1])
del grid[0]
a = [1, 2, 3]
a[len(a) :] = ext([4])
a[:0] = [0]
print(a, a.index(3, 1), a.index(2, 0, 4))
[[1, 2], [1]] > [[1]], [] < [0], sorted([[2], [1, 5], [1]])
