def kind(name, text='t'):
    try:
        ext_fail(name, text)
    except ZeroDivisionError:
        return 'zero'
    except ArithmeticError:
        return 'arithmetic'
    except LookupError as e:
        return 'lookup', type(e).__name__
    except (OSError, ValueError) as e:
        return 'os or value', type(e).__name__
    except Exception as e:
        return 'other', type(e).__name__


names = ['ZeroDivisionError', 'OverflowError', 'KeyError', 'IndexError', 'FileNotFoundError', 'PermissionError']
names += ['UnicodeError', 'ValueError', 'TypeError', 'RecursionError', 'NotImplementedError', 'StopIteration']
for name in names:
    print(name, kind(name))


def choose(n):
    return [ValueError, KeyError, (OSError, TypeError)][ext(n)]


for n in range(3):
    try:
        ext_fail('TypeError', 'chosen')
    except choose(n):
        print('caught by', n)
    except TypeError:
        print('not by', n)
try:
    try:
        ext_fail('ValueError', 'v')
    except 'not a class':
        print('never')
except TypeError as e:
    print(e)
try:
    ext_fail('ValueError', 'bare')
except:
    print('bare', ext(1))
