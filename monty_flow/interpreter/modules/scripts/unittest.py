"""`unittest`: test cases of a script, its assertions, and a runner that writes to standard error."""

import difflib
import inspect
import pprint
import re
import sys
import time
import traceback
import warnings

__all__ = [
    'IsolatedAsyncioTestCase', 'SkipTest', 'TestCase', 'TestLoader', 'TestProgram', 'TestResult', 'TestSuite',
    'TextTestResult', 'TextTestRunner', 'defaultTestLoader', 'expectedFailure', 'main', 'skip', 'skipIf', 'skipUnless',
]  # fmt: skip


class SkipTest(Exception):
    pass


def skip(reason):
    def mark(item):
        item.__unittest_skip__ = True
        item.__unittest_skip_why__ = reason
        return item

    if inspect.isfunction(reason):
        item, reason = reason, ''
        return mark(item)
    return mark


def _as_it_is(item):
    return item


def skipIf(condition, reason):
    return skip(reason) if condition else _as_it_is


def skipUnless(condition, reason):
    return _as_it_is if condition else skip(reason)


def expectedFailure(test_item):
    test_item.__unittest_expecting_failure__ = True
    return test_item


class _Raises:
    """What `assertRaises` gives: a context that expects an exception, and holds it afterwards."""

    def __init__(self, expected, case, pattern=None, message=None):
        self.expected = expected
        self.case = case
        self.pattern = pattern
        self.message = message
        self.exception = None

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if kind is None:
            names = self.expected if isinstance(self.expected, tuple) else (self.expected,)
            shown = ' or '.join(each.__name__ for each in names)
            raise self.case.failureException(self.case._formatMessage(self.message, f'{shown} not raised'))
        if not issubclass(kind, self.expected):
            return False
        self.exception = value
        if self.pattern is not None and not re.search(self.pattern, str(value)):
            text = self.pattern if isinstance(self.pattern, str) else self.pattern.pattern
            raise self.case.failureException(
                self.case._formatMessage(self.message, f'"{text}" does not match "{value!s}"')
            )
        return True


class _Warns:
    def __init__(self, expected, case, message=None):
        self.expected = expected
        self.case = case
        self.message = message
        self.manager = warnings.catch_warnings(record=True)

    def __enter__(self):
        self.warnings = self.manager.__enter__()
        warnings.simplefilter('always')
        return self

    def __exit__(self, kind, value, trace):
        self.manager.__exit__(kind, value, trace)
        if kind is not None:
            return False
        for found in self.warnings:
            if issubclass(found.category, self.expected):
                self.warning = found.message
                return False
        text = f'{self.expected.__name__} not triggered'
        raise self.case.failureException(self.case._formatMessage(self.message, text))


class _SubTest:
    def __init__(self, case, message, parameters):
        self.case = case
        self.shown = ' '.join(
            ([f'[{message}]'] if message is not None else [])
            + ([f'({", ".join(f"{name}={value!r}" for name, value in parameters.items())})'] if parameters else [])
        )

    def __enter__(self):
        return None

    def __exit__(self, kind, value, trace):
        if kind is None or not issubclass(kind, Exception) or self.case._result is None:
            return False
        self.case._result._add_sub(self.case, f'{self.case} {self.shown or "(<subtest>)"}', value)
        self.case._failed = True
        return True


