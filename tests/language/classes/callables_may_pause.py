# An instance with `__call__`, and built-ins that ask a method, where a function is called back.
import functools


class By:
    def __init__(self, sign):
        self.sign = sign

    def __call__(self, x, y=0):
        print('call', x)
        return ext(self.sign * x + y)


print(sorted([2, 1, 3], key=By(-1)), max([1, 2], key=By(1)), min(1, 2, key=By(-1)))
print(list(map(By(2), [1, 2])), list(map(By(2), [1, 2], [5, 6])), list(filter(By(1), [0, 1, 2])))
xs = [1, 3, 2]
xs.sort(key=By(-1), reverse=True)
print(xs, functools.reduce(By(1), [1, 2, 3]), list(iter(functools.partial(By(0), 1), 0)))
keys = {'up': By(1), 'down': By(-1)}
print({name: sorted(xs, key=key) for name, key in keys.items()}, sorted(xs, key=keys['down']))
print([By(3)(n) for n in range(2)], (lambda f: f(1))(By(4)))


class Word:
    def __init__(self, text):
        self.text = text

    def __str__(self):
        return ext(self.text)

    def __repr__(self):
        return ext(f'<{self.text}>')

    def __len__(self):
        return ext(len(self.text))

    def __int__(self):
        return ext(int(self.text))


words = [Word('30'), Word('4')]
print(' '.join(map(str, words)), list(map(repr, words)), list(map(len, words)), sum(map(int, words)))
print([str(w) for w in sorted(words, key=str)], [str(w) for w in sorted(words, key=len)], str(max(words, key=int)))
print(list(map(str, [1, 'a', None])), list(map(int, ['1', 2])), [f(words[0]) for f in (str, repr, len, int)])
