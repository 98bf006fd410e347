"""The page of benchmarks says what was measured, and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parents[1] / 'benchmarks'
MACHINE = {
    'python': '3.11.0', 'machine': 'x', 'processor': 'A processor', 'cores': 2, 'load': 0.5, 'system': 'Linux', 'rounds': 5,
}  # fmt: skip
COMPUTE: dict[str, Any] = {
    **MACHINE,
    'contenders': {'monty_flow': 'monty-flow', 'cpython': 'CPython 3.11', 'asteval': 'asteval 1'},
    'seconds': {
        'fib': {'monty_flow': 0.03, 'cpython': 0.02, 'asteval': 4.0},
        'classes': {'monty_flow': 0.04, 'cpython': 0.02},
    },
    'bars': [
        {'what': 'fib', 'figure': 1.5, 'relation': '<=', 'bar': 3.0, 'unit': 'x', 'verdict': 'PASS'},
        {'what': 'classes', 'figure': 3.25, 'relation': '<=', 'bar': 3.0, 'unit': 'x', 'verdict': 'FAIL'},
    ],
}


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that writes the page from files of figures, and gives its text."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    monkeypatch.delitem(sys.modules, 'page', raising=False)
    import page as module  # type: ignore[import-not-found]  # a script, which the tests do not have on their path

    def write(**files: Any) -> str:
        for name, data in files.items():
            (tmp_path / f'{name}.json').write_text(json.dumps(data), 'utf-8')
        monkeypatch.setattr(module, 'DOCS', tmp_path)
        monkeypatch.setattr(sys, 'argv', ['page.py', str(tmp_path)])
        module.main()
        return (tmp_path / 'benchmarks.md').read_text('utf-8')

    return write


def test_a_program_has_the_ratio_to_cpython_and_an_empty_cell_where_it_did_not_run(page: Any, tmp_path: Path) -> None:
    text = page(compute=COMPUTE)

    assert '| fib | 1.5 | 200 |' in text
    assert '| classes | 2 |  |' in text
    assert '| **runs** | 2 of 2 | 1 of 2 |' in text
    assert (tmp_path / 'compute.svg').read_text('utf-8').count('<circle') == 2 + 3


def test_a_ratio_is_the_one_within_rounds_where_it_was_measured(page: Any) -> None:
    text = page(
        compute={**COMPUTE, 'ratios': {'fib': {'monty_flow': 1.25, 'cpython': 1.0}, 'classes': {'cpython': 1.0}}}
    )

    assert '| fib | 1.2 |  |' in text
    assert '| classes |  |  |' in text


def test_a_bar_that_is_not_met_is_said_to_be_so(page: Any) -> None:
    text = page(compute=COMPUTE)

    assert '| fib | 1.5x | <= 3x | met |' in text
    assert '| classes | 3.25x | <= 3x | **not met** |' in text


@pytest.mark.parametrize(('load', 'busy'), [(0.5, False), (9.0, True)])
def test_figures_of_a_busy_machine_are_said_to_be_so(page: Any, load: float, busy: bool) -> None:
    assert ('The machine was busy' in page(compute={**COMPUTE, 'load': load})) is busy


def test_any_other_benchmark_shows_its_tables_and_bars(page: Any) -> None:
    text = page(
        queues={
            'title': 'Queues',
            'notes': ['Measured at night.'],
            'tables': [{'title': 'Latency', 'head': ['what', 'p50'], 'rows': [['submit', '2 ms']]}],
            'bars': COMPUTE['bars'][:1],
        }
    )

    assert '## Queues\n\nMeasured at night.\n\nLatency:\n\n| what | p50 |' in text
    assert '| submit | 2 ms |' in text
    assert '| fib | 1.5x | <= 3x | met |' in text


def test_the_growth_of_a_state_is_measured_with_the_keeper_of_the_engine() -> None:
    command = [sys.executable, str(BENCHMARKS / 'growth.py'), '--steps', '100']

    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)

    assert 'PASS    largest delta' in done.stdout, done.stderr
