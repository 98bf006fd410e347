"""The compute programs of the interpreter's benchmark: short ones of our own, and those of pyperformance.

pyperformance's are read from the installed package (they are not ours to copy). Each is turned into a script: the
import of pyperf and the command line at its end are left out, its clock always says 0, and one expression is added
that runs the benchmark once and gives a value by which the contenders can be compared.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from class_programs import CLASSES
from classics import CLASSICS
from library_programs import LIBRARY
from number_programs import NUMBERS


@dataclass(frozen=True, slots=True)
class Computation:
    """One compute program; its last expression is a value that all contenders must agree on."""

    name: str
    source: str
    #: Whether it is one of pyperformance's; else it is ours.
    is_pyperformance: bool = False
    #: Whether the bars name it or its class; the others stand for more classes of programs.
    is_named: bool = False


_OWN: dict[str, str] = {
    'fib(25)': """
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)

fib(25)
""",
    'comprehension recursion': """
def tree(n):
    return [tree(i) for i in range(n)]

len(tree(10))
""",
    'dict building': """
def build(n):
    counts = {}
    for i in range(n):
        key = 'k' + str(i % 100)
        counts[key] = counts.get(key, 0) + i
    return counts

sum(build(20000).values())
""",
    'string building': """
def build(n):
    parts = []
    for i in range(n):
        parts.append(str(i) + ',')
    text = ''.join(parts)
    return text

len(build(20000))
""",
    'sort 10k': """
def work():
    values = [(i * 7919) % 10007 for i in range(10000)]
    values.sort()
    pairs = sorted(values, key=lambda v: -v)
    return values[0] + pairs[0]

work()
""",
    'nested loops': """
def work(n):
    total = 0
    for i in range(n):
        for j in range(n):
            if (i + j) % 3 == 0:
                total += i * j
    return total

work(250)
""",
    'while loop': """
def collatz(limit):
    best, steps = 0, 0
    for start in range(1, limit):
        n, count = start, 0
        while n != 1:
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            count += 1
        if count > steps:
            best, steps = start, count
    return best, steps

collatz(1500)
""",
    'json-like data': """
def make(n):
    return [{'id': i, 'name': f'user{i}', 'tags': ['a', 'b', str(i % 7)], 'active': i % 2 == 0} for i in range(n)]

def walk(value):
    if isinstance(value, dict):
        return sum(walk(item) for item in value.values())
    if isinstance(value, list):
        return sum(walk(item) for item in value)
    return 1

walk(make(1000))
""",
    'row aggregation': """
rows = [{'region': 'north' if i % 3 else 'south', 'amount': i * 1.5, 'units': i % 10} for i in range(5000)]

def aggregate(rows):
    totals = {}
    for row in rows:
        entry = totals.setdefault(row['region'], {'amount': 0.0, 'units': 0, 'count': 0})
        entry['amount'] += row['amount']
        entry['units'] += row['units']
        entry['count'] += 1
    return {region: (round(entry['amount'] / entry['count'], 2), entry['units']) for region, entry in totals.items()}

sorted(aggregate(rows).items())
""",
    'string parsing': """
text = 'key1=value1; key2=12; key3=3.5; key4=true\\n' * 500

def parse(text):
    found = []
    for line in text.split('\\n'):
        if not line:
            continue
        fields = {}
        for part in line.split(';'):
            name, _, value = part.strip().partition('=')
            if value.isdigit():
                fields[name] = int(value)
            elif value.replace('.', '', 1).isdigit():
                fields[name] = float(value)
            else:
                fields[name] = value
        found.append(fields)
    return found

len(parse(text)), parse(text)[0]['key3']
""",
    'f-string report': """
def report(n):
    lines = []
    for i in range(n):
        lines.append(f'{i:5d} | {i * 1.25:10.2f} | {"item " + str(i):<20} | {i % 7 == 0!r}')
    return '\\n'.join(lines)

len(report(5000))
""",
    'regex': """
import re
text = 'alice@example.com, bob@test.org; 2024-01-15 and 2023-12-31. ' * 100
mails = re.findall(r'[a-z]+@[a-z]+\\\\.[a-z]+', text)
dates = [m.group(1) for m in re.finditer(r'(\\\\d{4})-\\\\d{2}-\\\\d{2}', text)]
len(mails), len(dates), len(re.sub(r'\\\\d+', '#', text))
""".replace('\\\\', '\\'),
    'datetime': """
