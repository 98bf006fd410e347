"""The dashboard in the system's own Chromium, over a real server with a worker."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from monty_flow.engine import Engine, Functions, current_call
from tests.server.live import PATIENCE_SECONDS, listening, working

#: Where the pictures go that the tests take. Those of docs/dashboard.md are copies of some, with `dashboard-` before the name.
SCREENSHOTS = Path(os.environ.get('MONTY_FLOW_SCREENSHOTS', Path(__file__).parents[2] / 'build' / 'screenshots'))
HINT = 'these tests need a Chromium: apt-get install chromium, or name one by MONTY_FLOW_CHROMIUM'


# A busy machine takes its time, and what is waited for is a fact.
expect.set_options(timeout=PATIENCE_SECONDS * 1000)
#: What the console says of a form that came back with what is wrong with it.
REFUSED_FORM = 'Failed to load resource: the server responded with a status of 422'


def is_trouble(message: ConsoleMessage) -> bool:
    """Tell whether a message of the console is an error of ours."""
    return message.type == 'error' and not message.text.startswith(REFUSED_FORM)


class Stage:
    """Host functions whose pace a test decides."""

    def __init__(self) -> None:
        self.functions = Functions()
        self._gates: dict[str, threading.Event] = {}
        self.functions.function(retries=2, initial_delay_seconds=0.02)(self.temperature)
        self.functions.function(retries=0)(self.gate)

    def temperature(self, city: str) -> int:
        """Return a temperature; that of Rome at the second attempt."""
        if city == 'Rome' and current_call().attempt == 1:
            raise ConnectionError('the weather service is busy')
        return {'Oslo': 3, 'Rome': 17, 'Paris': 12}[city]

    def gate(self, name: str) -> str:
        """Return when the test lets it."""
        assert self._gate(name).wait(PATIENCE_SECONDS)
        return f'through {name}'

    def open(self, name: str) -> None:
        """Let `gate(name)` return."""
        self._gate(name).set()

    def close(self) -> None:
        """Let all go."""
        for gate in self._gates.values():
            gate.set()

    def _gate(self, name: str) -> threading.Event:
        return self._gates.setdefault(name, threading.Event())


@pytest.fixture(scope='module')
def chromium() -> Iterator[Browser]:
    """Return a browser without a window.

    Of the module, not of the session: while Playwright is up, an event loop runs in the thread, and no other test could run one.
    """
    path = os.environ.get('MONTY_FLOW_CHROMIUM') or shutil.which('chromium') or shutil.which('chromium-browser')
    if path is None:
        pytest.fail(HINT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=['--no-sandbox', '--disable-dev-shm-usage'])
        yield browser
        browser.close()


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Return the URL of a database that does not exist yet."""
    return f'sqlite:///{tmp_path}/flow.db'


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """Return an engine on the database of the server."""
    with Engine(url) as engine:
        yield engine


@pytest.fixture
def stage(engine: Engine) -> Iterator[Stage]:
    """Return the host functions of a worker that works meanwhile."""
    stage = Stage()
    with working(engine.url, stage.functions):
        yield stage
        stage.close()


@pytest.fixture
def address(engine: Engine) -> Iterator[str]:
    """Return the address of a server."""
    with listening(engine.url) as address:
        yield address


@pytest.fixture
def open_page(chromium: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Return what opens pages; an error in the console of any is an error of the test."""
    troubles: list[str] = []
    contexts = []

    def open_it(path: str, *, width: int = 1280, height: int = 900, dark: bool = False) -> Page:
        context = chromium.new_context(
            base_url=address,
            viewport={'width': width, 'height': height},
            color_scheme='dark' if dark else 'light',
            reduced_motion='reduce',
        )
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        contexts.append(context)
        page = context.new_page()
        page.on('console', lambda message: troubles.append(message.text) if is_trouble(message) else None)
        page.on('pageerror', lambda error: troubles.append(str(error)))
        page.on('dialog', lambda dialog: dialog.accept())
        page.goto(path)
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.fixture
def picture() -> Callable[[Page, str], None]:
    """Return what keeps a picture of a page."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return lambda page, name: page.screenshot(path=SCREENSHOTS / f'{name}.png', full_page=True) and None
