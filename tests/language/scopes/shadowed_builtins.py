def len(x):
    return ext('my len')


print(len([1, 2]))
list = ext([1, 2, 3])
print(list)
for str in ext(['a', 'b']):
    print(str)
sum = lambda xs: ext('sum')
print(sum([1]))


def f(max, min=ext(0)):
    print(max, min)
    range = lambda n: [ext(n)] * n
    return [i for i in range(3)]


print(f(1))
del len, list, sum
print(len([1, 2]), list('ab'), sum([1, 2]))
try:
    print = ext(5)
finally:
    del print
print('back', str)
del str
str(5)
