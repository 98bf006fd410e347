"""What differs from CPython on purpose: one row a difference, with a script that shows it.

`docs/language.md` is made of this table and those of the compiler; a test runs every script here and on CPython.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Divergence:
    """One thing that is otherwise than in CPython."""

    what: str
    why: str
    #: Shows it: the value of its last expression differs.
    script: str
    #: That value here; for what is refused the end of the error.
    here: object


DIVERGENCES: tuple[Divergence, ...] = (
    Divergence(
        '`id()` counts 1, 2, 3 in the order in which a script asks',
        'addresses would tell of the host, and mean nothing after a pause',
        'id(object())',
        1,
    ),
    Divergence(
        'texts show no addresses: `<object object>`',
        'the same',
        "'0x' in repr(object())",
        False,
    ),
    Divergence(
        'the `__dict__` of a class is a copy',
        'a class holds names of ours beside those of the script',
        "class A: pass\nnames = A.__dict__\nA.x = 1\n'x' in names",
        False,
    ),
    Divergence(
        'modules of the library are read-only',
        'scripts of one process share what does not belong to a run',
        'import math\ntry:\n    math.tau = 1\n    found = True\nexcept AttributeError:\n    found = False\nfound',
        False,
    ),
    Divergence(
        '`sys` tells of the sandbox: `sys.platform`, `sys.version`, an empty `sys.path`',
        'what runs a script is no business of the script',
        'import sys\nsys.platform',
        'monty',
    ),
    Divergence(
        'local time is UTC',
        'a script may go on in another place than where it began',
        "import time\ntime.tzname == ('UTC', 'UTC') and not hasattr(time, 'tzset')",
        True,
    ),
    Divergence(
        '`del` and the end of an object run no code: a `__del__` is called by the script alone',
        'when an object goes away depends on the process, and a pause cannot happen there',
        'called = []\nclass A:\n    def __del__(self):\n        called.append(1)\nA()\ncalled',
        [],
    ),
    Divergence(
        'references of `weakref` keep what they refer to, and no callback is called',
        'the same',
        'import weakref\nclass A:\n    pass\nweakref.ref(A())() is None',
        False,
    ),
    Divergence(
        'an int has at most `max_int_bits` bits (a million by default)',
        'one operation on larger ones takes longer than a limit can look',
        '1 << 2_000_000',
        'max_int_bits',
    ),
    Divergence(
        'the precision of `decimal` is at most 4,000 digits',
        'the same',
        'from decimal import getcontext\ntry:\n    getcontext().prec = 10_000\n    found = True\nexcept ValueError:\n'
        '    found = False\nfound',
        False,
    ),
    Divergence(
        '`json` nests at most 900 levels deep, and always looks for circles',
        'its C code recurses on the stack of the host',
        'import json\nx = []\nx.append(x)\ntry:\n    json.dumps(x, check_circular=False)\nexcept (ValueError, RecursionError)'
        ' as error:\n    found = type(error).__name__\nfound',
        'ValueError',
    ),
    Divergence(
        'a traceback has no frames: `tb_frame` and its kin are refused, `traceback` shows the lines',
        'frames lead to everything',
        'try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    error.__traceback__.tb_frame',
        "the attribute 'tb_frame' is refused",
    ),
    Divergence(
        'a built-in that is bound through `globals()` or by `exec` is another one for code made of text alone',
        'the script around it was compiled for the built-in',
        "exec('len = lambda x: 5')\nlen([])",
        0,
    ),
    Divergence(
        'what `compile` gives is inert, and one piece of code has 64 KB at most',
        'code objects lead to the host, and compiling cannot be interrupted',
        "compile('1', '', 'eval').co_code",
        "the attribute 'co_code' is refused",
    ),
    Divergence(
        'a `threading.Thread`, and the work of a `ThreadPoolExecutor`, is done when it is started; what waits for another thread with a time-out is over at once',
        'a script runs in one thread, so that its state is bytes at every pause; calls that are to run at the same time belong under `asyncio.gather`',
        'import threading\ntold = threading.Event()\nthread = threading.Thread(target=told.wait, args=(0.2,))\nthread.start()\nthread.is_alive()',
        False,
    ),
    Divergence(
        'a `memoryview` of an instance of a class that derives from `bytearray` is refused; one of a class that derives from `bytes` is of an exact copy',
        'the class could release the view while CPython reads from it',
        "class B(bytes): pass\ntype(memoryview(B(b'a')).obj) is B",
        False,
    ),
)
