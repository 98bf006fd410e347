"""Scripts that sit in one of the operations that `docs/security.md` names: only a pool holds their limits."""

from __future__ import annotations

SCRIPTS: dict[str, list[str]] = {
    'named operations': [
        'x = 1<<900000\nx = [x|i for i in range(10**5)]',
        "d = {0: 0}\n" + "d = d | {k + len(d): 0 for k in d}\n" * 60,
        "d = {0: 0}\n" + "d.update({k + len(d): 0 for k in d})\n" * 60,
        "d = {0}\n" + "d |= {k + len(d) for k in d}\n" * 60,
        "class S(set): pass\nS(range(10**8))",
        "import itertools\nclass S(set): pass\nS(itertools.count())",
        "class S(frozenset): pass\nS(range(10**8))",
        "class D(dict): pass\nD(zip(range(10**8), range(10**8)))",
        "class D(dict): pass\nD.fromkeys(range(10**8))",
        "x = b'\\xf0\\x9f\\x98\\x80' + b'a' * 50000000\nx.decode()",
        "import itertools\ndict.fromkeys(itertools.count())",
        "{i for i in range(10**9)}",
        "{i: i for i in range(10**9)}",
        "dict(map(lambda i: (i, i), range(10**9)))",
        "a = 'a' * 30000000\nb = 'a' * 29999999 + 'b'\n" + "a < b\n" * 1000,
        "a = set(range(10**6))\nx = (" + "a | a, " * 300 + ")",
        "a = set(range(10**6))\n" + "b = a & a\n" * 300,
        "a = dict.fromkeys(range(10**6))\n" + "b = a | a\n" * 300,
        "a = dict.fromkeys(range(10**6))\n" + "b = a == {**a}\n" * 100,
        "x = [1]\ny = [1]\nfor i in range(30):\n    x = [x, x]\n    y = [y, y]\nx == y",
        "x = (1,)\nfor i in range(60): x = (x, x)\nd = {x: 1}",
        "def f(**k): pass\nf(**{str(i): 1 for i in range(10**6)})",
    ],
}  # fmt: skip
