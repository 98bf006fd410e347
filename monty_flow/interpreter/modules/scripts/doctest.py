"""`doctest`: the examples in the docstrings of a script, run as code made of text."""

import contextlib
import inspect
import io
import re
import sys
import traceback
from collections import namedtuple

__all__ = [
    'COMPARISON_FLAGS', 'DONT_ACCEPT_BLANKLINE', 'DONT_ACCEPT_TRUE_FOR_1', 'DocTest', 'DocTestFailure', 'DocTestParser',
    'ELLIPSIS', 'Example', 'FAIL_FAST', 'IGNORE_EXCEPTION_DETAIL', 'NORMALIZE_WHITESPACE', 'SKIP', 'TestResults',
    'UnexpectedException', 'run_docstring_examples', 'testmod',
]  # fmt: skip

DONT_ACCEPT_TRUE_FOR_1 = 1
DONT_ACCEPT_BLANKLINE = 2
NORMALIZE_WHITESPACE = 4
ELLIPSIS = 8
SKIP = 16
IGNORE_EXCEPTION_DETAIL = 32
FAIL_FAST = 1024
COMPARISON_FLAGS = (
    DONT_ACCEPT_TRUE_FOR_1 | DONT_ACCEPT_BLANKLINE | NORMALIZE_WHITESPACE | ELLIPSIS | SKIP | IGNORE_EXCEPTION_DETAIL
)
_FLAGS = {
    'DONT_ACCEPT_TRUE_FOR_1': DONT_ACCEPT_TRUE_FOR_1,
    'DONT_ACCEPT_BLANKLINE': DONT_ACCEPT_BLANKLINE,
    'NORMALIZE_WHITESPACE': NORMALIZE_WHITESPACE,
    'ELLIPSIS': ELLIPSIS,
    'SKIP': SKIP,
    'IGNORE_EXCEPTION_DETAIL': IGNORE_EXCEPTION_DETAIL,
    'FAIL_FAST': FAIL_FAST,
}
_LINE = '*' * 70
_OPTION = re.compile(r'#\s*doctest:\s*([^\n]*)$', re.M)
_TRACEBACK = re.compile(r'^Traceback \((?:most recent call last|innermost last)\):\s*$')

TestResults = namedtuple('TestResults', 'failed attempted')


class DocTestFailure(Exception):
    def __init__(self, test, example, got):
        super().__init__(test, example, got)
        self.test = test
        self.example = example
        self.got = got

    def __str__(self):
        return str(self.test)


class UnexpectedException(Exception):
    def __init__(self, test, example, exc_info):
        super().__init__(test, example, exc_info)
        self.test = test
        self.example = example
        self.exc_info = exc_info

    def __str__(self):
        return str(self.test)


class Example:
    def __init__(self, source, want, exc_msg=None, lineno=0, indent=0, options=None):
        self.source = source if source.endswith('\n') else source + '\n'
        self.want = want if not want or want.endswith('\n') else want + '\n'
        self.exc_msg = exc_msg
        self.lineno = lineno
        self.indent = indent
        self.options = {} if options is None else options


class DocTest:
    def __init__(self, examples, globs, name, filename, lineno, docstring):
        self.examples = examples
        self.globs = globs.copy()
        self.name = name
        self.filename = filename
        self.lineno = lineno
        self.docstring = docstring

    def __repr__(self):
        shown = {0: 'no examples', 1: '1 example'}.get(len(self.examples), f'{len(self.examples)} examples')
        return f'<DocTest {self.name} from {self.filename}:{self.lineno} ({shown})>'


class DocTestParser:
    def get_doctest(self, string, globs, name, filename, lineno):
        return DocTest(self.get_examples(string, name), globs, name, filename, lineno, string)

    def get_examples(self, string, name='<string>'):
        lines = string.expandtabs().split('\n')
        examples = []
        at = 0
        while at < len(lines):
            line = lines[at]
            stripped = line.lstrip()
            if not (stripped.startswith('>>> ') or stripped == '>>>'):
                at += 1
                continue
            indent = len(line) - len(stripped)
            first = at
            source = [stripped[4:]]
            at += 1
            while at < len(lines) and (lines[at][indent:].startswith('... ') or lines[at][indent:].rstrip() == '...'):
                _check_indent(lines[at], indent, at, name)
                source.append(lines[at][indent + 4 :])
                at += 1
            want = []
            while at < len(lines) and lines[at].strip() and not lines[at].lstrip().startswith('>>>'):
                _check_indent(lines[at], indent, at, name)
                want.append(lines[at][indent:])
                at += 1
            text = '\n'.join(source)
            if text.strip() and not all(not part.strip() or part.strip().startswith('#') for part in source):
                expected = '\n'.join(want) + '\n' if want else ''
                message = _exception_of(want)
                examples.append(Example(text, expected, message, first, indent, _options_of(text)))
        return examples