from datetime import datetime, timedelta
start = datetime(2024, 1, 1)
days = [start + timedelta(days=i, hours=i % 24) for i in range(3000)]
weekend = [d for d in days if d.weekday() >= 5]
len(weekend), (days[-1] - days[0]).days, sum(d.month for d in days)
""",
    'list append': """
def work(n):
    values = []
    for i in range(n):
        values.append(i)
    return len(values)

work(100000)
""",
    'float objects': """
class Vector:
    def __init__(self, x, y, z):
        self.x = x
        self.y = y
        self.z = z

    def dot(self, other):
        return self.x * other.x + self.y * other.y + self.z * other.z

    def scaled(self, factor):
        return Vector(self.x * factor, self.y * factor, self.z * factor)

def work(n):
    total = 0.0
    v = Vector(1.0, 2.0, 3.0)
    for i in range(n):
        w = v.scaled(i * 0.5)
        total += v.dot(w)
    return total

work(10000)
""",
    'matrix multiply': """
def multiply(a, b):
    columns = list(zip(*b))
    return [[sum(x * y for x, y in zip(row, column)) for column in columns] for row in a]

a = [[(i * j) % 7 for j in range(40)] for i in range(40)]
sum(map(sum, multiply(a, a)))
""",
    'sieve': """
def primes(n):
    flags = [True] * (n + 1)
    flags[0] = flags[1] = False
    for i in range(2, int(n ** 0.5) + 1):
        if flags[i]:
            flags[i * i :: i] = [False] * len(range(i * i, n + 1, i))
    return [i for i, flag in enumerate(flags) if flag]

len(primes(100000))
""",
    'word count': """
text = 'the quick brown fox jumps over the lazy dog and runs away from the other dog ' * 300

def count(text):
    counts = {}
    for word in text.split():
        if word in counts:
            counts[word] += 1
        else:
            counts[word] = 1
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:3]

count(text)
""",
}

#: Name of a benchmark of pyperformance -> the expression that runs it once.
_PYPERFORMANCE: dict[str, str] = {
    'nbody': 'bench_nbody(1, DEFAULT_REFERENCE, 2000)',
    'richards': 'Richards().run(1)',
    'deltablue': 'delta_blue(50)',
    'nqueens': 'bench_n_queens(6)',
    'raytrace': 'bench_raytrace(1, 30, 30, None)',
    'go': 'versus_cpu()',
    'pidigits': 'calc_ndigits(500)',
    'fannkuch': 'fannkuch(7)',
    'spectral_norm': 'bench_spectral_norm(1)',
    'float': 'repr(benchmark(3000))',
    'generators': 'bench_generators(1)',
    'coroutines': 'bench_coroutines(1)',
    'deepcopy': 'benchmark(20)',
    'hexiom': 'main(1, 10)',
    'chaos': 'chaos()',
    'meteor_contest': 'meteor()',
    'comprehensions': 'bench_comprehensions(1)',
    'barnes_hut': 'bench_quadtree_nbody(1, 20, 2, 0.5)',
    'richards_super': 'Richards().run(1)',
}
#: Programs of which pyperformance has several in one file, or that are called otherwise there -> the file, and the expression.
_OF_FILE: dict[str, tuple[str, str]] = {
    'scimark_sor': ('scimark', 'bench_SOR(1, 24, 4, Array2D)'),
    'scimark_sparse': ('scimark', 'bench_SparseMatMult(4, 200, 2000)'),
    'scimark_monte_carlo': ('scimark', 'bench_MonteCarlo(1, 4000)'),
    'scimark_lu': ('scimark', 'bench_LU(1, 24)'),
    'scimark_fft': ('scimark', 'bench_FFT(1, 256, 1)'),
    'mdp': ('mdp', 'repr(Battle().evaluate(0.9))'),
    'pprint': ('pprint', 'len(PrettyPrinter().pformat([("string", (1, 2), [3, 4], {5: 6, 7: 8})] * 300))'),
    'async_generators': ('async_generators', 'asyncio.run(items(800))'),
    'async_tree': ('async_tree', 'asyncio.run(tree(False))'),
    'async_tree_tg': ('async_tree', 'asyncio.run(tree(True))'),
    'logging_silent': ('logging', 'bench_silent(300, *prepared())'),
    'logging_format': ('logging', 'bench_formatted_output(30, *prepared())'),
    'json_dumps': (
        'json_dumps',
        'bench_json_dumps([(EMPTY[0], range(200)), (SIMPLE[0], range(100)), (NESTED[0], range(100))])',
    ),
    'json_loads': ('json_loads', 'bench_json_loads(tuple(json.dumps(each) for each in (DICT, TUPLE, DICT_GROUP)))'),
    'unpack_sequence': ('unpack_sequence', 'bench_all(100)'),
    'regex_effbot': ('regex_effbot', 'bench_regex_effbot(1)'),
    'regex_v8': ('regex_v8', 'bench_regex_v8(1)'),
    'decimal_factorial': ('decimal_factorial', 'small()'),
    'decimal_pi': ('decimal_pi', 'small()'),
    'gc_traversal': ('gc_traversal', 'benchamark_collection(1, 60)'),
    'argparse': ('argparse', 'bm_many_optionals() and 0'),
    'argparse_subparsers': ('argparse', 'bm_subparsers() and 0'),
    'base64': ('base64', 'bench_b64_small(1)'),
}
_LOGGER = """
def prepared():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream=stream)
    logger = logging.getLogger("benchlogger")
    logger.propagate = False
    logger.handlers.clear()
    logger.addHandler(handler)
    logger.setLevel(logging.WARNING)
    return logger, stream
