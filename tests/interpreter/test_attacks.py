"""What a script does to get out of the sandbox, and how each attempt ends.

A table for each class of attack: the source, how it must end ('refused' when compiled, 'raised' as an error of
the script, 'limited', 'ended' without harm), and a part of what is then shown.
"""

from __future__ import annotations

import re

import pytest

from monty_flow import Monty, MontyRuntimeError
from monty_flow.interpreter.limits import ResourceLimits
from tests.interpreter.attacking import end_of

LIMITS = ResourceLimits(max_duration_secs=5.0)
#: An address, a path of the host, a class of ours.
LEAK = re.compile(r'0x[0-9a-f]{6,}|monty_flow|/python|/usr|/home|/root|/work|<bound method')

Row = tuple[str, str, str]

#: Classes and functions of ours that all runs share, and names that no script could have written.
SHARED: list[Row] = [
    ('from enum import Enum\nEnum.x = 1', 'raised', "cannot set 'x' attribute of immutable type 'Enum'"),
    ('from enum import Enum\nEnum.__str__ = len', 'raised', "cannot set '__str__' attribute of immutable type 'Enum'"),
    ("from enum import Flag\ntype.__setattr__(Flag, 'x', 1)", 'raised', "cannot set 'x' attribute of immutable type"),
    ('from enum import Enum\ndel Enum.name', 'raised', "cannot delete 'name' attribute of immutable type 'Enum'"),
    ('from enum import Enum\nEnum.__str__.x = 1', 'raised', "object has no attribute 'x'"),
    ('from enum import Enum\nEnum.__deepcopy__.x = 1', 'raised', "has no attribute '__deepcopy__'"),
    ('from enum import Enum\nEnum._generate_next_value_.x = 1', 'raised', "object has no attribute 'x'"),
    ('from enum import Enum\nEnum._missing_.x = 1', 'raised', "object has no attribute 'x'"),
    ("from enum import Enum\nEnum._member_names_.append('x')", 'raised', "no attribute 'append'"),
    ("from enum import Enum\nEnum._member_map_['x'] = 1", 'raised', 'does not support item assignment'),
    ("from enum import Enum\nEnum('X', {'__class__': 3})", 'raised', "cannot bind the name '__class__'"),
    ("from enum import Enum\nEnum('X', {'$fuel': 3})", 'raised', "cannot define '$fuel'"),
    ("from enum import Enum\nEnum('X', [(5, 3)])", 'raised', 'cannot bind the name 5'),
    ("from enum import IntFlag\nIntFlag('F', 'A')(1 << 100000)", 'raised', 'Exceeds the limit'),
    ("from dataclasses import make_dataclass\nmake_dataclass('X', ['__class__'])", 'raised', "cannot be named '__class__'"),
    ("from dataclasses import make_dataclass\nmake_dataclass('X', ['a; b'])", 'raised', 'must be valid identifiers'),
    ("from dataclasses import make_dataclass\nmake_dataclass('X', ['lambda'])", 'raised', 'must not be keywords'),
    ("from dataclasses import make_dataclass\nmake_dataclass('X', ['\uff41b'])", 'raised', 'the parser would read another'),
    ("from dataclasses import make_dataclass\nmake_dataclass('X', [], namespace={'$x': 1})", 'raised', "cannot define '$x'"),
    ("from dataclasses import FrozenInstanceError\nFrozenInstanceError.x = 1", 'raised', 'immutable type'),
    ("from dataclasses import dataclass\nimport sys\n@dataclass(frozen=True)\nclass A:\n    argv: int\nA.__init__(sys, 1)",
     'raised', 'needs an instance of a class of the script'),
    ("from dataclasses import field\nfield().name = 'x'", 'raised', 'read-only'),
    ('from typing import Generic\nGeneric.x = 1', 'raised', "cannot set 'x' attribute of immutable type 'Generic'"),
    ('from typing import Protocol\nProtocol._is_protocol = 1', 'raised', 'immutable type'),
    ('from typing import Generic\nGeneric.__class_getitem__ = 1', 'raised', 'immutable type'),
    ('from typing import SupportsInt\ndel SupportsInt._is_protocol', 'raised', 'immutable type'),
    ('from abc import ABC\nABC.x = 1', 'raised', "cannot set 'x' attribute of immutable type 'ABC'"),
    ('from abc import ABC\nABC.register(int)', 'raised', 'which all runs share'),
    ('from abc import ABC\nclass A(ABC): pass\nA._abc_impl', 'raised', "no attribute '_abc_impl'"),
    ('from abc import ABC\nclass A(ABC): pass\nA._dump_registry()', 'raised', "no attribute '_dump_registry'"),
    ('from collections import namedtuple\nP = namedtuple("P", "a")\nP._replace.x = 1', 'raised', "no attribute 'x'"),
    ('from collections import namedtuple\nP = namedtuple("P", "a")\nP._make.x = 1', 'raised', "no attribute 'x'"),
    ("from collections import namedtuple\nnamedtuple('P', ['__class__'])", 'raised', 'cannot start with an underscore'),
    ("from collections import namedtuple\nnamedtuple('P', ['a', 'b=0, *c'])", 'raised', 'must be valid identifiers'),
    ("from collections import namedtuple\nnamedtuple('P', ['\uff41'])", 'raised', 'the parser would read another'),
    ("from typing import NamedTuple\nNamedTuple('P', [('gi_frame', int)])", 'raised', "the field 'gi_frame' is refused"),
    ('from collections.abc import Mapping\nMapping._kind', 'raised', "no attribute '_kind'"),
    ('from types import MappingProxyType\nMappingProxyType.x = 1', 'raised', "cannot set 'x' attribute"),
    ('from typing import TypeVar\nTypeVar("T").__bound__ = 1', 'raised', '__bound__'),
]  # fmt: skip