class TestCase:
    failureException = AssertionError
    longMessage = True
    maxDiff = 640

    def __init__(self, methodName='runTest'):
        self._testMethodName = methodName
        self._cleanups = []
        self._result = None
        self._failed = False

    def setUp(self):
        pass

    def tearDown(self):
        pass

    @classmethod
    def setUpClass(cls):
        pass

    @classmethod
    def tearDownClass(cls):
        pass

    def id(self):
        return f'__main__.{type(self).__qualname__}.{self._testMethodName}'

    def shortDescription(self):
        text = getattr(self, self._testMethodName).__doc__
        return text.strip().split('\n')[0].strip() if text else None

    def countTestCases(self):
        return 1

    def __str__(self):
        return f'{self._testMethodName} ({self.id()})'

    def __repr__(self):
        return f'<__main__.{type(self).__qualname__} testMethod={self._testMethodName}>'

    def addCleanup(self, function, /, *args, **kwargs):
        self._cleanups.append((function, args, kwargs))

    def doCleanups(self):
        while self._cleanups:
            function, args, kwargs = self._cleanups.pop()
            function(*args, **kwargs)

    def skipTest(self, reason):
        raise SkipTest(reason)

    def subTest(self, msg=None, **params):
        return _SubTest(self, msg, params)

    def fail(self, msg=None):
        raise self.failureException(msg)

    def run(self, result=None):
        result = TestResult() if result is None else result
        method = getattr(self, self._testMethodName)
        result.startTest(self)
        self._result, self._failed = result, False
        skipped = getattr(type(self), '__unittest_skip__', False) or getattr(method, '__unittest_skip__', False)
        if skipped:
            why = getattr(type(self), '__unittest_skip_why__', '') or getattr(method, '__unittest_skip_why__', '')
            result.addSkip(self, why)
            return result
        error = self._attempt(method)
        expected = getattr(method, '__unittest_expecting_failure__', False)
        if isinstance(error, SkipTest):
            result.addSkip(self, str(error))
        elif error is None and not self._failed:
            if expected:
                result.addUnexpectedSuccess(self)
            else:
                result.addSuccess(self)
        elif expected:
            result.addExpectedFailure(self, error)
        elif error is not None:
            result._add(self, error)
        result.stopTest(self)
        return result

    def __call__(self, *args, **kwds):
        return self.run(*args, **kwds)

    def debug(self):
        self.setUp()
        self._call(getattr(self, self._testMethodName))
        self.tearDown()
        self.doCleanups()

    def _call(self, method):
        method()

    def _attempt(self, method):
        """Run the test with what goes before and after it; return the first exception."""
        error = None
        try:
            self._call(self.setUp)
        except Exception as raised:
            error = raised
        else:
            try:
                self._call(method)
            except Exception as raised:
                error = raised
            try:
                self._call(self.tearDown)
            except Exception as raised:
                error = error or raised
        try:
            self.doCleanups()
        except Exception as raised:
            error = error or raised
        return error

    def _formatMessage(self, msg, standard):
        if not self.longMessage:
            return msg or standard
        return standard if msg is None else f'{standard} : {msg}'

    def _check(self, holds, msg, standard):
        if not holds:
            raise self.failureException(self._formatMessage(msg, standard))

    # Assertions

    def assertTrue(self, expr, msg=None):
        self._check(expr, msg, f'{_short(expr)} is not true')

    def assertFalse(self, expr, msg=None):
        self._check(not expr, msg, f'{_short(expr)} is not false')

    def assertEqual(self, first, second, msg=None):
        if first == second:
            return
        shown = f'{_short(first)} != {_short(second)}'
        if type(first) is type(second) and isinstance(first, (list, tuple, dict, set, frozenset)):
            lines = difflib.ndiff(pprint.pformat(first).splitlines(), pprint.pformat(second).splitlines())
            shown += '\n\n' + '\n'.join(lines)
        elif isinstance(first, str) and isinstance(second, str):
            shown += '\n' + '\n'.join(line.rstrip('\n') for line in difflib.ndiff(first.splitlines(), second.splitlines()))
        raise self.failureException(self._formatMessage(msg, shown))

    def assertNotEqual(self, first, second, msg=None):
        self._check(first != second, msg, f'{_short(first)} == {_short(second)}')

    assertListEqual = assertTupleEqual = assertDictEqual = assertSetEqual = assertSequenceEqual = assertEqual
    assertMultiLineEqual = assertEqual

    def assertIs(self, expr1, expr2, msg=None):
        self._check(expr1 is expr2, msg, f'{_short(expr1)} is not {_short(expr2)}')

    def assertIsNot(self, expr1, expr2, msg=None):
        self._check(expr1 is not expr2, msg, f'unexpectedly identical: {_short(expr1)}')

    def assertIsNone(self, obj, msg=None):
        self._check(obj is None, msg, f'{_short(obj)} is not None')

    def assertIsNotNone(self, obj, msg=None):
        self._check(obj is not None, msg, 'unexpectedly None')

    def assertIn(self, member, container, msg=None):
        self._check(member in container, msg, f'{_short(member)} not found in {_short(container)}')

    def assertNotIn(self, member, container, msg=None):
        self._check(member not in container, msg, f'{_short(member)} unexpectedly found in {_short(container)}')

    def assertIsInstance(self, obj, cls, msg=None):
        self._check(isinstance(obj, cls), msg, f'{_short(obj)} is not an instance of {cls!r}')

    def assertNotIsInstance(self, obj, cls, msg=None):
        self._check(not isinstance(obj, cls), msg, f'{_short(obj)} is an instance of {cls!r}')

    def assertLess(self, a, b, msg=None):
        self._check(a < b, msg, f'{_short(a)} not less than {_short(b)}')

    def assertLessEqual(self, a, b, msg=None):
        self._check(a <= b, msg, f'{_short(a)} not less than or equal to {_short(b)}')

    def assertGreater(self, a, b, msg=None):
        self._check(a > b, msg, f'{_short(a)} not greater than {_short(b)}')

    def assertGreaterEqual(self, a, b, msg=None):
        self._check(a >= b, msg, f'{_short(a)} not greater than or equal to {_short(b)}')

    def assertAlmostEqual(self, first, second, places=None, msg=None, delta=None):
        if first == second:
            return
        apart = abs(first - second)
        if delta is not None:
            self._check(apart <= delta, msg, f'{first!r} != {second!r} within {delta!r} delta ({apart!r} difference)')
        else:
            places = 7 if places is None else places
            text = f'{first!r} != {second!r} within {places!r} places ({apart!r} difference)'
            self._check(round(apart, places) == 0, msg, text)

    def assertNotAlmostEqual(self, first, second, places=None, msg=None, delta=None):
        apart = abs(first - second)
        near = apart <= delta if delta is not None else round(apart, 7 if places is None else places) == 0
        self._check(first != second and not near, msg, f'{first!r} == {second!r} within {places or 7!r} places')

    def assertCountEqual(self, first, second, msg=None):
        missing = list(second)
        extra = []
        for item in first:
            if item in missing:
                missing.remove(item)
            else:
                extra.append(item)
        self._check(not missing and not extra, msg, f'Element counts were not equal:\nFirst has {extra}, Second has {missing}')

    def assertRegex(self, text, expected_regex, msg=None):
        found = re.search(expected_regex, text)
        shown = expected_regex if isinstance(expected_regex, str) else expected_regex.pattern
        self._check(found, msg, f"Regex didn't match: {shown!r} not found in {text!r}")

    def assertNotRegex(self, text, unexpected_regex, msg=None):
        found = re.search(unexpected_regex, text)
        shown = unexpected_regex if isinstance(unexpected_regex, str) else unexpected_regex.pattern
        self._check(not found, msg, f'Regex matched: {shown!r} matches in {text!r}')

    def assertRaises(self, expected_exception, *args, **kwargs):
        return self._raising(_Raises(expected_exception, self, message=kwargs.pop('msg', None)), args, kwargs)

    def assertRaisesRegex(self, expected_exception, expected_regex, *args, **kwargs):
        context = _Raises(expected_exception, self, expected_regex, kwargs.pop('msg', None))
        return self._raising(context, args, kwargs)

    def assertWarns(self, expected_warning, *args, **kwargs):
        return self._raising(_Warns(expected_warning, self, kwargs.pop('msg', None)), args, kwargs)

    def _raising(self, context, args, kwargs):
        if not args:
            return context
        with context:
            args[0](*args[1:], **kwargs)
        return None