"""
_TREE = """
NUM_RECURSE_LEVELS = 3

async def tree(use_task_groups):
    await NoneAsyncTree(use_task_groups=use_task_groups).run()
"""
#: What a program needs beside its own text.
_ADDED: dict[str, str] = {
    'logging_silent': _LOGGER,
    'logging_format': _LOGGER,
    'async_tree': _TREE,
    'async_tree_tg': _TREE,
    'async_generators': """
import asyncio

async def items(count):
    total = 0
    async for item in tree(range(count)):
        total += item
    return total
""",
    'regex_effbot': """
bench_regex_effbot.data = init_benchmarks((0, 5, 50))
""",
    'decimal_factorial': """
def small():
    decimal.getcontext().prec = 2000
    return str(factorial(decimal.Decimal(500), 0))[:20]
""",
    'decimal_pi': """
def small():
    decimal.getcontext().prec = 19
    for _ in range(100):
        value = pi_decimal()
    return str(value)
""",
    'chaos': """
def chaos():
    splines = [
        Spline([GVector(1.597, 3.304, 0.0), GVector(1.576, 4.123, 0.0), GVector(1.313, 5.288, 0.0),
                GVector(1.619, 5.330, 0.0), GVector(2.890, 5.503, 0.0), GVector(2.373, 4.382, 0.0),
                GVector(1.662, 4.360, 0.0)], 3, [0, 0, 0, 1, 1, 1, 2, 2, 2]),
        Spline([GVector(2.805, 4.017, 0.0), GVector(2.551, 3.525, 0.0), GVector(1.979, 2.620, 0.0),
                GVector(1.979, 2.620, 0.0)], 3, [0, 0, 0, 1, 1, 1]),
    ]
    game = Chaosgame(splines, 0.25)
    return len(game.create_image_chaos(64, 64, 1000, None, 1234) or [])
""",
    'meteor_contest': """
def meteor():
    board, cti, pieces = get_puzzle(WIDTH, HEIGHT)
    fps = get_footprints(board, cti, pieces)
    se_nh = get_senh(board, cti)
    return bench_meteor_contest(1, board, pieces, SOLVE_ARG, fps, se_nh)
""",
}


def computations() -> Iterator[Computation]:
    """Yield every program that can be had; those of pyperformance only where it is installed."""
    for name, source in (_OWN | CLASSICS | NUMBERS | CLASSES | LIBRARY).items():
        yield Computation(name, source, is_named=name in _OWN)
    root = _pyperformance_root()
    if root is None:
        return
    files = {name: (name, expression) for name, expression in _PYPERFORMANCE.items()} | _OF_FILE
    for name, (folder, expression) in files.items():
        file = root / f'bm_{folder}' / 'run_benchmark.py'
        if file.exists():
            ending = _ADDED.get(name, '') + '\n' + expression
            script = as_script(file.read_text('utf-8'), ending)
            yield Computation(name, script, is_pyperformance=True, is_named=name in _PYPERFORMANCE)


def _pyperformance_root() -> Path | None:
    found = importlib.util.find_spec('pyperformance')
    if found is None or found.origin is None:
        return None
    return Path(found.origin).parent / 'data-files' / 'benchmarks'


def as_script(source: str, ending: str) -> str:
    """Return a benchmark of pyperformance as a script that ends with `ending`."""
    source = re.split(r'^if __name__ == ', source, maxsplit=1, flags=re.M)[0]
    source = re.sub(r'^import pyperf\n', '', source, flags=re.M)
    source = source.replace('pyperf.perf_counter()', '0.0').replace('pyperf.Runner()', 'None')
    return f'{source}\n{ending}\n'