ATTRIBUTES: list[Row] = [
    ('().__class__.__base__.__subclasses__()', 'refused', "the attribute '__subclasses__' is refused"),
    ('().__ｃlass__.__mro__[1].__subｃlasses__', 'refused', "the attribute '__subclasses__' is refused"),
    ('print.__self__', 'raised', "no attribute '__self__'"),
    ('len.__self__', 'raised', "no attribute '__self__'"),
    ('import re\nre.compile.__self__', 'raised', "no attribute '__self__'"),
    ('import re\nre.compile.__func__', 'raised', "no attribute '__func__'"),
    ("import re\nre.compile('a').__repr__.__func__", 'raised', "no attribute '__func__'"),
    ("import re\nre.compile('a').__class__.__mro__", 'raised', "no attribute '__mro__'"),
    ('import sys\nsys.__dict__', 'raised', "no attribute '__dict__'"),
    ('import sys\nsys.stdout.write.__self__', 'raised', "no attribute '__self__'"),
    ('import sys\nsys.stdout.__class__ = int', 'raised', '__class__ assignment only supported'),
    ('import sys\nsys.stdout.__dict__ = {}', 'raised', "no attribute '__dict__'"),
    ("import sys\nobject.__setattr__(sys.stdout, '_run', 1)", 'raised', "can't apply this __setattr__ to"),
    ("import sys\nobject.__setattr__(sys, 'argv', 1)", 'raised', "can't apply this __setattr__ to"),
    ("import sys\nobject.__delattr__(sys, 'argv')", 'raised', "can't apply this __delattr__ to"),
    ("class A: pass\nimport sys\nA.__setattr__(sys, 'argv', 1)", 'raised', "requires a 'A' object"),
    ("import sys\nobject.__getattribute__(sys.stdout, '_run')", 'raised', "no attribute '_run'"),
    ("object.__getattribute__('{0.__globals__}', 'format')(print)", 'raised', 'is refused in a format string'),
    ("object.__getattribute__(lambda: 0, '__globals__')", 'raised', "the attribute '__globals__' is refused"),
    ('class A:\n    def f(self): pass\nA.f.__code__', 'refused', "the attribute '__code__' is refused"),
    ('class A:\n    def f(self): pass\nA.f.__func__', 'raised', "no attribute '__func__'"),
    ('class A: pass\nA.__bases__ = (type(len),)', 'raised', 'is not an acceptable base type'),
    ("class A: pass\nA.__dict__['x'] = 1", 'raised', "does not support item assignment"),
    ("class A:\n    __slots__ = ('__class__',)", 'raised', "cannot name '__class__'"),
    ("class A:\n    __slots__ = ('__dict__', '$x')", 'raised', "cannot name '$x'"),
    ("type('A', (), {'$__set_name__': 1})", 'raised', "a class cannot define '$__set_name__'"),
    ("type('A', (), {'__getattribute__': 1})", 'raised', "a class cannot define '__getattribute__'"),
    ("type('A', (type(print),), {})", 'raised', 'is not an acceptable base type'),
    ("class A: pass\nA.__match_args__ = ('__class__',)\nmatch A():\n    case A(x): pass", 'raised', 'cannot name'),
    ("class A: pass\nsetattr(A, '__del__', print)\nA()\n1", 'ended', '1'),
    ("import importlib\nimportlib.import_module('so' + 'cket')", 'raised', 'No module named'),
    ("import importlib\nimportlib.import_module('os as x\\nimport sys')", 'raised', 'No module named'),
    ('object.__new__(type(print))', 'raised', 'TypeError'),
    ('import re\nobject.__new__(type(re.compile("a")))', 'raised', 'TypeError'),
    ("class L(list):\n    def __repr__(self): return super().__repr__()\nraise ValueError(repr(L([print])))", 'raised', 'print'),
    ("class L(list):\n    def r(self): return list.__repr__(self)\nraise ValueError(L([print]).r())", 'raised', 'print'),
    ('class L: pass\nraise ValueError(object.__repr__(L()))', 'raised', 'L object'),
    ('(lambda: 0).__globals__', 'refused', "the attribute '__globals__' is refused"),
    ('(x for x in []).gi_frame', 'refused', "the attribute 'gi_frame' is refused"),
    ('repr({}.keys().mapping)', 'ended', 'mappingproxy({})'),
    ('try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    e.__traceback__.tb_frame', 'refused', "the attribute 'tb_frame' is refused"),
    ("try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    getattr(e.__traceback__, '_native')", 'raised', "no attribute '_native'"),
    ("getattr(print, '__glo' + 'bals__')", 'raised', "AttributeError: the attribute '__globals__' is refused"),
    ("getattr(print, '＿_globals__')", 'raised', "AttributeError: the attribute '__globals__' is refused"),
    ("getattr((x for x in []), 'gi_' + 'frame')", 'raised', "the attribute 'gi_frame' is refused"),
    ("hasattr(print, '__globals' + '__')", 'ended', 'False'),
    ("try:\n    'a'.foo\nexcept AttributeError as e:\n    print(e.obj)", 'ended', 'a'),
    ("print(AttributeError('x', obj=print).obj)", 'ended', 'None'),
    ("import operator\noperator.attrgetter('__globals__')(lambda: 0)", 'raised', 'AttributeError'),
    ("import operator\noperator.methodcaller('__reduce__')(1)", 'raised', 'AttributeError'),
    ('class E:\n    def __radd__(self, o):\n        print(o)\nimport sys\nsys.stdout._run += E()', 'raised', "no attribute '_run'"),
    (
        "class E:\n    def __radd__(self, o):\n        return o('')\ns = '{0.__globals__}'\ns.format += E()", 'raised',
        "the attribute '__globals__' is refused in a format string",
    ),
    (
        "class E:\n    def __ror__(self, o):\n        return o('')\ns = '{0.__globals__}'\ns.format |= E()", 'raised',
        "the attribute '__globals__' is refused in a format string",
    ),
    ('import sys\nfor sys.stdout._run in [1]:\n    pass', 'raised', "no attribute '_run'"),
    ('import sys\n[1 for sys.stdout._run in [1]]', 'refused', 'cannot be the target of a comprehension'),
    ('import sys\n[1 for x, [*sys.stdout._run] in [1]]', 'refused', 'cannot be the target of a comprehension'),
]  # fmt: skip

