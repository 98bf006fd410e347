"""A value of every type of the universe, as a script makes it, and what a script sees of it.

`VALUES` has a row for each type: how a script makes one, and an expression that tells its state, in which `x` is the value. Expressions may use the
names that `PRELUDE` defines, and `some`, a list of values that were made before.
"""

from __future__ import annotations

import collections
import datetime
import decimal
import types
from typing import Any, NamedTuple

from monty_flow.interpreter.runtime.cancellation import OWN_EXCEPTIONS
from monty_flow.interpreter.runtime.universe import (
    DECIMAL_ERRORS,
    EXCEPTIONS,
    ITERATORS,
    VIEWS,
)

PRELUDE = """
import collections, datetime, decimal, flow, itertools, types

class Point:
    kind = 'point'
    def __init__(self, x):
        self.x = x
    def double(self):
        return self.x * 2

class Indexed:
    def __getitem__(self, index):
        if index > 4:
            raise IndexError
        return index

class Countable(Indexed):
    def __len__(self):
        return 5

def after(iterator, n=1):
    for _ in range(n):
        next(iterator)
    return iterator

def counting(n):
    for i in range(n):
        yield i

def with_default(a, b=[1]):
    b.append(a)
    return len(b)

def told(error):
    return type(error).__name__, str(error), [repr(a) for a in error.args]

def caught(make):
    try:
        raise make
    except BaseException as error:
        return error

"""


class Row(NamedTuple):
    """How a value is made, and what is seen of it."""

    make: str
    see: str = 'repr(x)'


