"""A state goes on in another version of its script, or is refused with what does not fit."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from monty_flow.interpreter import BoundaryError, Complete, Monty, RelocationRefused, Snapshot, SnapshotError, relocate
from tests.differential import difference, run_on_cpython, run_relocated
from tests.test_language import CORPUS, SCRIPTS

OLD = """
def work(items, limit):
    total = 0
    for item in items:
        got = fetch(item) + 1
        total += got
    return total

def outer(n):
    label = 'old'
    result = work(range(n), 10)
    return label, result

outer(3)
"""


def stopped(source: str, *answers: object) -> Snapshot:
    state = Monty(source).start()
    for answer in answers:
        assert isinstance(state, Snapshot)
        state = state.resume(return_value=answer)
    assert isinstance(state, Snapshot)
    return state


def moved(old: str, new: str, *answers: object) -> Snapshot:
    found = relocate(stopped(old, *answers).dump(), script=Monty(old), onto=Monty(new)).snapshot
    assert isinstance(found, Snapshot)
    return found


def ended(state: object, answer: object = 1) -> object:
    while isinstance(state, Snapshot):
        state = state.resume(return_value=answer)
    assert isinstance(state, Complete)
    return state.output


def test_functions_go_on_with_their_new_bodies_and_their_old_values() -> None:
    new = OLD.replace('total += got', 'total += got * 100').replace(
        'return label, result', "return label, result, 'new'"
    )

    assert ended(moved(OLD, new, 5)) == ('old', 6 + 200 + 200, 'new')


def test_a_move_tells_which_line_stands_for_which() -> None:
    new = '# A comment.\n\n' + OLD.replace('    total = 0\n', '    total = 0\n    seen = []\n')

    found = relocate(stopped(OLD).dump(), script=Monty(OLD), onto=Monty(new))

    assert [(move.function, move.old.line, move.new.line) for move in found.moves] == [
        ('<module>', 14, 17),
        ('outer', 11, 14),
        ('work', 5, 8),
    ]


def test_a_move_tells_which_variables_are_gone() -> None:
    new = OLD.replace("    label = 'old'\n", '').replace('return label, result', 'return result')

    found = relocate(stopped(OLD).dump(), script=Monty(OLD), onto=Monty(new))

    assert [move.gone for move in found.moves] == [(), ('label',), ()]
    assert ended(found.snapshot) == 6


def test_functions_that_the_new_script_adds_are_there() -> None:
    helper = 'def double(x):\n    return x * 2\n'
    new = helper + OLD.replace('total += got', 'total += double(got)')

    assert ended(moved(OLD, new)) == ('old', 12)


def test_other_names_that_the_new_script_adds_before_the_line_are_told() -> None:
    new = 'import math\nFACTOR = 3\ndef scaled(x, by=FACTOR):\n    return x * by\n' + OLD

    found = relocate(stopped(OLD).dump(), script=Monty(OLD), onto=Monty(new))

    assert found.unbound == ('FACTOR', 'math', 'scaled')


@pytest.mark.parametrize(
    ('change', 'reason'),
    [
        (
            ('fetch(item) + 1', 'grab(item) + 1'),
            "'work' stands at line 5, and the new script has no such call there: keep",
        ),
        (
            ('got = fetch(item) + 1', 'got = 1'),
            "'work' stands at line 5, and the new script has no such call there: keep",
        ),
        (
            ('got = fetch(item) + 1', 'got = item + fetch(item)'),
            "'work' stands at line 5, and the new script has no such",
        ),
        (
            ('got = fetch(item) + 1', 'got = total * 2 + fetch(item)'),
            "'work' stands at line 5, and the new script has no",
        ),
        (('work', 'toil'), "the function 'work' is not in the new script, or is of another kind there"),
        (('total += got', 'later = lambda: total'), "'work' shares other variables with inner functions now: total"),
        (
            ('got = fetch(item) + 1', 'got = -fetch(item)'),
            "'work' stands at line 5, and the new script has no such call there",
        ),
        (('for item in items:', 'while items:'), "'work' stands at line 5, and the new script has no such call there"),
        (('def work', 'async def work'), "the function 'work' is not in the new script, or is of another kind there"),
    ],
)
def test_what_does_not_fit_is_refused(change: tuple[str, str], reason: str) -> None:
    data = stopped(OLD).dump()

    with pytest.raises(RelocationRefused) as refused:
        relocate(data, script=Monty(OLD), onto=Monty(OLD.replace(*change)))

    assert reason in str(refused.value)


def test_a_loop_whose_items_changed_goes_on_with_the_old_ones() -> None:
    old = 'found = []\nfor item in [1, 2, 3]:\n    found.append(fetch(item))\nfound'

    assert ended(moved(old, old.replace('[1, 2, 3]', '[7, 8, 9]'), 'a'), 'b') == ['a', 'b', 'b']


def test_half_consumed_generators_closures_and_methods_go_on_in_the_new_script() -> None:
    old = """
