"""Where a script cannot be stopped, an external call is refused by a typed error and never taken for something else."""

from __future__ import annotations

from typing import Any

import pytest

from monty_flow import Complete, Monty, ResourceLimits, Snapshot, load
from monty_flow.interpreter.compiler.program import GENERATED_FILE, LIBRARY_FILE, MODULE_FILE, PRELUDE_FILE
from monty_flow.interpreter.errors import PauseRefused
from monty_flow.interpreter.runtime.pause import CODE_FILE, EMITTED

CLASS = """
class Item:
    def __init__(self, value): self.value = value
    def __hash__(self): return call('hash')
    def __float__(self): return call('float')
"""


def stopped(source: str) -> Any:
    return Monty(source, external_functions=['call']).start()


@pytest.mark.parametrize(
    ('statement', 'method'),
    [
        ('{Item(1): 1}', '__hash__'),
        ('x = {}\nx[Item(1)] = 2', '__hash__'),
        ('x = set()\nx.add(Item(1))', '__hash__'),
        ('import math\nmath.hypot(*map(Item, [1]), {Item(2): 1})', '__hash__'),
        ('def plain():\n    x = {}\n    x[Item(1)] = 2\nplain()', '__hash__'),
        ('[{Item(n): n} for n in range(2)]', '__hash__'),
    ],
)
def test_a_call_inside_an_operation_of_python_is_refused(statement: str, method: str) -> None:
    with pytest.raises(PauseRefused) as caught:
        stopped(CLASS + statement)

    assert str(caught.value).startswith(
        f"the external function 'call' was called by '{method}', which Python itself calls"
    )


def test_the_refusal_says_where_and_what_to_do() -> None:
    with pytest.raises(PauseRefused) as caught:
        stopped('class A:\n    def __hash__(self): return call(1)\n{A()}')

    assert str(caught.value) == (
        "the external function 'call' was called by '__hash__', which Python itself calls in line 3 of '<module>', where"
        " the script cannot be stopped: call 'call' before, in a statement of its own"
    )


KEYS = """
class Key:
    def __init__(self, value): self.value = value
    def __hash__(self): return 1
    def __eq__(self, other): return call('eq') and self.value == other.value
"""


def ended(source: str) -> Any:
    """Run a script to its end, through bytes at each call; all calls give True."""
    state = stopped(source)
    while not isinstance(state, Complete):
        state = load(state.dump()).resume(return_value=True)
    return state.output


def test_keys_of_one_hash_are_loaded_without_asking_whether_they_are_equal() -> None:
    source = (
        KEYS
        + 'table = {Key(1): "a", Key(2): "b"}\nkinds = frozenset(table)\ncall("here")\n[table[Key(2)], len(kinds), Key(1) in kinds]'
    )

    assert ended(source) == ['b', 2, True]


def test_the_keys_of_a_cache_may_stop_in_their_comparison() -> None:
    source = KEYS + (
        'import functools\n@functools.lru_cache\ndef twice(key): return 2 * key.value\n'
        '[twice(Key(1)), twice(Key(3)), twice(Key(1)), tuple(twice.cache_info())]'
    )

    assert ended(source) == [2, 6, 2, (1, 2, 128, 2)]


def test_a_store_is_refused_rather_than_lost_where_a_hash_would_have_to_stop() -> None:
    source = (
        CLASS + 'class Table:\n    def __setitem__(self, key, value): call(value)\n'
        'Table()[1] = 2\nrows = {}\nrows[Item(1)] = 3\nlen(rows)'
    )
    state = stopped(source)

    with pytest.raises(PauseRefused) as caught:
        state.resume(return_value=None)

    assert 'where the script cannot be stopped' in str(caught.value)


def test_an_operation_that_goes_another_way_when_it_is_begun_anew_is_refused() -> None:
    source = KEYS + (
        'class Turning(Key):\n    def __eq__(self, other):\n        call("turn")\n        rows.clear()\n        rows[Key(5)] = 1\n'
        '        return False\n    __hash__ = Key.__hash__\n'
        'rows = {}\nrows[Turning(1)] = 1\nrows[Key(2)] = 2\nrows[Turning(3)] = 3'
    )

    with pytest.raises(PauseRefused, match='did not call them in the same order'):
        ended(source)


def test_host_functions_that_answer_at_once_may_be_called_anywhere() -> None:
    source = CLASS + 'len({Item(1), Item(2)})'

    assert Monty(source, external_functions=['call']).run(external_functions={'call': lambda name: 5}) == 2


def test_the_files_of_all_emitted_code_are_known_by_their_beginning() -> None:
    files = (CODE_FILE, PRELUDE_FILE, GENERATED_FILE, LIBRARY_FILE, MODULE_FILE)

    assert all(file.startswith(EMITTED) for file in files)


SORTED = """
class Item:
    def __init__(self, value, name=''): self.value, self.name = value, name
    def __lt__(self, other):
        call(self.value)
        return self.value < other.value
"""