STORES: list[Row] = [
    ('f = lambda: 0\nf.__code__ = 1', 'refused', "the attribute '__code__' is refused"),
    ('f = lambda: 0\nf.__code__ += 1', 'refused', "the attribute '__code__' is refused"),
    ('f = lambda: 0\nfor f.__code__ in [1]: pass', 'refused', "the attribute '__code__' is refused"),
    ('f = lambda: 0\nwith f as f.__code__: pass', 'refused', "the attribute '__code__' is refused"),
    ('f = lambda: 0\n(a, *f.__code__) = [1]', 'refused', "the attribute '__code__' is refused"),
    ('f = lambda: 0\nf.__code__: int = 1', 'refused', "the attribute '__code__' is refused"),
    ('f = lambda: 0\ndel f.__code__', 'refused', "the attribute '__code__' is refused"),
    ('[0 for f.__code__ in [1]]', 'refused', "the attribute '__code__' is refused"),
    ('e = ValueError()\ne.__context__ = e\nraise e', 'raised', 'ValueError'),
    ('e = ValueError()\ne.__cause__ = print', 'raised', 'exception cause must be None or derive from BaseException'),
    ('int.__doc__ = 1', 'raised', "cannot set '__doc__' attribute of immutable type 'int'"),
    ("import re\nre.compile('a').__doc__ = 1", 'raised', "has no attribute '__doc__'"),
    ('import math\nmath.floor.__name__ = 1', 'raised', "has no attribute '__name__'"),
    ('print.__name__ = 1', 'raised', "has no attribute '__name__'"),
    ('print.__defaults__ = ()', 'raised', "has no attribute '__defaults__'"),
    ('str.join = 1', 'raised', "cannot set 'join' attribute of immutable type 'str'"),
    ('len.x = 1', 'raised', 'AttributeError'),
    ('int.x = 1', 'raised', "cannot set 'x' attribute of immutable type 'int'"),
    ('ValueError.args = 1', 'raised', "cannot set 'args' attribute of immutable type 'ValueError'"),
    ('import math\nmath.pi = 3', 'raised', 'AttributeError'),
    ('import sys\nsys.stdout.write = 1', 'raised', 'AttributeError'),
    ("f = ', '.join\nf.x = 1", 'raised', 'AttributeError'),
    ("import math\nobject.__setattr__(math, 'pi', 3)", 'raised', "can't apply this __setattr__ to"),
    ("object.__setattr__(type(print), '_name', 'x')", 'raised', "can't apply this __setattr__ to"),
    ("object.__delattr__(type(print), '_name')", 'raised', "can't apply this __delattr__ to"),
    ("int.__setattr__(type(print), '_name', 'x')", 'raised', "requires a 'int' object but received"),
    (
        "class A:\n    def f(self): super().__setattr__('__class__', B)\nclass B(int): pass\nA().f()",
        'raised',
        'object layout differs',
    ),
    ('from collections import Counter\nCounter.x = 1', 'raised', 'AttributeError'),
    ('from collections import Counter\nCounter.most_common.x = 1', 'raised', 'AttributeError'),
    ('from collections import Counter\nclass C(Counter): pass\nC.update.x = 1', 'raised', 'AttributeError'),
    ('from collections import Counter\nclass C(Counter): pass\nC.elements.x = 1', 'raised', 'AttributeError'),
    (
        "from collections import Counter\nclass C(Counter): pass\ngetattr(C(), '__run__')",
        'raised',
        "the attribute '__run__' is refused",
    ),
    (
        "from collections import deque\nclass C(deque): pass\nobject.__setattr__(C(), '__run__', 1)",
        'raised',
        "the attribute '__run__' is refused",
    ),
    ('type(print).x = 1', 'raised', "cannot set 'x' attribute of immutable type"),
]  # fmt: skip