def numbers(n):
    for i in range(n):
        yield i

def counter():
    count = 0
    def bump():
        nonlocal count
        count += 1
        return count
    return bump

class Box:
    def __init__(self, value):
        self.value = value
    def shown(self):
        return f'<{self.value}>'

steps = numbers(5)
first = next(steps)
bump = counter()
bump()
box = Box(3)
pause()
[first, list(steps), bump(), box.shown()]
"""
    new = old.replace('yield i', 'yield i * 10').replace('count += 1', 'count += 5').replace("f'<", "f'new <")
    new = new.replace('class Box', 'def unused():\n    pass\n\nclass Box')

    assert ended(moved(old, new)) == [0, [10, 20, 30, 40], 6, 'new <3>']


def test_a_function_in_a_value_that_the_new_script_lacks_is_refused() -> None:
    old = 'def add(x):\n    return x + 1\nheld = [add]\npause()\nheld[0](1)'

    with pytest.raises(RelocationRefused, match="the function 'add' is not in the new script"):
        moved(old, 'held = []\npause()\n1')


class _Shifted(ast.NodeTransformer):
    """Put a statement at the start of every block of functions, loops and the module, so that all numbers and lines move."""

    def generic_visit(self, node: ast.AST) -> Any:
        super().generic_visit(node)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.For | ast.While):
            at = 0
            for statement in node.body:
                is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
                is_future = isinstance(statement, ast.ImportFrom) and statement.module == '__future__'
                if not (is_text or is_future or isinstance(statement, ast.Global | ast.Nonlocal)):
                    break
                at += 1
            # After what has to come first; never at the end, which may be the value of the script.
            if at < len(node.body):
                node.body.insert(at, ast.Pass())
        return node


#: Areas in which functions stand in the middle in every way; scripts that show their own lines are left out.
AREAS = (
    'asynchronous',
    'classes',
    'comprehensions',
    'exceptions',
    'functions',
    'generators',
    'loops',
    'match',
    'scopes',
)
MOVED = [
    name
    for name in SCRIPTS
    if name.startswith(AREAS) and not any(word in SCRIPTS[name].read_text('utf-8') for word in ('lineno', 'traceback'))
]


@pytest.mark.parametrize('script', MOVED)
def test_a_script_that_moves_between_two_versions_at_every_pause_shows_the_same(script: str) -> None:
    source = SCRIPTS[script].read_text('utf-8')
    tree = ast.fix_missing_locations(_Shifted().visit(ast.parse(source)))

    outcome = run_relocated(source, ast.unparse(tree))

    found = difference(run_on_cpython(source), outcome, 'moved')
    assert not found, f'{SCRIPTS[script].relative_to(CORPUS.parent)} differs:\n{found}'


def test_a_state_of_another_script_than_the_named_one_is_refused() -> None:
    with pytest.raises(SnapshotError, match='belongs to another script'):
        relocate(stopped(OLD).dump(), script=Monty('1'), onto=Monty(OLD))


def test_a_variable_is_assigned_in_the_innermost_function_that_has_it() -> None:
    state = stopped(OLD, 5)

    state.assign('total', 1000)
    state.assign('label', 'edited')

    assert ended(state) == ('edited', 1000 + 2 + 2)


def test_captured_and_global_variables_can_be_assigned() -> None:
    state = stopped("""
factor = 2
def make():
    base = 1
    def inner():
        return pause() + base
    return inner()
make() * factor
""")

    state.assign('base', 10)
    state.assign('factor', 3)

    assert ended(state) == 33


def test_a_name_that_is_not_bound_cannot_be_assigned() -> None:
    with pytest.raises(BoundaryError) as refused:
        stopped(OLD).assign('totle', 1)

    assert str(refused.value) == (
        "the script has no variable 'totle' here; it has item, items, label, limit, n, outer, total, work"
    )


def test_a_value_that_cannot_enter_cannot_be_assigned() -> None:
    with pytest.raises(BoundaryError):
        stopped(OLD).assign('total', object())