def through_bytes(source: str) -> Any:
    """Return what a script ends with when every call is answered after a journey through bytes."""
    state = stopped(SORTED + source)
    calls = 0
    while not isinstance(state, Complete):
        state = load(state.dump()).resume(return_value=None)
        calls += 1
    assert calls > 1
    return state.output


# In which order CPython compares is not the same in all its releases, so these are no scripts of the corpus.
@pytest.mark.parametrize(
    ('source', 'result'),
    [
        ('[i.value for i in sorted([Item(n * 37 % 101) for n in range(20)])]', sorted(n * 37 % 101 for n in range(20))),
        ('[i.value for i in sorted(map(Item, [3, 1, 2]), reverse=True)]', [3, 2, 1]),
        ('[i.value for i in sorted([Item(n) for n in (5, 4, 3, 2, 1)])]', [1, 2, 3, 4, 5]),
        ('x = [Item(n) for n in (2, 3, 1)]\nx.sort()\n[i.value for i in x]', [1, 2, 3]),
        ('sorted(["bb", "a", "ccc"], key=lambda text: Item(len(text)))', ['a', 'bb', 'ccc']),
        ("x = [Item(1, 'a'), Item(0, 'b'), Item(1, 'c'), Item(0, 'd')]\n''.join(i.name for i in sorted(x))", 'bdac'),
        ("x = [Item(1, 'a'), Item(0, 'b'), Item(1, 'c')]\n''.join(i.name for i in sorted(x, reverse=True))", 'acb'),
        ('[i.value for i, n in sorted([(Item(2), 0), (Item(1), 5), (Item(1), 4)])]', [1, 1, 2]),
        ('sorted([3, 1, 2]) + [i.value for i in sorted([Item(2), Item(1), Item(0)])]', [1, 2, 3, 0, 1, 2]),
    ],
)
def test_sorting_may_stop_at_each_comparison(source: str, result: Any) -> None:
    assert through_bytes(source) == result


def test_a_comparison_that_says_nothing_is_an_error_of_the_script_after_a_pause() -> None:
    source = 'class A:\n    def __lt__(self, other):\n        call(1)\n        return NotImplemented\n'
    state = stopped(source + 'try:\n    sorted([A(), A()])\nexcept TypeError as error:\n    found = str(error)\nfound')
    state = state.resume(return_value=None)

    assert state.output == "'<' not supported between instances of 'A' and 'A'"


def paused(state: object) -> Snapshot:
    assert isinstance(state, Snapshot)
    return state


def output_of(data: bytes) -> Any:
    """Return the output of a dumped script whose call gives None."""
    end = paused(load(data)).resume(return_value=None)
    assert isinstance(end, Complete)
    return end.output


def test_a_long_text_that_several_variables_share_is_dumped_once() -> None:
    script = Monty("text = 'x' * 100_000\nagain = text\nfetch(text)\ntext is again")
    limits = ResourceLimits(max_snapshot_bytes=150_000)

    data = paused(script.start(limits=limits)).dump(compress=False)

    assert len(data) < 150_000
    assert output_of(data) is True


def test_texts_that_are_not_unicode_are_dumped_under_any_name() -> None:
    state = paused(Monty("half = '\\ud800'\nparts = [half]\nfetch(half)\n[half, parts]").start())

    assert output_of(state.dump()) == ['\ud800', ['\ud800']]


def test_a_function_that_the_script_has_changed_is_dumped_with_its_changes() -> None:
    source = """
def plain(): return 1
def renamed(): return 2
def marked(): return 3
renamed.__name__ = 'other'
marked.tag = 'x'
kept = [plain, renamed, marked]
fetch()
[each.__name__ for each in kept] + [each() for each in kept] + [marked.tag]
"""

    data = paused(Monty(source).start()).dump()

    assert output_of(data) == ['plain', 'other', 'marked', 1, 2, 3, 'x']


def test_a_pause_within_a_method_of_a_library_object_is_refused_and_not_taken_for_its_answer() -> None:
    source = """
import csv
import io

class Told:
    def __str__(self):
        ask()
        return 'told'

kept = io.StringIO()
csv.writer(kept).writerow([Told()])
kept.getvalue()
"""
    with pytest.raises(PauseRefused, match='ask'):
        Monty(source).start()
    assert Monty(source).run(external_functions={'ask': lambda: None}) == 'told\r\n'


def test_an_ordered_dictionary_whose_keys_have_a_hash_of_the_script_is_stored_and_takes_no_steps_of_it() -> None:
    source = (
        'import collections\nfrom dataclasses import dataclass\n@dataclass(frozen=True)\nclass Place:\n    row: int\n'
        'table = collections.OrderedDict((Place(n), n) for n in range(100))\ntable.move_to_end(Place(3))\ncall("here")\n'
        '[len(table), list(table)[-1].row, table[Place(7)]]'
    )
    state = Monty(source, external_functions=['call']).start(limits=ResourceLimits(max_steps=2_000))
    for _ in range(50):
        data = state.dump()

    assert load(data).resume(return_value=None).output == [100, 3, 7]
    assert state.resume(return_value=None).output == [100, 3, 7]
