"""docs/tutorial.md, done as it says: its files, its command, its clicks. The pictures of it are taken here."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pictures import DOCUMENTED
from tests.browser.test_dashboard import OpenPage

DOCS = Path(__file__).parents[2] / 'docs'
TEXT = (DOCS / 'tutorial.md').read_text(encoding='utf-8')
HEIGHT = 800


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Run the command of the tutorial on its files, and return the address that it prints."""
    functions, script = re.findall(r'```python\n(.*?)```', TEXT, re.DOTALL)
    (tmp_path / 'functions.py').write_text(functions, encoding='utf-8')
    (tmp_path / 'orders.py').write_text(script, encoding='utf-8')
    found = re.search(r'^    (monty-flow dev .*)$', TEXT, re.MULTILINE)
    assert found is not None
    command = [sys.executable, '-m', 'monty_flow.cli', *shlex.split(found[1])[1:], '--port', '0']
    server = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert server.stdout is not None
    try:
        said = ''
        for line in server.stdout:
            said += line
            if (told := re.search(r'dashboard at (http://\S+),', line)) is not None:
                break
        else:
            pytest.fail(said)
        yield told[1]
    finally:
        server.terminate()
        server.wait(60)


@pytest.fixture
def engine() -> None:
    """There is none here: the command makes the database."""


def test_the_tutorial_does_what_it_says(open_page: OpenPage, picture: Callable[[Page, str], None]) -> None:
    page = open_page('/runs', height=HEIGHT)
    expect(page.locator('#runs .status.waiting', has_text='waiting 1')).to_be_visible()
    # The plot is made anew now and then only.
    page.reload()
    expect(page.locator('#over-time .legend')).to_have_text('waiting')
    picture(page, 'tutorial-runs')

    page.get_by_role('link', name='orders.py').click()
    expect(page.get_by_role('heading', name='Spend 820?')).to_be_visible()
    expect(page.locator('#source .waits')).to_contain_text('10')
    picture(page, 'tutorial-question')

    page.get_by_role('button', name='Reject').click()
    expect(page.get_by_role('heading', name='ValueError: 820 is too much')).to_be_visible()
    first = page.url
    picture(page, 'tutorial-failed')

    page.get_by_label('Step', exact=True).press('ArrowLeft')
    expect(page.locator('#state .call')).to_contain_text("price('desk')")
    expect(page.locator('#state .call')).to_contain_text('gave 400')
    picture(page, 'tutorial-back')

    page.get_by_role('link', name='Fork from step 2').click()
    page.get_by_role('textbox', name='Result').fill('30')
    picture(page, 'tutorial-fork')
    page.get_by_role('button', name='Fork').click()
    expect(page.locator('#output')).to_contain_text('2 x desk ordered')
    expect(page.locator('#logs')).to_contain_text('2 x desk: 60')
    expect(page.locator('.facts')).to_contain_text('at step 2')
    picture(page, 'tutorial-forked')

    page.goto(f'{first}?step=2')
    page.get_by_role('link', name='Fork from step 2').click()
    script = page.get_by_role('textbox', name='Script')
    script.fill(script.input_value().replace('> 100', '> 1000'))
    page.get_by_role('button', name='Try it').click()
    expect(page.get_by_role('row', name='<module>')).to_contain_text('line 5')
    picture(page, 'tutorial-tried')
    page.get_by_role('button', name='Fork').click()
    expect(page.locator('#output')).to_contain_text('2 x desk ordered')
    expect(page.locator('#logs')).to_contain_text('2 x desk: 800')


def test_every_picture_of_the_pages_is_one_that_the_tests_take() -> None:
    shown = {
        name
        for path in DOCS.glob('*.md')
        for name in re.findall(r'images/([\w-]+\.png)', path.read_text(encoding='utf-8'))
    }

    assert shown == set(DOCUMENTED)
    assert {path.name for path in (DOCS / 'images').glob('*.png')} == set(DOCUMENTED)