_REST = 'list(itertools.islice(x, 9))'
VALUES: dict[type[Any], Row] = {
    type(None): Row('None'),
    bool: Row('len(some) > 3'),
    int: Row('2 ** (len(some) * 13) - 1'),
    float: Row('len(some) / 7'),
    complex: Row('complex(1.5, len(some))'),
    str: Row("'text \\udc80 \\u0100' + 'x' * len(some)", 'ascii(x)'),
    bytes: Row("b'\\xff' * len(some)"),
    slice: Row('slice(1, len(some), None)'),
    type(Ellipsis): Row('...'),
    type(NotImplemented): Row('NotImplemented'),
    bytearray: Row("bytearray(b'abc' * len(some))"),
    list: Row('[1, some]', '(len(x), x[1] is some)'),
    tuple: Row('(some, len(some), (1, 2))', '(len(x), x[0] is some, x[1:])'),
    dict: Row("{'a': some, (1, 'b'): 2, len(some): 3}", '(list(x), x["a"] is some)'),
    set: Row('{1, (2, 3), len(some)}', 'sorted(map(repr, x))'),
    frozenset: Row('frozenset({1, (2, frozenset({3}))})', '(len(x), 1 in x, (2, frozenset({3})) in x)'),
    range: Row('range(1, 100, len(some) + 1)'),
    collections.deque: Row('collections.deque([some, 2], maxlen=7)', '(x[0] is some, x.maxlen, len(x))'),
    collections.Counter: Row("collections.Counter('abca')", 'sorted(x.items())'),
    collections.OrderedDict: Row('collections.OrderedDict(b=1, a=some)', '(list(x), x["a"] is some)'),
    collections.defaultdict: Row('collections.defaultdict(list, a=some)', '(x["a"] is some, x["new"])'),
    decimal.Decimal: Row("decimal.Decimal('1.50') * len(some)"),
    enumerate: Row("after(enumerate('abc'))", _REST),
    zip: Row("after(zip([1, 2, 3], 'abc'))", _REST),
    map: Row('after(map(str, [1, 2, 3]))', _REST),
    filter: Row('after(filter(None, [1, 0, 2, 3]))', _REST),
    reversed: Row('after(reversed(Countable()))', _REST),
    types.FunctionType: Row('with_default', '(x(1), x.__name__)'),
    types.MethodType: Row('Point(4).double', 'x()'),
    types.BuiltinFunctionType: Row('some.append', '(x.__name__, callable(x))'),
    types.MethodDescriptorType: Row('str.isalpha', "x('a')"),
    types.GeneratorType: Row('after(counting(5))', _REST),
    datetime.date: Row('datetime.date(2000 + len(some), 2, 3)'),
    datetime.time: Row('datetime.time(1, 2, 3, 4, fold=1)'),
    datetime.datetime: Row('datetime.datetime(2000, 1, 2, 3, tzinfo=datetime.timezone.utc)'),
    datetime.timedelta: Row('datetime.timedelta(days=len(some), microseconds=3)'),
    datetime.timezone: Row("datetime.timezone(datetime.timedelta(hours=1), 'X')", '(repr(x), x.tzname(None))'),
    type(datetime.date(2000, 1, 1).isocalendar()): Row('datetime.date(2000, 5, 6).isocalendar()', '(tuple(x), x.week)'),
    type(datetime.date(2000, 1, 1).timetuple()): Row('datetime.date(2000, 5, 6).timetuple()', '(tuple(x), x.tm_yday)'),
    memoryview: Row("memoryview(bytearray(b'abc'))[1:]", '(bytes(x), x.readonly)'),
    type: Row('Point', '(x(3).double(), x.kind)'),
    object: Row('object()', 'type(x).__name__'),
    types.GenericAlias: Row('list[int]'),
    types.UnionType: Row('int | None'),
    types.MappingProxyType: Row("types.MappingProxyType({'a': some})", '(list(x), x["a"] is some)'),
}
VALUES |= {
    kind: Row(make, _REST)
    for kind, make in zip(
        ITERATORS,
        (
            'after(iter([1, 2, 3]))', 'after(reversed([1, 2, 3]))', 'after(iter((1, 2, 3)))', "after(iter('abc'))",
            "after(iter('\\u0100bc'))", "after(iter(b'abc'))", "after(iter(bytearray(b'abc')))", 'after(iter(range(5)))',
            'after(iter(range(1 << 100)))', "after(iter({'a': 1, 'b': 2}))", "after(iter({'a': 1, 'b': 2}.values()))",
            "after(iter({'a': 1, 'b': 2}.items()))", "after(reversed({'a': 1, 'b': 2}))",
            "after(reversed({'a': 1, 'b': 2}.values()))", "after(reversed({'a': 1, 'b': 2}.items()))",
            'after(iter({1, 2, 3}))', 'after(iter(lambda: 5, 6), 2)', 'after(iter(Indexed()))',
        ),
        strict=True,
    )
}  # fmt: skip
VALUES |= {
    kind: Row(f"{{'a': some, 'b': 2}}.{name}()", '(len(x), "a" in x or any(some is y for y in x) or ("a", some) in x)')
    for kind, name in zip(VIEWS, ('keys', 'values', 'items'), strict=True)
}
#: Errors of decimal that a script can name.
NAMED_CONDITIONS = frozenset(DECIMAL_ERRORS) - {
    'ConversionSyntax', 'DivisionImpossible', 'DivisionUndefined', 'InvalidContext',
}  # fmt: skip
#: What exceptions of Python's own take instead of any arguments.
_ARGUMENTS = {
    'UnicodeDecodeError': "'utf-8', b'a\\xff', 1, 2, 'why'",
    'UnicodeEncodeError': "'ascii', 'a\\u0100', 1, 2, 'why'",
    'UnicodeTranslateError': "'a\\u0100', 1, 2, 'why'",
    'BaseExceptionGroup': "'some', [ValueError(1), KeyError('x')]",
    'ExceptionGroup': "'some', [ValueError(1), KeyError('x')]",
    'OSError': "2, 'none', 'file'",
    'SyntaxError': "'why', ('file', 1, 2, 'text')",
    'IndentationError': "'why', ('file', 1, 2, 'text')",
    'TabError': "'why', ('file', 1, 2, 'text')",
}
VALUES |= {
    kind: Row(f'caught({name}({_ARGUMENTS.get(name, "1, (2,)")}))', 'told(x)')
    for name, kind in EXCEPTIONS.items()
    if kind not in VALUES
}
VALUES |= {
    kind: Row(f'caught(decimal.{name}("why"))', 'told(x)')
    for name, kind in DECIMAL_ERRORS.items()
    if name in NAMED_CONDITIONS
}
#: Types of which a script holds no value, with the reason.
NOT_HELD: dict[type[Any], str] = {
    types.WrapperDescriptorType: 'slots of types have names with underscores, which are refused',
    types.MethodWrapperType: 'slots of values have names with underscores, which are refused',
    types.ClassMethodDescriptorType: 'class methods of types are given bound',
    types.MemberDescriptorType: 'slots of classes in C have names that are refused where they are looked up on the class',
    types.GetSetDescriptorType: 'attributes of classes in C are refused where they are looked up on the class',
    types.CoroutineType: 'a coroutine of a script is a Coroutine of ours',
    types.AsyncGeneratorType: 'an asynchronous generator of a script is one of ours',
    datetime.tzinfo: 'an abstract class: its kinds are timezone and ZoneInfo',
}
NOT_HELD |= dict.fromkeys((property, staticmethod, classmethod), 'it stands in a class, which its code makes again')
NOT_HELD |= {
    kind: 'a condition of decimal that has no name: the arguments of an InvalidOperation hold the class itself'
    for name, kind in DECIMAL_ERRORS.items()
    if name not in NAMED_CONDITIONS
}
NOT_HELD |= {kind: 'an error of the engine' for kind in OWN_EXCEPTIONS.values() if kind not in VALUES}
