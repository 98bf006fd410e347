"""The programs in the pages about the engine run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monty_flow.engine.functions import Options

DOCUMENTS = Path(__file__).parents[2] / 'docs'
PAGES = (
    'concepts.md',
    'functions.md',
    'observability.md',
    'queues.md',
    'retries.md',
    'runs.md',
    'schedules.md',
    'scripts.md',
    'signals.md',
    'testing.md',
)


def programs(page: str) -> list[str]:
    """Return the Python programs of a page."""
    return re.findall(
        r'^```python\n(.*?)^```', (DOCUMENTS / page).read_text(encoding='utf-8'), re.DOTALL | re.MULTILINE
    )


@pytest.mark.parametrize('page', PAGES)
def test_the_programs_of_a_page_run(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    for number, text in enumerate(programs(page)):
        exec(compile(text, f'{page}, program {number}', 'exec'), {'__name__': '__main__'})

    assert programs(page)


@pytest.mark.parametrize('page', PAGES)
def test_the_files_that_a_page_links_to_are_there(page: str) -> None:
    text = (DOCUMENTS / page).read_text(encoding='utf-8')
    targets = re.findall(r'\]\(([^)#:]+)\)', text)

    assert [target for target in targets if not (DOCUMENTS / target).exists()] == []


def test_every_setting_of_a_function_is_in_the_table_of_the_page() -> None:
    table = [
        line for line in (DOCUMENTS / 'functions.md').read_text(encoding='utf-8').splitlines() if line[:3] == '| `'
    ]

    named = {name for line in table for name in re.findall(r'`(\w+)`', line.split('|')[1])}

    assert {*Options.__annotations__, 'name'} <= named
