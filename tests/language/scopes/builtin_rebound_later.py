def size(x):
    return len(x)


print(size([1, 2]))
len = lambda x: ext('rebound')
print(size([1, 2]))
del len
print(size('abc'))


def local():
    try:
        return abs(-1)
    except UnboundLocalError as e:
        return 'unbound'
    abs = 5


print(local())