def _check_indent(line, indent, at, name):
    if line[:indent].strip():
        raise ValueError(f'line {at + 1} of the docstring for {name} has inconsistent leading whitespace: {line!r}')


def _exception_of(want):
    if not want or not _TRACEBACK.match(want[0]):
        return None
    for place, line in enumerate(want[1:], 1):
        if line and not line[0].isspace():
            return '\n'.join(want[place:]) + '\n'
    return None


def _options_of(source):
    options = {}
    for found in _OPTION.finditer(source):
        for option in found.group(1).replace(',', ' ').split():
            if option[0] not in '+-' or option[1:] not in _FLAGS:
                raise ValueError(f'invalid option: {option!r}')
            options[_FLAGS[option[1:]]] = option[0] == '+'
    return options


def _matches(got, want, flags):
    if got == want:
        return True
    if not flags & DONT_ACCEPT_TRUE_FOR_1 and (got, want) in (('True\n', '1\n'), ('False\n', '0\n')):
        return True
    if not flags & DONT_ACCEPT_BLANKLINE:
        want = re.sub(r'(?m)^<BLANKLINE>\s*?$', '', want)
        got = re.sub(r'(?m)^[^\S\n]+$', '', got)
        if got == want:
            return True
    if flags & NORMALIZE_WHITESPACE:
        got, want = ' '.join(got.split()), ' '.join(want.split())
        if got == want:
            return True
    return bool(flags & ELLIPSIS) and '...' in want and _ellipsis_matches(want, got)


def _ellipsis_matches(want, got):
    first, *middle, last = want.split('...')
    if not got.startswith(first) or not got.endswith(last) or len(first) + len(last) > len(got):
        return False
    start, end = len(first), len(got) - len(last)
    for part in middle:
        found = got.find(part, start, end)
        if found < 0:
            return False
        start = found + len(part)
    return True


def _short(message):
    """Return the name of the exception alone, without its module and its text."""
    return message.partition(':')[0].strip().rpartition('.')[2]


class _Runner:
    def __init__(self, verbose, flags, fast):
        self.verbose = verbose
        self.flags = flags
        self.raises = fast
        self.tried = {}

    def run(self, test):
        failures = attempts = 0
        for example in test.examples:
            flags = self.flags
            for flag, is_on in example.options.items():
                flags = flags | flag if is_on else flags & ~flag
            if flags & SKIP:
                continue
            attempts += 1
            if self.verbose:
                print(f'Trying:\n{_indented(example.source)}Expecting' + (f':\n{_indented(example.want)}' if example.want else ' nothing\n'), end='')
            problem = self.try_example(test, example, flags)
            if problem is None:
                if self.verbose:
                    print('ok')
                continue
            failures += 1
            print(f'{_LINE}\n{self.where(test, example)}\nFailed example:\n{_indented(example.source)}{problem}', end='')
            if flags & FAIL_FAST:
                break
        self.tried[test.name] = (failures, attempts)
        return TestResults(failures, attempts)

    def where(self, test, example):
        if test.lineno is None:
            return f'Line {example.lineno + 1}, in {test.name}'
        return f'File "{test.filename}", line {test.lineno + example.lineno + 1}, in {test.name}'

    def try_example(self, test, example, flags):
        """Run an example; return None where it shows what it should, else what is printed of it."""
        output = io.StringIO()
        error = None
        try:
            with contextlib.redirect_stdout(output):
                exec(compile(example.source, '<doctest>', 'single'), test.globs)
        except KeyboardInterrupt:
            raise
        except Exception as raised:
            error = raised
        except SystemExit as raised:
            error = raised
        got = output.getvalue()
        if error is None:
            if _matches(got, example.want, flags):
                return None
            if self.raises:
                raise DocTestFailure(test, example, got)
            expected = f'Expected:\n{_indented(example.want)}' if example.want else 'Expected nothing\n'
            return expected + (f'Got:\n{_indented(got)}' if got else 'Got nothing\n')
        message = traceback.format_exception_only(error)[-1]
        if example.exc_msg is not None:
            if _matches(message, example.exc_msg, flags):
                return None
            if flags & IGNORE_EXCEPTION_DETAIL and _short(message) == _short(example.exc_msg):
                return None
        if self.raises:
            raise UnexpectedException(test, example, (type(error), error, None)) from error
        whole = ''.join(traceback.format_exception(error))
        if example.exc_msg is None:
            return f'Exception raised:\n{_indented(whole)}'
        return f'Expected:\n{_indented(example.want)}Got:\n{_indented(got + whole)}'

    def summarize(self):
        failed = {name: counts for name, counts in sorted(self.tried.items()) if counts[0]}
        attempts = sum(counts[1] for counts in self.tried.values())
        if self.verbose:
            print(f'{attempts} tests in {len(self.tried)} items.')
        if failed:
            print(_LINE)
            print(f'{len(failed)} items had failures:')
            for name, (failures, tried) in failed.items():
                print(f' {failures:3} of {tried:3} in {name}')
            print(f'***Test Failed*** {sum(counts[0] for counts in failed.values())} failures.')
        elif self.verbose:
            print('Test passed.')


