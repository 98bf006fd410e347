# Built-ins that call back, reached as values, and what is lazy and made where its name is not seen.
from functools import cmp_to_key, partial

apply = lambda function, *args, **named: function(*args, **named)
print(apply(sorted, [2, 1], key=lambda v: ext(v)), apply(max, [2, 1], key=ext))
print(list(apply(map, ext, [1, 2])), apply(sum, (ext(i) for i in range(3))))
print(partial(sorted, key=ext)([2, 1]), partial(max, key=lambda v: ext(-v))([1, 2]))
print(list(partial(map, ext)([1, 2])), partial(filter, lambda v: ext(v))([0, 1]).__next__())
table = {'max': max, 'min': min, 'sum': sum, 'any': any, 'sorted': sorted}
print([f([ext(1), ext(2)]) for f in table.values()], table['max']([1, 2], key=lambda v: ext(-v)))
print([f(ext(x) for x in [1, 2]) for f in table.values()])


def compared(a, b):
    return ext(b - a)


# How often sorting compares differs between releases of CPython.
seen = []


def compared_once(a, b):
    if not seen:
        seen.append(ext('once'))
    return a - b


print(sorted([3, 1, 2], key=cmp_to_key(compared_once)))
items = [3, 1, 2]
key = cmp_to_key(compared)
print(key(1) < key(2), key(2).obj, min(items, key=key), max([1, 2], key=key))
try:
    key(1) < 2
except TypeError as error:
    print(error)


# The key of an item is asked for before the next item is made.
def made(n):
    for i in range(n):
        yield ext((i * 7) % 5)


print(min(made(4), key=lambda v: ext(-v)), max(made(3), key=lambda v: ext(v)), max(made(0), key=ext, default='none'))
for call in (lambda: min([], key=ext), lambda: max(1, 2, key=ext, default=0), lambda: min(key=ext), lambda: max(3, key=ext)):
    try:
        call()
    except (TypeError, ValueError) as error:
        print(type(error).__name__)
