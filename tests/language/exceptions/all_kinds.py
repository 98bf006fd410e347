names = [
    'ArithmeticError',
    'AssertionError',
    'AttributeError',
    'BufferError',
    'EOFError',
    'Exception',
    'FileExistsError',
]
names += [
    'FileNotFoundError',
    'FloatingPointError',
    'ImportError',
    'IndexError',
    'KeyError',
    'LookupError',
    'MemoryError',
]
names += ['ModuleNotFoundError', 'NameError', 'NotADirectoryError', 'NotImplementedError', 'OSError', 'OverflowError']
names += [
    'PermissionError',
    'RecursionError',
    'ReferenceError',
    'RuntimeError',
    'StopIteration',
    'TimeoutError',
    'TypeError',
]
names += [
    'UnboundLocalError',
    'UnicodeError',
    'ValueError',
    'ZeroDivisionError',
    'ConnectionError',
    'IsADirectoryError',
]
for name in names:
    try:
        ext_fail(name, f'text of {name}')
    except Exception as e:
        kept = e
        ext_none()
        print(type(e).__name__, str(e), e.args)
repr(kept)