FORMATS: list[Row] = [
    ("'{0.__globals__}'.format(lambda: 0)", 'raised', "'__globals__' is refused in a format string"),
    ("'{0.gi_frame}'.format((x for x in []))", 'raised', "'gi_frame' is refused in a format string"),
    ("'{0._run}'.format(print)", 'raised', "object has no attribute '_run'"),
    ("'{0._owner}'.format(','.join)", 'raised', "object has no attribute '_owner'"),
    ("class C: pass\n'{0.$make}'.format(C)", 'raised', 'no script can write such a name'),
    ("str.format('{0.__globals__}', print)", 'raised', "'__globals__' is refused in a format string"),
    ("f = '{0.__globals__}'.format\nf(print)", 'raised', "'__globals__' is refused in a format string"),
    ("list(map('{0.__globals__}'.format, [print]))", 'raised', "'__globals__' is refused in a format string"),
    ("list(map(str.format, ['{0.__globals__}'], [print]))", 'raised', "'__globals__' is refused in a format string"),
    ("'{a.__globals__}'.format_map({'a': print})", 'raised', "'__globals__' is refused in a format string"),
    ("str.format_map('{a.__globals__}', {'a': print})", 'raised', "'__globals__' is refused in a format string"),
    ("getattr('{0.__globals__}', 'for' + 'mat')(print)", 'raised', "'__globals__' is refused in a format string"),
    ("import sys\n'{0.obj}'.format(AttributeError(obj=sys.stdout))", 'ended', 'None'),
    ("import operator\noperator.methodcaller('format', print)('{0.__globals__}')", 'raised', '__globals__'),
]  # fmt: skip