def _indented(text):
    return ''.join('    ' + line if line.strip() else line for line in text.splitlines(True))


def _members(owner):
    for name, member in vars(owner).items():
        if isinstance(member, (staticmethod, classmethod)):
            member = member.__func__
        if _is_tested(member) or isinstance(member, property):
            yield name, member


def _is_tested(value):
    return inspect.isclass(value) or inspect.isroutine(inspect.unwrap(value))


def _is_own(value):
    return getattr(value, '__module__', None) == '__main__'


def _find(name, value, found, seen):
    if id(value) in seen:
        return
    seen.add(id(value))
    text = getattr(value, '__doc__', None)
    if isinstance(text, str) and '>>>' in text:
        found.append((name, text))
    if inspect.isclass(value):
        for inner, member in _members(value):
            if isinstance(member, property) or _is_own(member):
                _find(f'{name}.{inner}', member, found, seen)


def testmod(
    m=None, name=None, globs=None, verbose=None, report=True, optionflags=0, extraglobs=None, raise_on_error=False,
    exclude_empty=False,
):  # fmt: skip
    """Run the examples of the functions and classes of the script, and of its own docstring."""
    if m is not None:
        raise TypeError('testmod() tests the script itself: it takes no module')
    names = globals() if globs is None else globs
    shown = '__main__' if name is None else name
    found = []
    seen = set()
    own = names.get('__doc__')
    if isinstance(own, str) and '>>>' in own:
        found.append((shown, own))
    for key, value in list(globals().items()):
        if _is_tested(value) and _is_own(value):
            _find(f'{shown}.{key}', value, found, seen)
    for key, value in (names.get('__test__') or {}).items():
        text = value if isinstance(value, str) else getattr(value, '__doc__', None)
        if isinstance(text, str):
            found.append((f'{shown}.__test__.{key}', text))
    runner = _Runner(bool(verbose), optionflags, raise_on_error)
    parser = DocTestParser()
    for label, text in sorted(found, key=lambda item: item[0]):
        test = parser.get_doctest(text, {**names, **(extraglobs or {})}, label, 'main.py', None)
        runner.run(test)
    if report:
        runner.summarize()
    return TestResults(
        sum(counts[0] for counts in runner.tried.values()), sum(counts[1] for counts in runner.tried.values())
    )


def run_docstring_examples(f, globs, verbose=False, name='NoName', compileflags=None, optionflags=0):
    """Run the examples of one docstring, and print those that fail."""
    text = f if isinstance(f, str) else getattr(f, '__doc__', None)
    if isinstance(text, str):
        runner = _Runner(verbose, optionflags, False)
        runner.run(DocTestParser().get_doctest(text, dict(globs), name, 'main.py', None))
