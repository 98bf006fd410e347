data = list(range(10))
print(data[ext(2) :], data[: ext(3)], data[ext(1) : ext(8) : ext(3)], data[:: ext(-1)])
print(data[ext(-3) :], data[: ext(-8)], data[ext(5) : ext(2)], data[ext(20) :])
print('hello world'[ext(6) :][::-1])
print((1, 2, 3, 4)[ext(1) : ext(None)])
data[ext(2) : ext(5)] = ext(['x'])
print(data)
data[:: ext(2)] = [0] * len(data[:: ext(2)])
print(data)
del data[ext(1) : ext(6) : ext(2)]
print(data)
s = slice(ext(1), ext(4))
print(s, data[s], s.start, s.stop, s.step, s.indices(3))
try:
    data[:: ext(0)]
except ValueError as e:
    print(e)
try:
    data[::2] = ext([1])
except ValueError as e:
    print(type(e).__name__)
data
