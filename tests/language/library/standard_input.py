# What a script puts in the place of sys.stdin is read by input(), and its own has ended.
import io
import sys

sys.stdin = io.StringIO('5\n1 2 3\n\nlast')
print(int(input()), ext('read'), list(map(int, input('numbers: ').split())), repr(input()))
print(input(), [ext(line) for line in sys.stdin])
try:
    input('more? ')
except EOFError as error:
    print(repr(error))


class Lines:
    def __init__(self, *lines):
        self.lines = list(lines)

    def readline(self):
        return self.lines.pop(0)


sys.stdin = Lines('a\n', 'b', 5)
read = input
print(read(), ext(2), read())
try:
    read()
except TypeError as error:
    print(error)

sys.stdin = sys.__stdin__
print(sys.stdin.readable(), sys.stdin.writable(), sys.__stdout__.writable(), len(sys.argv) > 0)
import json
import math

print(sys.__name__, json.__name__, math.__name__, ext(1), getattr(io, '__name__'))