class IsolatedAsyncioTestCase(TestCase):
    async def asyncSetUp(self):
        pass

    async def asyncTearDown(self):
        pass

    def _attempt(self, method):
        import asyncio

        async def whole():
            self.setUp()
            await self.asyncSetUp()
            try:
                made = method()
                if made is not None:
                    await made
            finally:
                await self.asyncTearDown()
                self.tearDown()

        try:
            asyncio.run(whole())
            self.doCleanups()
        except Exception as raised:
            return raised
        return None


def _short(value):
    text = repr(value)
    return text if len(text) <= 80 else text[:75] + ' [truncated]...'


class TestResult:
    def __init__(self, stream=None, descriptions=None, verbosity=None):
        self.failures, self.errors, self.skipped = [], [], []
        self.expectedFailures, self.unexpectedSuccesses = [], []
        self.testsRun = 0
        self.shouldStop = False

    def startTest(self, test):
        self.testsRun += 1

    def stopTest(self, test):
        pass

    def wasSuccessful(self):
        return not self.failures and not self.errors and not self.unexpectedSuccesses

    def _add(self, test, error):
        if isinstance(error, test.failureException):
            self.addFailure(test, error)
        else:
            self.addError(test, error)

    def _add_sub(self, test, shown, error):
        kept = self.failures if isinstance(error, test.failureException) else self.errors
        kept.append((shown, _text_of(error)))
        self._tell('FAIL' if kept is self.failures else 'ERROR', 'F' if kept is self.failures else 'E')

    def addFailure(self, test, err):
        self.failures.append((test, _text_of(err)))
        self._tell('FAIL', 'F')

    def addError(self, test, err):
        self.errors.append((test, _text_of(err)))
        self._tell('ERROR', 'E')

    def addSuccess(self, test):
        self._tell('ok', '.')

    def addSkip(self, test, reason):
        self.skipped.append((test, reason))
        self._tell(f'skipped {reason!r}', 's')

    def addExpectedFailure(self, test, err):
        self.expectedFailures.append((test, _text_of(err)))
        self._tell('expected failure', 'x')

    def addUnexpectedSuccess(self, test):
        self.unexpectedSuccesses.append(test)
        self._tell('unexpected success', 'u')

    def _tell(self, word, mark):
        pass

    def __repr__(self):
        return (
            f'<{type(self).__qualname__} run={self.testsRun} errors={len(self.errors)} failures={len(self.failures)}>'
        )


