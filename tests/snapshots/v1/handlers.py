# Exceptions in a handler: the one at hand, its context and cause, what `raise` raises, and pending `finally`s.
def attempt(n):
    try:
        try:
            ext_fail('KeyError', f'k{n}')
        except KeyError as error:
            print('handling', ext(n), error)
            raise ValueError('second', n) from error
        finally:
            print('finally', ext(n + 1))
    except ValueError as error:
        ext('inside')
        cause = error.__cause__
        try:
            raise
        except ValueError as again:
            return again is error, repr(cause), ext(again.args), again.__context__ is cause


def leave(n):
    for i in range(n):
        try:
            return ext(i)
        finally:
            print('on the way out', ext('out'))


found = [attempt(1), leave(2)]
try:
    ext_fail('OSError', 'last')
finally:
    print(found, ext('end'))