#: A subclass of str is not what the guards of str look for by its exact type.
SUBCLASSES: list[Row] = [
    (f'import operator\nclass A(str):\n{body}\n{attempt}', 'raised', shown)
    for body, attempt, shown in (
        ('    def startswith(self, x): return True', "getattr(print, A('__globals__'))", "'__globals__' is refused"),
        ('    def __eq__(self, x): return False\n    __hash__ = None', "getattr(print, A('__globals__'))", "'__globals__' is refused"),
        ('    def split(self, x): return [self]', "operator.attrgetter(A('__globals__'))(print)", "'__globals__' is refused"),
        ('    def startswith(self, x): return False', "import copy\nclass B:\n    def __getstate__(self): return None, {A('__class__'): int}\n"
         'copy.copy(B())', 'a name that scripts cannot set'),
        ('    pass', "A('{0.__globals__}').format(print)", "'__globals__' is refused in a format string"),
        ('    pass', "A('{a.__globals__}').format_map({'a': print})", "'__globals__' is refused in a format string"),
        ('    pass', "f = A('{0.__globals__}').format\nf(print)", "'__globals__' is refused in a format string"),
        ('    pass', "str.format(A('{0.__globals__}'), print)", "'__globals__' is refused in a format string"),
        ('    pass', "A.format('{0.__globals__}', print)", "'__globals__' is refused in a format string"),
        ('    pass', "list(map(A.format, ['{0.__globals__}'], [print]))", "'__globals__' is refused in a format string"),
        ('    pass', "getattr(A, 'format')('{0.__globals__}', print)", "'__globals__' is refused in a format string"),
        ('    pass', "operator.methodcaller('format', print)(A('{0.__globals__}'))", "'__globals__' is refused"),
        ('    def go(self, x): return super().format(x)', "A('{0.__globals__}').go(print)", 'super().format is refused'),
        ('    pass', "raise ValueError(A('%s') % object())", 'ValueError: <object object>'),
        ('    pass', "raise ValueError(A('%s').__mod__(object()))", 'ValueError: <object object>'),
    )
]  # fmt: skip

