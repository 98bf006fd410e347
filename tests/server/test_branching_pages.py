"""The forms by which a run goes on otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from monty_flow.engine import Engine, Run, Worker
from tests.server.conftest import functions
from tests.server.html_pages import Page
from tests.server.test_pages import proof_of, show

SCRIPT = """\
def outer(n):
    got = double(n)
    return got + extra

extra = 100
outer(1) + outer(2)
"""
NEW = SCRIPT.replace('def outer', '# New.\ndef outer').replace('+ extra', '+ extra + 1000')


@pytest.fixture
def run(engine: Engine, work: Callable[[str], None]) -> Run:
    """Return a run that has ended after two steps."""
    run = engine.submit(SCRIPT, script_name='sums.py')
    work(run.id)
    return engine.get(run.id)


@pytest.fixture
def waiting(engine: Engine) -> Run:
    """Return a run that waits for a signal."""
    run = engine.submit('import flow\nflow.wait_signal("go")\n"old"', script_name='signal.py')
    Worker(engine.url, functions, isolation='none').run_until_idle()
    return engine.get(run.id)


def post(client: TestClient, path: str, **form: Any) -> Any:
    """Return the answer to a form."""
    return client.post(path, data={'proof': proof_of(client), **form})


def forked(client: TestClient, engine: Engine, work: Callable[[str], None], run: Run, **form: Any) -> Any:
    """Return what the fork gives that a form makes."""
    answer = post(client, f'/runs/{run.id}/fork', **{'source': SCRIPT, 'wish': 'do', **form})
    assert answer.status_code == 303, answer.text
    fork_id = answer.headers['Location'].removeprefix('/runs/')
    work(fork_id)
    return engine.result(fork_id)


def test_the_form_begins_with_what_was(client: TestClient, run: Run) -> None:
    page = show(client, f'/runs/{run.id}/fork', at=2)

    assert 'It stands at double(2) , which gave 4' in page.words.replace('double(2),', 'double(2) ,')
    assert 'extra 100' in page.words
    assert 'n 2' in page.words
    assert 'def outer(n):' in page.text
    assert 'Fork from step 2' in show(client, f'/runs/{run.id}').words


@pytest.mark.parametrize(
    ('form', 'result'),
    [
        ({'at': '2'}, 206),
        ({'at': '2', 'call': 'result', 'result': '50'}, 252),
        ({'at': '2', 'call': 'again', 'result': '50'}, 206),
        ({'at': '2', 'name': ['extra', 'n'], 'value': ['1', '']}, 107),
        ({'at': '1', 'source': NEW.replace('\n', '\r\n')}, 2206),
        ({'at': '0', 'source': '7\r\n'}, 7),
    ],
    ids=str,
)
def test_a_fork_goes_on_with_what_was_changed(
    client: TestClient, engine: Engine, work: Callable[[str], None], run: Run, form: dict[str, Any], result: int
) -> None:
    assert forked(client, engine, work, run, **form) == result


def test_a_fork_says_where_it_is_from(
    client: TestClient, engine: Engine, work: Callable[[str], None], run: Run
) -> None:
    answer = post(client, f'/runs/{run.id}/fork', at='2', source=SCRIPT, wish='do')
    page = show(client, answer.headers['Location'])

    assert f'Fork of {run.id} at step 2' in page.words
    assert f'/runs/{run.id}?step=2' in {link.attributes['href'] for link in page.all('a')}


def test_trying_stores_nothing_and_says_which_line_stands_for_which(
    client: TestClient, engine: Engine, run: Run
) -> None:
    answer = post(client, f'/runs/{run.id}/fork', at='1', source=NEW, wish='try')
    words = Page(answer.text).words

    assert answer.status_code == 200
    assert 'outer line 2 got = double(n) line 3 got = double(n)' in words
    assert 'It would wait for double' in words
    assert len(engine.list()) == 1


@pytest.mark.parametrize(
    ('form', 'trouble'),
    [
        ({'source': 'def outer('}, 'the new script cannot be compiled'),
        ({'source': '1'}, 'the new script does not fit'),
        ({'call': 'result', 'result': '{'}, 'the result cannot be read as JSON'),
        ({'name': 'extra', 'value': 'nonsense'}, 'extra cannot be read as JSON'),
        ({'name': 'nobody', 'value': '1'}, "the script has no variable 'nobody' here"),
        ({'at': '77'}, 'its state is not kept'),
    ],
    ids=str,
)
def test_a_fork_that_cannot_be_says_why_and_keeps_what_was_typed(
    client: TestClient, engine: Engine, run: Run, form: dict[str, Any], trouble: str
) -> None:
    answer = post(client, f'/runs/{run.id}/fork', **{'at': '2', 'source': SCRIPT, 'wish': 'do', **form})

    assert answer.status_code == 422
    assert trouble in Page(answer.text).words
    assert form.get('result', '') in Page(answer.text).text
    assert len(engine.list()) == 1


def test_values_may_be_written_as_python_shows_them(
    client: TestClient, engine: Engine, work: Callable[[str], None]
) -> None:
    run = engine.submit("pair = (1, {2})\nname = 'a'\ndouble(0)\n[pair, name]")
    work(run.id)
    answer = post(
        client, f'/runs/{run.id}/fork', at='1', source=engine.source(run.id), wish='do', name=['pair', 'name'],
        value=['(3, {4})', "'b'"],
    )  # fmt: skip
    fork_id = answer.headers['Location'].removeprefix('/runs/')
    work(fork_id)

    assert engine.result(fork_id) == [(3, {4}), 'b']


def test_a_waiting_run_moves_to_another_script(client: TestClient, engine: Engine, waiting: Run) -> None:
    new = engine.source(waiting.id).replace('import flow', 'import flow\n# New.').replace('old', 'new')
    tried = Page(post(client, f'/runs/{waiting.id}/migrate', source=new, wish='try').text).words
    before = engine.get(waiting.id)
    moved = post(client, f'/runs/{waiting.id}/migrate', source=new, wish='do')
    engine.signal(waiting.id, 'go')
    Worker(engine.url, functions, isolation='none').run_until_idle()

    assert 'line 2 flow.wait_signal("go") line 3 flow.wait_signal("go")' in tried
    assert before.version == waiting.version
    assert moved.headers['Location'] == f'/runs/{waiting.id}'
    assert engine.result(waiting.id) == 'new'


def test_a_page_shows_each_state_in_the_script_of_its_time(client: TestClient, engine: Engine, waiting: Run) -> None:
    engine.migrate(waiting.id, engine.source(waiting.id).replace('import flow', 'import flow\n# New.'))

    assert '# New.' not in show(client, f'/runs/{waiting.id}', step=1).text
    assert '# New.' in show(client, f'/runs/{waiting.id}', step=2).text


def test_what_does_not_fit_or_has_ended_does_not_move(
    client: TestClient, engine: Engine, run: Run, waiting: Run
) -> None:
    unfit = post(client, f'/runs/{waiting.id}/migrate', source='1', wish='do')
    ended = post(client, f'/runs/{run.id}/migrate', source=SCRIPT, wish='do')

    assert (unfit.status_code, ended.status_code) == (422, 422)
    assert 'the new script does not fit' in Page(unfit.text).words
    assert 'so it cannot be moved' in Page(ended.text).words
    assert 'Migrate' in show(client, f'/runs/{waiting.id}').words
    assert 'Migrate' not in show(client, f'/runs/{run.id}').words
