import io
import sys
from contextlib import (
    AbstractContextManager,
    ContextDecorator,
    ExitStack,
    closing,
    contextmanager,
    nullcontext,
    redirect_stderr,
    redirect_stdout,
    suppress,
)


@contextmanager
def tag(name):
    """Say when a block begins and ends."""
    print('in', ext(name))
    try:
        yield name
    except ValueError as error:
        print('caught', error, ext('x'))
    finally:
        print('out', ext(name))


print(tag.__name__, tag.__doc__)
with tag('a') as t:
    print(t, ext('b'))
    raise ValueError('boom')

with ExitStack() as stack:
    stack.enter_context(tag('1'))
    stack.enter_context(tag('2'))
    stack.callback(print, 'callback', end='!\n')
    print(ext('body'))

with suppress(KeyError, IndexError):
    {}[ext(1)]


@tag('deco')
def decorated(x):
    return ext(x)


print(decorated(3))
print(decorated(4))


class Thing:
    def close(self):
        print('closed', ext(0))


with closing(Thing()) as thing:
    print(type(thing).__name__)
with nullcontext(5) as number:
    print(number)


class Logged(ContextDecorator, AbstractContextManager):
    def __exit__(self, *details):
        print('left', details[0] is None, ext('e'))
        return True


@Logged()
def fails():
    raise RuntimeError(ext('gone'))


print(fails())

kept = io.StringIO()
with redirect_stdout(kept), redirect_stderr(kept):
    print('hidden', ext(1))
    sys.stderr.write('and this')
print(kept.getvalue())

old = sys.stdout
sys.stdout = io.StringIO()
print('captured', ext(2))
text = sys.stdout.getvalue()
sys.stdout = old
print(repr(text), sys.stdout is old)


@contextmanager
def nothing():
    if False:
        yield


try:
    with nothing():
        pass
except RuntimeError as error:
    print(error)


def record(kind, error, traceback):
    print(kind, error)
    return kind is KeyError


try:
    with ExitStack() as stack:
        stack.push(record)
        moved = stack.pop_all()
        with moved:
            raise KeyError(ext('key'))
except KeyError:
    print('not swallowed')
with ExitStack() as stack:
    try:
        stack.enter_context(3)
    except TypeError as error:
        print(error)
try:
    with ExitStack() as stack:
        stack.callback(lambda: 1 / 0)
        raise KeyError('first')
except ZeroDivisionError as error:
    print(type(error.__context__).__name__)
