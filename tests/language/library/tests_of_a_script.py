# `unittest`, `doctest` and `timeit`: a script tests itself, and may stop in what is tested.
import doctest
import io
import timeit
import unittest


class Account:
    def __init__(self):
        self.balance = ext(0)

    def add(self, amount):
        if ext(amount) < 0:
            raise ValueError('negative amount')
        self.balance += amount


class AccountTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shared = ext_list(2)

    def setUp(self):
        self.account = Account()
        self.addCleanup(print, 'cleaned')

    def tearDown(self):
        ext_none()
        print('down')

    def test_add(self):
        self.account.add(5)
        self.assertEqual(self.account.balance, 5)
        self.assertIn(1, self.shared)

    def test_negative(self):
        with self.assertRaises(ValueError) as caught:
            self.account.add(-1)
        self.assertIn('negative', str(caught.exception))
        with self.assertRaisesRegex(ValueError, 'neg.*amount'):
            self.account.add(-1)
        self.assertRaises(ValueError, self.account.add, -4)

    def test_near(self):
        self.assertAlmostEqual(0.1 + 0.2, 0.3)
        for i in ext_list(3):
            with self.subTest(i=i):
                self.assertLess(i, 3)

    @unittest.skip('later')
    def test_skipped(self):
        self.fail()

    @unittest.expectedFailure
    def test_known(self):
        self.assertTrue(ext_false())


class WrongTest(unittest.TestCase):
    def test_wrong(self):
        self.assertEqual(ext(1), 2, 'numbers')

    def test_error(self):
        1 / ext(0)


loader = unittest.TestLoader()
suite = unittest.TestSuite()
suite.addTests([loader.loadTestsFromTestCase(AccountTest), loader.loadTestsFromTestCase(WrongTest)])
out = io.StringIO()
result = unittest.TextTestRunner(stream=out, verbosity=1).run(suite)
print(out.getvalue().splitlines()[0])
print(len(result.failures), len(result.errors), len(result.skipped), result.wasSuccessful())
print([(case.id(), text.splitlines()[-1]) for case, text in result.failures + result.errors])


def add(a, b):
    """Add two values.

    >>> add(1, 2)
    3
    >>> add('a', 1)
    Traceback (most recent call last):
        ...
    TypeError: can only concatenate str (not "int") to str
    >>> for i in range(2):
    ...     print(i, add(i, i))
    0 0
    1 2
    >>> x = [add(i, 1) for i in range(3)]; x
    [1, 2, 3]
    >>> print('a b   c')  # doctest: +NORMALIZE_WHITESPACE
    a  b c
    >>> list(range(20))  # doctest: +ELLIPSIS
    [0, 1, ..., 19]
    >>> add(2, 2)
    4
    """
    return ext(a) + b


doctest.run_docstring_examples(add, {'add': add}, name='add')
examples = doctest.DocTestParser().get_examples(add.__doc__)
print([(example.source, example.want, example.lineno, example.exc_msg is None) for example in examples])
print(timeit.timeit('add(1, 2)', globals={'add': add}, number=3) >= 0, len(timeit.repeat(lambda: ext(1), number=2, repeat=2)))
