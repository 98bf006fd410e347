"""What is loaded when: a part is imported when it is first used, so that a start costs what it needs."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

#: What the front door must leave alone until a script is compiled.
NOT_BY_THE_FRONT_DOOR = (
    'ast', 'asyncio', 'ctypes', 'datetime', 'decimal', 'fractions', 'hashlib', 'json', 'msgpack', 'pathlib', 'random', 'regex', 'statistics',
    'threading', 'uuid', 'zstandard', 'monty_flow.interpreter.boundary', 'monty_flow.interpreter.compiler',
    'monty_flow.interpreter.modules', 'monty_flow.interpreter.runtime', 'monty_flow.interpreter.snapshot.state', 'monty_flow.interpreter.pool',
)  # fmt: skip
#: What a script without imports, run to its end, must leave alone.
NOT_BY_A_PLAIN_RUN = (
    'asyncio', 'fractions', 'json', 'msgpack', 'pathlib', 'random', 'regex', 'statistics', 'uuid', 'zstandard', 'csv', 'hmac',
    'copy', 'dataclasses', 'dis', 'hashlib', 'inspect', 'tokenize', 'unicodedata', 'zlib', 'monty_flow.interpreter.os_access', 'monty_flow.interpreter.views',
    'monty_flow.interpreter.runtime.dataclass_source', 'monty_flow.interpreter.runtime.enum_making',
    'monty_flow.interpreter.runtime.files', 'monty_flow.interpreter.runtime.open_files',
    'monty_flow.interpreter.snapshot.state', 'monty_flow.interpreter.snapshot.header', 'monty_flow.interpreter.modules.copy', 'monty_flow.interpreter.modules.csv',
    'monty_flow.interpreter.modules.json', 'monty_flow.interpreter.modules.re', 'monty_flow.interpreter.modules.typing',
    'monty_flow.interpreter.modules.written', 'monty_flow.interpreter.pool', 'monty_flow.interpreter.compiler.super_values',
)  # fmt: skip
#: Modules of ours, and of Python's library, that a program may load: each costs some 0.2 ms.
FEW_MODULES = [
    ('from monty_flow import Monty', 8, 29),
    (
        "from monty_flow import Monty\nassert Monty('x * y', inputs=['x', 'y']).run(inputs={'x': 6, 'y': 7}) == 42",
        135,
        50,
    ),
]
NOT_BY_THE_HELP = (
    'sqlalchemy',
    'alembic',
    'psycopg',
    'rich',
    'email',
    'importlib.metadata',
    'tomllib',
    'zipfile',
    'asyncio',
    'msgpack',
    'regex',
    'monty_flow.interpreter',
    'monty_flow.engine',
)


def loaded_by(program: str, names: tuple[str, ...]) -> list[str]:
    """Return which of these modules are loaded in a process that has run a program."""
    asked = f'{program}\nimport sys\nprint([name for name in {names!r} if name in sys.modules])'
    found = subprocess.run([sys.executable, '-c', asked], capture_output=True, text=True, check=True)
    listed: list[str] = ast.literal_eval(found.stdout.splitlines()[-1])
    return listed


@pytest.mark.parametrize(
    'statement', ['import monty_flow', 'import monty_flow.interpreter', 'from monty_flow import Monty']
)
def test_importing_the_front_door_loads_neither_compiler_nor_modules(statement: str) -> None:
    assert loaded_by(statement, NOT_BY_THE_FRONT_DOOR) == []


def test_errors_and_limits_do_not_load_the_compiler() -> None:
    program = 'from monty_flow import MontyError, ResourceLimits, OSAccess, KeyRing\nResourceLimits(max_steps=5)'
    names = tuple(name for name in NOT_BY_THE_FRONT_DOOR if name not in ('hashlib', 'random'))

    assert loaded_by(program, names) == []


def test_a_run_of_a_script_without_imports_loads_no_module_of_the_library_and_no_codec() -> None:
    program = """
from monty_flow import Monty
assert Monty('class A:\\n    def __init__(self):\\n        self._run = [1]\\nsum(A()._run)').run() == 1
"""
    assert loaded_by(program, NOT_BY_A_PLAIN_RUN) == []


@pytest.mark.parametrize(('statements', 'most_of_ours', 'most_of_python'), FEW_MODULES)
def test_an_import_and_a_first_run_load_few_modules(statements: str, most_of_ours: int, most_of_python: int) -> None:
    program = f"""
import sys
before = set(sys.modules)
{statements}
loaded = set(sys.modules) - before
ours = [name for name in loaded if name.startswith('monty_flow')]
print(len(ours), len(loaded) - len(ours))
"""
    found = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True, check=True)
    ours, others = map(int, found.stdout.split())

    assert ours <= most_of_ours
    assert others <= most_of_python


def test_the_built_ins_in_the_script_language_are_compiled_when_a_script_needs_them() -> None:
    program = """
from monty_flow import Monty
from monty_flow.interpreter.runtime.prelude import prelude_program
Monty('sorted([2, 1], key=lambda x: -x)').run()
assert prelude_program.cache_info().currsize == 0
Monty('sorted([2, 1], key=fetch)').start()
assert prelude_program.cache_info().currsize == 1
"""
    assert loaded_by(program, ()) == []


def test_a_module_is_loaded_when_a_script_imports_it() -> None:
    program = "from monty_flow import Monty\nassert Monty('import json\\njson.dumps([1])').run() == '[1]'"
    names = ('monty_flow.interpreter.modules.json', 'monty_flow.interpreter.modules.csv')

    assert loaded_by(program, names) == ['monty_flow.interpreter.modules.json']


def test_the_help_of_the_command_loads_no_database_and_no_interpreter() -> None:
    program = """
import sys
from monty_flow.cli import main
sys.argv = ['monty-flow', '--help']
try:
    main()
except SystemExit as end:
    assert not end.code
"""
    assert loaded_by(program, NOT_BY_THE_HELP) == []