NAMES: list[Row] = [
    ('__builtins__', 'refused', "the name '__builtins__' is reserved"),
    ("__import__('os')", 'refused', "the name '__import__' is reserved"),
    ('import os as __builtins__', 'refused', "the name '__builtins__' is reserved"),
    ('def f(__builtins__): pass', 'refused', "the name '__builtins__' is reserved"),
    ('def f(*, __import__): pass', 'refused', "the name '__import__' is reserved"),
    ('def f(__build_class__, /): pass', 'refused', "the name '__build_class__' is reserved"),
    ('try: pass\nexcept E as __builtins__: pass', 'refused', "the name '__builtins__' is reserved"),
    ('global __builtins__', 'refused', "the name '__builtins__' is reserved"),
    ('(__debug__ := 1)', 'refused', "the name '__debug__' cannot be assigned"),
    ('(__builtins__ := 1)', 'refused', "the name '__builtins__' is reserved"),
    ('f(__builtins__=1)', 'refused', "the name '__builtins__' is reserved"),
    ("ｅval('__import__')", 'raised', "the name '__import__' is reserved"),
    ("x = exec\nx('import socket')", 'raised', "No module named 'socket'"),
    ("open('/etc/passwd')", 'raised', "No such file or directory: '/etc/passwd'"),
    ("open('/proc/self/environ')", 'raised', 'No such file or directory'),
    ('open(0)', 'raised', 'expected str, bytes or os.PathLike object, not int'),
    ("open('x', opener=print)", 'raised', 'open() in a script takes no opener'),
    ('import subprocess', 'refused', "the module 'subprocess' cannot be imported"),
    ("import builtins\nbuiltins.eval('f.__code__')", 'raised', "the attribute '__code__' is refused"),
    ("import builtins\nbuiltins.len = print", 'raised', "module 'builtins' is read-only: cannot set 'len'"),
    ("import builtins\ngetattr(builtins, '__import__')('os')", 'raised', "the attribute '__import__' is refused"),
    ('def f():\n    from os import *', 'refused', 'import * only allowed at module level'),
    ('from . import x', 'refused', 'relative imports are refused'),
    ("import os\nos.system('id')", 'raised', "module 'os' has no attribute 'system' in the sandbox"),
    ('import sys\nsys.modules', 'raised', "module 'sys' has no attribute 'modules' in the sandbox"),
    ('import json\njson.codecs', 'raised', "module 'json' has no attribute 'codecs' in the sandbox"),
    ('import re\nre.enum', 'raised', "module 're' has no attribute 'enum' in the sandbox"),
    ("def f(**names):\n    return list(names)\nf(**{'$fuel': 1})", 'ended', "['$fuel']"),
    ("def f(a):\n    return a\nf(**{'$fuel': 1})", 'raised', "unexpected keyword argument '$fuel'"),
    ("type('X', (type,), {'mro': 1})", 'raised', "a metaclass cannot define 'mro'"),
    ("type('X', (), {}, metaclass=type).__subclasses__()", 'refused', '__subclasses__'),
]  # fmt: skip

#: What passes `except Exception` of a host must come out as an error of the script.
EXITS: list[Row] = [
    (f'raise {name}', 'raised', name)
    for name in ('SystemExit', 'KeyboardInterrupt', 'GeneratorExit', 'StopIteration', 'StopAsyncIteration')
] + [
    ("raise BaseException('x')", 'raised', 'BaseException: x'),
    ("raise BaseExceptionGroup('a', [KeyboardInterrupt()])", 'raised', 'BaseExceptionGroup: a (1 sub-exception)'),
    ('import sys\nsys.exit(3)', 'raised', 'SystemExit: 3'),
    ('g = (x for x in [1])\ng.throw(KeyboardInterrupt)', 'raised', 'KeyboardInterrupt'),
    ('g = (x for x in [1])\nnext(g)\ng.throw(KeyboardInterrupt)', 'raised', 'KeyboardInterrupt'),
    ('list(map(lambda x: 1 / x, [0]))', 'raised', 'ZeroDivisionError'),
    ('raise type(print)', 'raised', 'TypeError: exceptions must derive from BaseException'),
    ('def f(): f()\nf()', 'raised', 'RecursionError: maximum recursion depth exceeded'),
]

#: Values whose text CPython would write with an address, a path or a class of ours.
LEAKS: list[str] = [
    'raise ValueError(object())',
    'raise ValueError(print, lambda: 0, object(), (x for x in []), iter([]))',
    "raise OSError(2, 'a', object())",
    'raise KeyError([object()])',
    "'%s' % object()",
    "'%s'.__mod__(object())",
    "f'{object()} {object()!r}' + str(object()) + ascii(object()) + format(object())",
    'str([iter([]), map, map(str, []), zip([]), (x for x in []), "a".join, [].append, str.join, {}.keys(), len])',
    'str(ValueError(object())) + repr(ValueError([object()]))',
    'try:\n    raise ValueError(object())\nexcept ValueError as e:\n    raise KeyError(e) from e',
    'sorted([object(), object()])',
    '[][object()]',
    'e = ValueError()\ne.add_note(repr(object()))\nraise e',
    "import datetime\ndatetime.datetime.strptime('x', '%Q')",
    "import json\njson.loads('{')",
    "import re\nre.compile('(')",
    'import sys\nstr([sys.stdout, sys.version, sys.path, sys.argv])',
    'import os\nstr([os, os.getenv, os.environ])',
]

