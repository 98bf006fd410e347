# What a script's own stream is given by `print`: each part by itself; it may stop in that, and so may the texts.
import sys


class Stream:
    def __init__(self):
        self.parts = []

    def write(self, text):
        self.parts.append(text)

    def flush(self):
        self.parts.append('<flushed>')


class Sending(Stream):
    def write(self, text):
        self.parts.append(ext(text))

    def flush(self):
        self.parts.append(ext('<flushed>'))


class Shown:
    def __str__(self):
        return ext('shown')


for stream in (Stream(), Sending()):
    print('a', 1, file=stream)
    print(file=stream)
    print(Shown(), [2], sep='', end='!', file=stream, flush=True)
    print(*'xyz', sep=', ', end='', file=stream)
    print(stream.parts)
for wrong in ({'sep': 1}, {'end': 2}, {'other': 3}):
    try:
        print('a', file=Sending(), **wrong)
    except TypeError as error:
        print(type(error).__name__)
kept, sys.stdout = sys.stdout, Sending()
print('to', 'the', Shown())
sys.stdout, replaced = kept, sys.stdout
print(replaced.parts)
