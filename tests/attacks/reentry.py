"""Methods of a script's class that C calls in the middle of its work, and that take from under it what it works on.

Sizes are such that freed memory goes back to the system: what C then reads or writes is seen as a crash.
"""

from __future__ import annotations

_BYTES = "ba = bytearray(b'a' * 2_000_000)\nclass X:\n    def __index__(self):\n        ba.clear()\n        return 98\n"
_DERIVED = _BYTES.replace('ba = bytearray(', 'class B(bytearray): pass\nba = B(', 1)
_ITEMS = 'items = [0] * 1_000_000\ndef empty():\n    items.clear()\n    yield from [1] * 500_000\n'
_SHOWN = (
    "ba = bytearray(b'a' * 2_000_000 + b'{}' + b'a' * 1_000_000)\n"
    'class R:\n    def __repr__(self):\n        ba.clear()\n        return "x"\n'
    '    def __index__(self):\n        ba.clear()\n        return 1\n'
    '    def __getitem__(self, key):\n        ba.clear()\n        return b"x"\n'
)

#: Scripts that ended the process on every CPython, or on those before 3.12.5 or 3.13.
SCRIPTS: dict[str, list[str]] = {
    'C code re-entered': [
        *(
            _BYTES + use
            for use in (
                'ba.find(X())',
                'ba.index(X())',
                'ba.rfind(X())',
                'ba.rindex(X())',
                'ba.count(X())',
                "ba.find(b'b', X())",
                "ba.count(b'b', X())",
                "ba.startswith(b'b', X())",
                "ba.endswith((b'b',), X())",
                "class Y:\n    def __add__(self, other): return X()\nfor y in [Y()]: ba.startswith(b'b', y + 1)",
                "for y in [X()]: ba.endswith(b'b', 0, y)",
                "list(map(ba.startswith, [b'b'], [X()]))",
                "bytearray.endswith(ba, b'b', X())",
                "getattr(ba, 'startswith')(b'b', *[X()])",
                'X() in ba',
                'ba.__contains__(X())',
                'import operator\noperator.contains(ba, X())',
                "import operator\noperator.methodcaller('startswith', b'b', X())(ba)",
                "import functools\nfunctools.partial(bytearray.startswith, ba, b'b')(X())",
            )
        ),
        *(_DERIVED + use for use in ('X() in ba', 'ba.find(X())', "ba.startswith(b'b', X())", 'ba.count(X())')),
        "class B(bytearray):\n    def __contains__(self, item): return super().__contains__(item)\n"
        + _BYTES.replace('bytearray(', 'B(', 1)
        + 'X() in ba',
        *(_SHOWN.format('%r') + use for use in ('ba % R()', 'ba.__mod__(R())', 'ba %= R()', 'import operator\noperator.mod(ba, R())')),
        _SHOWN.format('%x') + 'ba % (R(),)',
        _SHOWN.format('%(a)s') + 'ba % R()',
        'class B(bytearray): pass\n' + _SHOWN.format('%r').replace('bytearray(', 'B(', 1) + 'ba % R()',
        "class B(bytes):\n    def __hash__(self):\n        view.release()\n        return 1\n"
        "view = memoryview(B(b'x' * 10_000_000))\nhash(view), {view: 1}",
        'class B(bytearray):\n    def __hash__(self):\n        view.release()\n        self.clear()\n        return 1\n'
        "view = memoryview(B(b'x' * 10_000_000)).toreadonly()\n{view: 1}",
        *(
            _ITEMS + use
            for use in (
                'items[::2] = empty()',
                'items[::2], y = empty(), 1',
                'for items[::2] in [empty()]: pass',
                'places = slice(None, None, 2)\nitems[places] = empty()',
                'items.__setitem__(slice(None, None, 2), empty())',
                'list.__setitem__(items, slice(None, None, 2), empty())',
                'import operator\noperator.setitem(items, slice(None, None, 2), empty())',
                'class L(list):\n    def __iter__(self): return empty()\nitems[::2] = L()',
                'class L(tuple):\n    def __iter__(self): return empty()\nitems[::2] = L()',
                'items[::2] = map(lambda x: items.clear() or x, [1] * 500_000)',
            )
        ),
        'class L(list):\n    def __setitem__(self, place, value): super().__setitem__(place, value)\n'
        + _ITEMS.replace('[0] * 1_000_000', 'L([0] * 1_000_000)')
        + 'items[::2] = empty()',
        'import collections\nn = 0\nclass K:\n    def __hash__(self): return 3\n    def __eq__(self, other):\n        global n\n        n += 1\n'
        '        if n == 2: a.clear()\n        return True\n'
        'a = collections.OrderedDict({K(): 4, 5: 6})\nb = collections.OrderedDict({K(): 4, 5: 6})\na == b, a != b',
        'import collections\nn = 0\nclass K:\n    def __hash__(self): return 3\n    def __eq__(self, other):\n        global n\n        n += 1\n'
        '        return n == 1\na = collections.OrderedDict({K(): 1})\na.pop(K())',
        'import collections\nclass V:\n    def __add__(self, other):\n        c.clear()\n        [bytes(48) for i in range(100)]\n        return NotImplemented\n'
        "c = collections.Counter()\nc['a'] = V()\nc.update('aab')",
        "import collections\nclass X:\n    def __init__(self): self.data = bytearray(3_000_000)\n    def __eq__(self, other):\n        d.clear()\n"
        "        return NotImplemented\nclass Z:\n    def __eq__(self, other):\n        [bytes(48) for i in range(1000)]\n        return [other.data] == 0\n"
        "d = collections.deque(X() for i in range(3))\nd.index(Z())",
        "e = UnicodeDecodeError('utf8', b'abc', -10**12, -10**12 + 1, 'r')\nstr(e), f'{e}', repr(e), e.__str__()\nraise e",
        "e = UnicodeDecodeError('utf8', b'abc', 0, 1, 'r')\ne.start, e.end = -10**12, -10**12 + 1\nraise e",
        "class E(UnicodeDecodeError):\n    def __str__(self): return super().__str__()\nraise E('utf8', b'abc', -10**12, -10**12 + 1, 'r')",
    ],
}  # fmt: skip