#: Structures that make C code recurse, or a small value into endless text.
DEEP: list[Row] = [
    ('x = []\nfor i in range(20000): x = [x]\nlen(repr(x))', 'ended', '40002'),
    ('x = ()\nfor i in range(200000): x = (x,)\nhash(x)', 'raised', 'RecursionError'),
    ('x, y = [], []\nfor i in range(100000): x = [x]; y = [y]\nx == y', 'raised', 'RecursionError'),
    ('x = ()\nfor i in range(100000): x = (x,)\nraise ValueError(x)', 'raised', 'ValueError'),
    ('e = ValueError()\nfor i in range(50000): e = ValueError(e)\nraise e', 'raised', 'ValueError'),
    ('e = ValueError()\nfor i in range(50000): e = ValueError(e)\nlen(str(e)) > 0', 'ended', 'True'),
    ('e = KeyError()\ne.args = (e,)\nprint(e)', 'raised', 'RecursionError'),
    ('e = KeyError()\ne.args = (e,)\nraise e', 'raised', 'KeyError: <text not available>'),
    ("e = ValueError()\nfor i in range(50000): e = ExceptionGroup('a', [e])\nraise e", 'raised', 'ExceptionGroup'),
    ('x = [1]\nfor i in range(60): x = [x, x]\nraise ValueError(x)', 'raised', 'ValueError: <text not available>'),
    ('raise ValueError(1 << 100000)', 'raised', 'ValueError: <text not available>'),
    ('x = iter([1])\nfor i in range(100000): x = map(int, x)\nnext(x)', 'raised', 'RecursionError'),
    ('x = iter([1])\nfor i in range(100000): x = zip(x)\nlist(x)', 'raised', 'RecursionError'),
    ("import json\njson.loads('[' * 100000)", 'raised', 'RecursionError'),
    ('import json\nx = []\nfor i in range(100000): x = [x]\njson.dumps(x)', 'raised', 'RecursionError'),
    ("import re\ndef again(match):\n    return re.sub('a', again, 'a')\nagain(1)", 'raised', 'RecursionError'),
    ('def key(x):\n    return sorted([x], key=key)\nkey(1)', 'raised', 'RecursionError'),
    ('x = (int,)\nfor i in range(60): x = (x, x)\nisinstance(1, x)', 'ended', 'True'),
]  # fmt: skip

#: Source that makes CPython's parser or compiler crash, hang or run out of memory.
COMPILING: list[Row] = [
    ('[' * 21 + 'x' + ' for x in y]' * 21, 'refused', 'comprehensions nest more than 8 deep'),
    ('x = ' + '-' * 100_000 + '1', 'refused', 'nested too deeply'),
    ('x = ' + 'not ' * 1000 + '1', 'refused', 'nested more than 200 levels deep'),
    ('x = ' + ' + '.join(['1'] * 5000), 'refused', 'the source is nested'),
    ('a' + '.a' * 20_000, 'refused', 'the source is nested'),
    ('a' + '()' * 5000, 'refused', 'the source is nested'),
    ('lambda: ' * 20_000 + '1', 'refused', 'nested too deeply'),
    ('if 1: pass\n' + 'elif 1: pass\n' * 10_000, 'refused', 'the source is nested'),
    ('x = ' + '(' * 150 + ')' * 150, 'ended', 'None'),
    ('a = 0\nx = ' + ' and '.join(['a'] * 5000), 'ended', 'None'),
    (''.join(' ' * i + 'for x in y:\n' for i in range(25)) + ' ' * 25 + 'pass', 'refused', 'too many statically nested'),
    ('x = ' + '1' * 4301, 'refused', 'Exceeds the limit (4300 digits)'),
    ('x = \0', 'refused', 'null bytes'),
    ("x = '\ud800'", 'refused', 'lone surrogate'),
    ("x = '" + 'a' * 2_000_000 + "'", 'refused', 'more than max_source_bytes=1048576'),
    ('x = 10 ** 10 ** 10', 'limited', 'max_int_bits'),
    ('x = 1 << 10 ** 9', 'limited', 'max_int_bits'),
    ("x = 'a' * 10 ** 10", 'limited', 'max_memory'),
    ('x = (1, 2) * 10 ** 9', 'limited', 'max_memory'),
    ('def never():\n    return 10 ** 10 ** 8', 'ended', 'None'),
]  # fmt: skip


