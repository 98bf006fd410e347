# Methods by other names: operator.__lt__, what dir() lists, qualified names, and nested fields with specs of their own.
import operator


class Good:
    def __lt__(self, other):
        return True

    def method(self):
        return 1


Good.method.known = 1
print(operator.__lt__([Good()], [Good()]), operator.__add__(1, 2), operator.__and__(6, 3), operator.__getitem__([5], 0))
print('known' in dir(Good().method), '__func__' in dir(Good().method), set(dir(list)) <= set(dir(list[int])))
print('__origin__' in dir(list[int]), dict.fromkeys.__qualname__, str.join.__qualname__, ''.join.__qualname__)
print(str.lower.__qualname__, int.__add__.__qualname__, [].append.__qualname__, list.sort.__name__)
print('0x{:0{:d}X}'.format(255, 6), '{:{w:d}.{p}}'.format(1.5, w=8, p=3), f'{3:{5:d}}|', '{:{}}'.format('a', '>4'))
for template in ('{:{:{}}}', '{:{:{:d}}}'):
    try:
        template.format(1, 2, 3)
    except ValueError as error:
        print(error)
