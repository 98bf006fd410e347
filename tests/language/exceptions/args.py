e = ValueError(1, 'two', [3])
ext_none()
print(e.args, str(e), repr(e))
print(str(KeyError('k')), str(KeyError(1, 2)), str(ValueError()), repr(ValueError()), repr(KeyError('k')))
e.args[2].append(ext(4))
print(e.args)
try:
    raise e
except ValueError as f:
    ext_none()
    print(f is e, f.args[2])
try:
    raise KeyError
except KeyError as k:
    print(k.args, repr(k))
try:
    raise ValueError(ext(1), *ext([2, 3]))
except ValueError as v:
    print(v.args)
errors = [ValueError('a'), KeyError('b'), e]
ext_none()
print([type(x).__name__ for x in errors], errors[2] is e)
print(
    isinstance(e, ValueError),
    isinstance(e, Exception),
    isinstance(e, (KeyError, OSError)),
    issubclass(KeyError, LookupError),
)
print(StopIteration(5).value, OSError(2, 'no').errno, OSError(2, 'no').strerror)