def _text_of(error):
    return ''.join(traceback.format_exception(error)) if isinstance(error, BaseException) else str(error)


class TextTestResult(TestResult):
    def __init__(self, stream, descriptions=True, verbosity=1):
        super().__init__(stream, descriptions, verbosity)
        self.stream = stream
        self.verbosity = verbosity

    def startTest(self, test):
        super().startTest(test)
        if self.verbosity > 1:
            self.stream.write(f'{test} ... ')

    def _tell(self, word, mark):
        if self.verbosity > 1:
            self.stream.write(f'{word}\n')
        elif self.verbosity:
            self.stream.write(mark)

    def printErrors(self):
        if self.verbosity == 1:
            self.stream.write('\n')
        for word, kept in (('ERROR', self.errors), ('FAIL', self.failures)):
            for test, text in kept:
                self.stream.write(f'{"=" * 70}\n{word}: {test}\n{"-" * 70}\n{text}\n')


class TestSuite:
    def __init__(self, tests=()):
        self._tests = list(tests)

    def __iter__(self):
        return iter(self._tests)

    def addTest(self, test):
        self._tests.append(test)

    def addTests(self, tests):
        for test in tests:
            self.addTest(test)

    def countTestCases(self):
        return sum(test.countTestCases() for test in self._tests)

    def run(self, result):
        begun = None
        for test in self._tests:
            if isinstance(test, TestSuite):
                test.run(result)
                continue
            if type(test) is not begun:
                if begun is not None:
                    begun.tearDownClass()
                begun = type(test)
                begun.setUpClass()
            test.run(result)
        if begun is not None:
            begun.tearDownClass()
        return result


class TestLoader:
    testMethodPrefix = 'test'

    def getTestCaseNames(self, testCaseClass):
        names = [name for name in dir(testCaseClass) if name.startswith(self.testMethodPrefix)]
        return [name for name in names if callable(getattr(testCaseClass, name))]

    def loadTestsFromTestCase(self, testCaseClass):
        return TestSuite([testCaseClass(name) for name in self.getTestCaseNames(testCaseClass)])

    def loadTestsFromModule(self, module=None, *, pattern=None):
        """Return the tests of the script: it is the one module."""
        found = [
            value
            for value in list(globals().values())
            if inspect.isclass(value) and issubclass(value, TestCase) and value.__module__ == '__main__'
        ]
        return TestSuite([self.loadTestsFromTestCase(each) for each in sorted(found, key=lambda each: each.__name__)])

    def loadTestsFromName(self, name, module=None):
        first, _, method = name.partition('.')
        case = globals()[first]
        return TestSuite([case(method)]) if method else self.loadTestsFromTestCase(case)


defaultTestLoader = TestLoader()


class TextTestRunner:
    resultclass = TextTestResult

    def __init__(self, stream=None, descriptions=True, verbosity=1, failfast=False, buffer=False, resultclass=None):
        self.stream = sys.stderr if stream is None else stream
        self.verbosity = verbosity
        if resultclass is not None:
            self.resultclass = resultclass

    def run(self, test):
        result = self.resultclass(self.stream, True, self.verbosity)
        began = time.perf_counter()
        test.run(result)
        taken = time.perf_counter() - began
        result.printErrors()
        count = result.testsRun
        self.stream.write(f'{"-" * 70}\nRan {count} test{"" if count == 1 else "s"} in {taken:.3f}s\n\n')
        facts = []
        for label, kept in (
            ('failures', result.failures), ('errors', result.errors), ('skipped', result.skipped),
            ('expected failures', result.expectedFailures), ('unexpected successes', result.unexpectedSuccesses),
        ):  # fmt: skip
            if kept:
                facts.append(f'{label}={len(kept)}')
        verdict = 'OK' if result.wasSuccessful() else 'FAILED'
        self.stream.write(verdict + (f' ({", ".join(facts)})' if facts else '') + '\n')
        return result


class TestProgram:
    def __init__(
        self, module='__main__', defaultTest=None, argv=None, testRunner=None, testLoader=defaultTestLoader, exit=True,
        verbosity=1, failfast=None, catchbreak=None, buffer=None, warnings=None,
    ):  # fmt: skip
        if defaultTest is None:
            suite = testLoader.loadTestsFromModule()
        else:
            names = [defaultTest] if isinstance(defaultTest, str) else defaultTest
            suite = TestSuite([testLoader.loadTestsFromName(name) for name in names])
        runner = TextTestRunner(verbosity=verbosity) if testRunner is None else testRunner
        if inspect.isclass(runner):
            runner = runner(verbosity=verbosity)
        self.result = runner.run(suite)
        if exit:
            sys.exit(not self.result.wasSuccessful())


main = TestProgram
