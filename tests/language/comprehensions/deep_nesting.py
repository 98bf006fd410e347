cube = [[[ext(x + y + z) for x in range(2)] for y in range(2)] for z in range(2)]
print(cube)
flat = [v for plane in cube for row in plane for v in row if ext(v) % 2]
print(flat)
transposed = [[row[i] for row in [[ext(1), 2], [3, ext(4)]]] for i in range(2)]
print(transposed)
print({a: {b: [ext(c) for c in range(b)] for b in range(a)} for a in range(3)})
print([x for x in [y for y in [z for z in ext_list(4) if ext(z)] if ext(y) > 1] if ext(x) > 2])
[(i, j, k) for i in range(3) for j in range(i) for k in range(j) if ext(i + j + k)]