def _named(rows: list[Row]) -> list[object]:
    return [pytest.param(*row, id=ascii(row[0])[:60]) for row in rows]


def check(source: str, kind: str, shown: str) -> None:
    ending = end_of(source, LIMITS)

    assert (ending.kind, shown in ending.text) == (kind, True), ending
    assert not LEAK.search(ending.text), ending


@pytest.mark.parametrize(('source', 'kind', 'shown'), _named(SHARED))
def test_what_all_runs_share_and_what_is_generated_is_closed(source: str, kind: str, shown: str) -> None:
    check(source, kind, shown)


@pytest.mark.parametrize(('source', 'kind', 'shown'), _named(ATTRIBUTES))
def test_no_attribute_leads_out(source: str, kind: str, shown: str) -> None:
    check(source, kind, shown)


@pytest.mark.parametrize(('source', 'kind', 'shown'), _named(STORES))
def test_no_form_of_store_changes_what_runs_share(source: str, kind: str, shown: str) -> None:
    check(source, kind, shown)


@pytest.mark.parametrize(('source', 'kind', 'shown'), _named(FORMATS))
def test_a_format_string_is_no_second_attribute_language(source: str, kind: str, shown: str) -> None:
    check(source, kind, shown)


@pytest.mark.parametrize(('source', 'kind', 'shown'), SUBCLASSES)
def test_a_subclass_of_str_is_no_way_round_a_guard(source: str, kind: str, shown: str) -> None:
    check(source, kind, shown)


@pytest.mark.parametrize(('source', 'kind', 'shown'), _named(NAMES))
def test_no_name_or_module_leads_out(source: str, kind: str, shown: str) -> None:
    check(source, kind, shown)


@pytest.mark.parametrize(('source', 'kind', 'shown'), _named(EXITS))
def test_no_exception_of_a_script_reaches_the_host_as_itself(source: str, kind: str, shown: str) -> None:
    check(source, kind, shown)


@pytest.mark.parametrize('source', LEAKS)
def test_no_text_has_an_address_or_a_path(source: str) -> None:
    ending = end_of(source, LIMITS)

    assert ending.kind in ('ended', 'raised')
    assert not LEAK.search(ending.text)


@pytest.mark.parametrize(('source', 'kind', 'shown'), _named(DEEP))
def test_no_structure_is_too_deep(source: str, kind: str, shown: str) -> None:
    check(source, kind, shown)


@pytest.mark.parametrize(('source', 'kind', 'shown'), _named(COMPILING))
def test_no_source_is_too_much_for_the_compiler(source: str, kind: str, shown: str) -> None:
    check(source, kind, shown)


def test_a_default_that_is_changed_is_that_of_one_run() -> None:
    script = Monty('def f(x, found=[]):\n    found.append(x)\n    return len(found)\nf.calls = f(1)\nf(2)')

    assert [script.run(), script.run()] == [2, 2]


def test_a_name_of_a_built_in_that_is_bound_is_that_of_one_run() -> None:
    first = Monty('def len(x): return -1\ndef f(): return len([])\nf()')
    second = Monty('len([1])')

    assert [first.run(), second.run()] == [-1, 1]


def test_a_generator_that_outlives_its_run_does_not_go_on() -> None:
    printed: list[str] = []
    source = (
        'def work():\n    try:\n        yield 1\n    finally:\n        print("late")\n'
        'kept = work()\ndef look(): return kept\nnext(look())'
    )

    output = Monty(source).run(print_callback=lambda stream, text: printed.append(text))

    assert (output, printed) == (1, [])


def test_an_error_shows_lines_of_the_script_alone() -> None:
    with pytest.raises(MontyRuntimeError) as caught:
        Monty('def f():\n    return [1][object()]\nf()').run()

    assert caught.value.traceback == (
        'Traceback (most recent call last):\n'
        '  File "main.py", line 3, in <module>\n    f()\n'
        '  File "main.py", line 2, in f\n    return [1][object()]\n'
        'TypeError: list indices must be integers or slices, not object'
    )
