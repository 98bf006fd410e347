"""The pages, each by what it shows."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from monty_flow.engine import Engine, RunStatus, Submission, Worker
from monty_flow.server.pages.timeline import _ticks
from tests.server.conftest import functions
from tests.server.html_pages import Page

STEPS = """\
def outer(n):
    total = 0
    for i in range(n):
        total += double(i)
    return total

print('go')
outer(3)
"""


def show(client: TestClient, path: str, **params: Any) -> Page:
    """Return a page."""
    answer = client.get(path, params=params or None)
    assert answer.status_code == 200, answer.text
    return Page(answer.text)


def proof_of(client: TestClient) -> str:
    """Return what a change has to bring."""
    return client.get('/runs').text.partition('X-CSRF-Token": "')[2].partition('"')[0]


def test_the_start_is_the_list_of_runs(client: TestClient) -> None:
    assert client.get('/').headers['Location'] == '/runs'


def test_an_empty_list_says_how_to_begin(client: TestClient) -> None:
    assert 'No runs yet. Submit one, or type monty-flow submit script.py' in show(client, '/runs').words


def test_the_list_shows_what_runs_wait_for_or_gave(
    client: TestClient, engine: Engine, work: Callable[[str], None]
) -> None:
    done, failed = engine.submit('double(21)', script_name='done.py', key='k'), engine.submit('1 / 0')
    for run in (done, failed):
        work(run.id)
    engine.submit('1', script_name='new.py')
    words = show(client, '/runs').words

    assert 'done.py k' in words
    assert '42' in words
    assert 'ZeroDivisionError: division by zero' in words
    assert 'a worker to start it: no worker is running' in words
    assert 'pending 1 running 0 waiting 0 cancelling 0 paused 0 succeeded 1 failed 1 cancelled 0' in words


@pytest.mark.parametrize(
    ('params', 'shown'),
    [
        ({}, ['b.py', 'a.py']),
        ({'script': 'a.py'}, ['a.py']),
        ({'text': 'B.P'}, ['b.py']),
        ({'status': 'cancelled'}, ['a.py']),
        ({'status': 'nonsense'}, ['b.py', 'a.py']),
        ({'period': '1h'}, ['b.py', 'a.py']),
        ({'text': 'nothing'}, []),
        ({'queue': 'default'}, ['a.py']),
        ({'queue': 'slow'}, ['b.py']),
        ({'since': '2020-01-01T00:00', 'until': '2100-01-01T00:00'}, ['b.py', 'a.py']),
        ({'until': '2020-01-01T00:00'}, []),
        ({'since': 'nonsense'}, ['b.py', 'a.py']),
    ],
    ids=str,
)
def test_the_list_is_filtered(client: TestClient, engine: Engine, params: dict[str, str], shown: list[str]) -> None:
    engine.cancel(engine.submit('1', script_name='a.py').id)
    engine.submit('1', script_name='b.py', queue='slow')
    page = show(client, '/runs', **params)
    ids = [link.attributes.get('id', '') for link in page.all('a')]

    assert len([each for each in ids if each.startswith('run-')]) == len(shown)
    assert all(name in page.words for name in shown)


def test_the_list_goes_on_to_older_runs(client: TestClient, engine: Engine) -> None:
    made = [engine.submit(str(n)).id for n in range(51)]
    page = show(client, '/runs')
    [older] = [link.attributes['href'] for link in page.all('a') if link.attributes.get('rel') == 'next']
    ids = {link.attributes.get('id') for link in show(client, older).all('a')}

    assert f'run-{made[0]}' in ids
    assert f'run-{made[1]}' not in ids


def test_runs_are_steered_together(client: TestClient, engine: Engine) -> None:
    one, other, ended = (engine.submit('1').id for _ in range(3))
    engine.cancel(ended)
    form = {'action': 'cancel', 'run_id': [one, other, ended, '0'], 'proof': proof_of(client)}
    answer = client.post('/runs/bulk', data=form)

    assert answer.headers['Location'] == '/runs?notice=2+of+4+runs+cancelled'
    assert {engine.get(run).status for run in (one, other)} == {RunStatus.CANCELLED}


def test_all_that_fit_the_filters_are_steered_once_one_is_sure(client: TestClient, engine: Engine) -> None:
    one, other, left = (engine.submit('1', script_name=name).id for name in ('a.py', 'a.py', 'b.py'))
    form = {'action': 'cancel', 'which': 'all', 'proof': proof_of(client)}
    asked = client.post('/runs/bulk?script=a.py', data=form)
    before = engine.get(one).status
    answer = client.post('/runs/bulk?script=a.py', data=form | {'which': 'all, surely'})

    assert 'Cancel 2 runs? Those that fit script a.py' in Page(asked.text).words
    assert before is RunStatus.PENDING
    assert answer.headers['Location'] == '/runs?script=a.py&notice=2+runs+cancelled'
    assert [engine.get(run).status.value for run in (one, other, left)] == ['cancelled', 'cancelled', 'pending']


def test_runs_are_deleted_together_by_an_admin_only(open_client: Callable[..., TestClient], engine: Engine) -> None:
    run = engine.submit('1')
    engine.terminate(run.id)
    form = {'action': 'delete', 'run_id': run.id}
    answers = [
        open_client(token=engine.create_token(role, role).text).post('/runs/bulk', data=form)
        for role in ('operate', 'admin')
    ]

    assert answers[0].headers['X-Error-Code'] == 'role_too_small'
    assert answers[1].headers['Location'] == '/runs?notice=1+of+1+runs+deleted'
    assert engine.list() == []


def shown_steps(page: Page) -> tuple[int, ...]:
    """Return the step that is shown, the first and the last of those that are kept."""
    [shown] = [element.attributes for element in page.all('div') if element.attributes.get('id') == 'shown']
    return tuple(int(shown[f'data-{name}']) for name in ('step', 'first', 'last'))


def test_a_run_shows_its_place_and_its_timeline(
    client: TestClient, engine: Engine, work: Callable[[str], None]
) -> None:
    run = engine.submit(STEPS, inputs={}, script_name='steps.py')
    work(run.id)
    page = show(client, f'/runs/{run.id}', step=2)

    assert 'Stands here: total += double(i)' in ' '.join(page.text.split())
    assert 'waited for double(1); double gave 2' in ' '.join(page.text.split())
    assert 'outer line 4, the innermost' in page.words
    assert shown_steps(page) == (2, 1, 3)
    assert 'go' in page.words
    assert len([rect for rect in page.all('rect') if rect.attributes['class'] == 'worked']) == 3


def test_a_run_that_failed_shows_the_traceback(client: TestClient, engine: Engine, work: Callable[[str], None]) -> None:
    run = engine.submit('def f():\n    broken()\n\nf()', script_name='bad.py')
    work(run.id)
    page = show(client, f'/runs/{run.id}')

    assert 'ValueError: out of order' in page.words
    assert 'File "bad.py", line 2, in f' in page.words
    assert 'Retry' in page.words


def test_a_state_shows_what_changed_in_it(client: TestClient, engine: Engine, work: Callable[[str], None]) -> None:
    run = engine.submit(STEPS)
    work(run.id)
    page = show(client, f'/runs/{run.id}/state', step=3)

    assert 'was 1 2 changed at this step' in page.words
    assert 'was 0 2 changed at this step' in page.words
    assert 'n 3' in page.words


@pytest.mark.parametrize(('asked', 'shown'), [(0, 3), (1, 1), (99, 3)])
def test_a_step_that_is_not_there_is_the_nearest(
    client: TestClient, engine: Engine, work: Callable[[str], None], asked: int, shown: int
) -> None:
    run = engine.submit(STEPS)
    work(run.id)

    assert shown_steps(show(client, f'/runs/{run.id}/state', step=asked)) == (shown, 1, 3)


def test_a_run_without_states_shows_its_source(client: TestClient, engine: Engine) -> None:
    run = engine.submit('value = 1\nvalue')
    page = show(client, f'/runs/{run.id}')

    assert 'It has not waited for a call yet.' in page.words
    assert '1 value = 1 2 value' in page.words


def test_a_run_is_cancelled_and_retried_by_its_page(
    client: TestClient, engine: Engine, work: Callable[[str], None]
) -> None:
    failed = engine.submit('broken()')
    work(failed.id)
    run = engine.submit('1')
    form = {'proof': proof_of(client)}
    cancelled = client.post(f'/runs/{run.id}/do/cancel', data=form)
    retried = client.post(f'/runs/{failed.id}/do/retry', data=form)

    assert cancelled.headers['Location'] == f'/runs/{run.id}'
    assert retried.status_code == 303
    assert (engine.get(run.id).status, engine.get(failed.id).status) == (RunStatus.CANCELLED, RunStatus.WAITING)


def test_what_cannot_be_done_is_told_by_a_page(client: TestClient, engine: Engine) -> None:
    run = engine.submit('1')
    engine.cancel(run.id)
    answer = client.post(f'/runs/{run.id}/do/cancel', data={'proof': proof_of(client)})

    assert answer.status_code == 409
    assert 'so it cannot be cancelled' in Page(answer.text).words


def test_a_run_is_submitted_by_a_form(client: TestClient, engine: Engine) -> None:
    form = {'source': 'n + 1\r\n', 'inputs': '{"n": 1}', 'name': 'plus.py', 'key': 'k', 'proof': proof_of(client)}
    answer = client.post('/submit', data=form)
    [run] = engine.list()

    assert answer.headers['Location'] == f'/runs/{run.id}'
    assert (engine.source(run.id), run.inputs, run.script_name, run.key) == ('n + 1\n', {'n': 1}, 'plus.py', 'k')


@pytest.mark.parametrize(
    ('form', 'trouble'),
    [
        ({'source': 'n +'}, 'SyntaxError: invalid syntax'),
        ({'source': 'n', 'inputs': '{'}, 'the inputs cannot be read as JSON'),
        ({'source': 'n', 'inputs': '[1]'}, 'the inputs have to be a JSON object, such as {"n": 3}'),
        ({'source': 'n', 'inputs': '{"m": 1}'}, "inputs: the script never uses 'm'; leave them out"),
    ],
    ids=str,
)
def test_a_form_that_does_not_fit_says_why(client: TestClient, form: dict[str, str], trouble: str) -> None:
    answer = client.post('/submit', data={**form, 'proof': proof_of(client)})

    assert answer.status_code == 422
    assert trouble in Page(answer.text).words


def test_the_functions_page_shows_errors_and_times(
    client: TestClient, engine: Engine, work: Callable[[str], None]
) -> None:
    for source in ('double(1)', 'broken()'):
        work(engine.submit(source).id)
    words = show(client, '/functions').words

    assert re.search(r'broken last \S+ \S+ 1 \S+ 1 \(100\.0 %\)', words), words
    assert re.search(r'double last \S+ \S+ 1 \S+ 0 ', words), words


def test_functions_are_plotted_over_time(client: TestClient, engine: Engine, work: Callable[[str], None]) -> None:
    for source in ('double(1)', 'double(2)', 'broken()'):
        work(engine.submit(source).id)
    page = show(client, '/functions')
    said = [svg.attributes['aria-label'] for svg in page.all('svg')]

    assert {'2 attempts, 0 errors', '1 attempts, 1 errors'} <= set(said)
    assert sum(rect.attributes['class'] == 'failed' for rect in page.all('rect')) == 1


def test_runs_are_plotted_over_time(client: TestClient, engine: Engine) -> None:
    engine.cancel(engine.submit('1').id)
    engine.submit('1')
    page = show(client, '/runs/over-time', period='1h')
    counted = client.get('/api/v1/runs/counts/over-time?seconds=3600').json()

    assert 'Submitted in the last hour' in page.words
    assert page.all('svg')[0].attributes['aria-label'] == '1 pending, 1 cancelled'
    assert sum((slot['counts'].get('cancelled', 0) for slot in counted['slots']), 0) == 1
    assert '/runs/over-time' in {each.attributes.get('hx-get') for each in show(client, '/runs').elements}


def test_without_workers_the_page_says_how_to_start_one(client: TestClient) -> None:
    assert 'No worker lives. Start one: monty-flow worker functions.py:functions' in show(client, '/workers').words


@pytest.mark.parametrize('name', ['htmx.min.js', 'app.js', 'style.css', 'icon.svg', 'htmx.LICENSE.txt'])
def test_the_files_are_our_own(client: TestClient, name: str) -> None:
    answer = client.get(f'/static/{name}')

    assert answer.status_code == 200
    assert answer.headers['Cache-Control'] == 'no-cache'


def test_no_page_asks_for_anything_of_another_host(client: TestClient) -> None:
    for path in ('/runs', '/login', '/submit'):
        for element in show(client, path).elements:
            for name in ('src', 'href'):
                assert element.attributes.get(name, '/').startswith(('/', '#'))


def test_a_question_is_answered_by_one_click(client: TestClient, engine: Engine) -> None:
    run = engine.submit('import flow\nflow.approve("Send it?").approved')
    Worker(engine.url, functions, isolation='none').run_until_idle()
    [asked] = engine.approvals()
    listed, shown = show(client, '/approvals').words, show(client, f'/runs/{run.id}').words
    form = {'decision': 'approve', 'back': 'approvals', 'proof': proof_of(client)}
    answer = client.post(f'/runs/{run.id}/calls/{asked.call}/decision', data=form)
    Worker(engine.url, functions, isolation='none').run_until_idle()

    assert 'Send it?' in listed
    assert 'Send it?' in shown
    assert answer.headers['Location'] == '/approvals'
    assert engine.result(run.id) is True
    assert 'Nothing waits for a decision.' in show(client, '/approvals').words


def test_a_signal_is_sent_by_a_form(client: TestClient, engine: Engine) -> None:
    run = engine.submit('import flow\nflow.wait_signal("go")')
    Worker(engine.url, functions, isolation='none').run_until_idle()
    page = show(client, f'/runs/{run.id}')
    proof = proof_of(client)
    wrong = client.post(f'/runs/{run.id}/signals', data={'name': 'go', 'value': '{', 'proof': proof})
    client.post(f'/runs/{run.id}/signals', data={'name': 'go', 'value': '[1]', 'proof': proof})
    Worker(engine.url, functions, isolation='none').run_until_idle()

    assert [each.attributes['value'] for each in page.all('input') if each.attributes.get('name') == 'name'] == ['go']
    assert wrong.status_code == 422
    assert engine.result(run.id) == [1]


def test_a_run_is_found_by_its_tag(client: TestClient, engine: Engine) -> None:
    engine.submit('1', script_name='a.py', tags={'team': 'ops'})
    engine.submit('1', script_name='b.py')
    words = show(client, '/runs', tag='team=ops').words

    assert 'a.py' in words
    assert 'team=ops' in words
    assert 'b.py' not in words


def test_a_queue_is_paused_and_resumed(client: TestClient, engine: Engine) -> None:
    engine.set_queue('nightly', concurrency=2, rate=10, period_seconds=1.0)
    form = {'proof': proof_of(client)}
    before = show(client, '/queues').words
    client.post('/queues/nightly/pause', data=form)
    paused = show(client, '/queues').words
    client.post('/queues/nightly/resume', data=form)

    assert 'nightly 0 0 2 at once' in before
    assert 'paused Limits Resume' in paused
    assert not engine.queue('nightly').paused


def test_a_queue_is_limited_and_the_limits_forgotten(client: TestClient, engine: Engine) -> None:
    form = {'name': 'nightly', 'concurrency': '3', 'rate': '10', 'period_seconds': '2.5', 'proof': proof_of(client)}
    answer = client.post('/queues/limits', data=form)
    limited = engine.queue('nightly')
    shown = show(client, '/queues/limits', name='nightly')
    wrong = client.post('/queues/limits', data=form | {'concurrency': '0'})
    client.post('/queues/nightly/forget', data={'proof': proof_of(client)})

    assert answer.headers['Location'] == '/queues'
    assert (limited.concurrency, limited.key_concurrency, limited.rate, limited.period_seconds) == (3, None, 10, 2.5)
    assert '2.5' in {each.attributes.get('value') for each in shown.all('input')}
    assert wrong.status_code == 422
    assert 'concurrency: Input should be greater than or equal to 1' in Page(wrong.text).words
    assert engine.queue('nightly').concurrency is None


def test_several_calls_at_once_are_all_told(client: TestClient, engine: Engine, work: Callable[[str], None]) -> None:
    source = 'import asyncio\nasync def both():\n    return await asyncio.gather(double(1), double(2))\nawait both()'
    run = engine.submit(source)
    work(run.id)
    text = ' '.join(show(client, f'/runs/{run.id}/state', step=1).text.split())

    assert 'waited for double(1), double(2)' in text
    assert 'gave' in text


def test_a_run_shows_those_that_it_started(client: TestClient, engine: Engine, work: Callable[[str], None]) -> None:
    run = engine.submit("import flow\nflow.run('1 + 1')", script_name='parent.py')
    work(run.id)
    [child] = engine.children(run.id)

    assert child.script_name in show(client, f'/runs/{run.id}').words
    assert 'Started by' in show(client, f'/runs/{child.id}').words


def test_a_schedule_is_paused_and_triggered(client: TestClient, engine: Engine) -> None:
    engine.create_schedule('nightly', '1', cron='0 3 * * *')
    form = {'proof': proof_of(client)}
    before = show(client, '/schedules').words
    answer = client.post('/schedules/nightly/trigger', data=form)
    client.post('/schedules/nightly/pause', data=form)

    assert 'nightly 0 3 * * * UTC' in before
    assert answer.headers['Location'].startswith('/runs/')
    assert 'paused' in show(client, '/schedules').words


SCHEDULE = {
    'name': 'nightly', 'source': 'n\r\n', 'script_name': 'n.py', 'inputs': '{"n": 1}', 'when': 'cron', 'cron': '0 3 * * *',
    'timezone': 'Europe/Oslo', 'overlap': 'queue', 'catch_up': 'all', 'jitter_seconds': '1.5', 'queue': 'slow', 'priority': '2',
}  # fmt: skip


def test_a_schedule_is_made_edited_and_deleted_by_forms(client: TestClient, engine: Engine) -> None:
    proof = {'proof': proof_of(client)}
    made = client.post('/schedules/new', data=SCHEDULE | proof)
    first, script = engine.schedule('nightly'), engine.schedule_submission('nightly')
    form = show(client, '/schedules/nightly/edit')
    change = SCHEDULE | {'when': 'every', 'every_seconds': '60', 'source': 'n + 1', 'paused': 'yes'}
    client.post('/schedules/nightly/edit', data=change | proof)
    second, edited = engine.schedule('nightly'), engine.schedule_submission('nightly')
    client.post('/schedules/nightly/delete', data=proof)

    assert made.headers['Location'] == '/schedules'
    assert (first.cron, first.timezone, first.overlap, first.catch_up) == ('0 3 * * *', 'Europe/Oslo', 'queue', 'all')
    assert (script.source, script.inputs, script.queue, script.priority) == ('n\n', {'n': 1}, 'slow', 2)
    assert {'0 3 * * *', 'Europe/Oslo', '1.5', 'slow'} <= {each.attributes.get('value') for each in form.all('input')}
    assert (second.cron, second.every_seconds, second.paused) == (None, 60.0, True)
    assert (edited.source, edited.inputs) == ('n + 1', {'n': 1})
    assert engine.schedules() == []


def test_what_a_form_does_not_ask_for_stays_as_it_was(client: TestClient, engine: Engine) -> None:
    made = Submission('1', tags={'team': 'ops'}, keep_snapshots=3, deadline_seconds=60, concurrency_key='k')
    engine.create_schedule('nightly', made, every_seconds=60, max_catch_up=7)
    form = {'source': '2', 'when': 'every', 'every_seconds': '90', 'proof': proof_of(client)}
    client.post('/schedules/nightly/edit', data=form)
    found = engine.schedule_submission('nightly')

    assert (found.source, found.tags, found.keep_snapshots, found.concurrency_key) == ('2', {'team': 'ops'}, 3, 'k')
    assert found.deadline_seconds == 60
    assert engine.schedule('nightly').max_catch_up == 7


@pytest.mark.parametrize(
    ('change', 'trouble'),
    [
        ({'cron': 'nonsense'}, 'nonsense'),
        ({'cron': ''}, 'a schedule goes by one of cron'),
        ({'when': 'every', 'every_seconds': 'soon'}, 'the interval has to be a number'),
        ({'source': 'n +'}, 'SyntaxError: invalid syntax'),
        ({'inputs': '[1]'}, 'the inputs have to be a JSON object'),
        ({'timezone': 'Mars/Olympus'}, 'Mars/Olympus'),
        ({'name': 'a b'}, 'a b'),
    ],
    ids=str,
)
def test_a_schedule_that_cannot_be_is_not_made(
    client: TestClient, engine: Engine, change: dict[str, str], trouble: str
) -> None:
    answer = client.post('/schedules/new', data=SCHEDULE | change | {'proof': proof_of(client)})

    assert answer.status_code == 422
    assert trouble in Page(answer.text).words
    assert engine.schedules() == []


def test_a_schedule_of_another_namespace_is_not_described_anew(
    open_client: Callable[..., TestClient], engine: Engine
) -> None:
    engine.create_schedule('nightly', Submission('1', namespace='theirs'), cron='0 3 * * *')
    client = open_client(token=engine.create_token('me', 'operate', namespace='mine').text)
    answers = [
        client.post('/schedules/nightly/edit', data=SCHEDULE),
        client.post('/schedules/new', data=SCHEDULE),
        client.put('/api/v1/schedules/nightly', json={'source': '2', 'cron': '0 4 * * *'}),
    ]

    assert [answer.status_code for answer in answers] == [404, 422, 404]
    assert engine.schedule_submission('nightly').source == '1'


def test_a_question_is_shown_with_the_variables_where_it_is_asked(client: TestClient, engine: Engine) -> None:
    run = engine.submit('import flow\nsum = 40 + 2\nflow.approve("Send it?")')
    Worker(engine.url, functions, isolation='none').run_until_idle()

    assert f'/runs/{run.id}/variables' in {
        each.attributes.get('hx-get') for each in show(client, '/approvals').elements
    }
    assert 'sum 42' in show(client, f'/runs/{run.id}/variables').words


def test_a_worker_is_shown_with_its_load_and_drained(client: TestClient, engine: Engine) -> None:
    with engine._within():
        engine._store.open_session('0' * 36, 'w1', ['double'], 10**9, ['slow'], 4, '0.0.9')
    before = show(client, '/workers').words
    answer = client.post(f'/workers/{"0" * 36}/drain', data={'proof': proof_of(client)})

    assert 'w1 0 of 4 slow' in before
    assert '0.0.9 double Drain' in before
    assert answer.headers['Location'] == '/workers'
    assert 'finishing' in show(client, '/workers').words
    assert client.get('/api/v1/workers').json()[0]['is_draining'] is True
    assert client.post(f'/api/v1/workers/{"1" * 36}/drain').json()['error']['code'] == 'worker_not_found'


def test_how_long_runs_are_kept_is_said_by_a_form(client: TestClient, engine: Engine) -> None:
    empty = show(client, '/retention').words
    form = {'proof': proof_of(client), 'number': '2', 'unit': 'weeks'}
    made = client.post('/retention', data={**form, 'status': 'failed', 'namespace': 'shop'})
    client.post('/retention', data={**form, 'number': '36', 'unit': 'hours'})
    client.post('/retention', data={**form, 'unit': 'ever', 'status': 'cancelled'})
    listed = show(client, '/retention').words
    client.post('/retention/clear', data={'proof': form['proof'], 'status': 'failed', 'namespace': 'shop'})

    assert 'There are no rules, so runs are kept for ever.' in empty
    assert made.headers['Location'] == '/retention'
    assert 'any any 36 hours' in listed
    assert 'any cancelled for ever' in listed
    assert 'shop failed 2 weeks' in listed
    assert 'shop' not in show(client, '/retention').words
    assert len(engine.retention()) == 2


@pytest.mark.parametrize(
    ('wrong', 'message'),
    [
        ({'number': 'many'}, "'many' is no number of days"),
        ({'number': '-1'}, 'is no time for which runs can be kept'),
        ({'number': '9e6'}, 'is no time for which runs can be kept'),
        ({'number': 'nan'}, "'nan' is no number of days"),
        ({'unit': 'moons'}, "'moons' is no unit"),
        ({'status': 'waiting'}, "'waiting' is no status in which a run has ended"),
        ({'namespace': 'a b'}, "namespace='a b' is not a name"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_with_what_is_wrong(
    client: TestClient, engine: Engine, wrong: dict[str, str], message: str
) -> None:
    answer = client.post('/retention', data={'proof': proof_of(client), 'number': '1', 'unit': 'days', **wrong})

    assert answer.status_code == 422
    assert message in Page(answer.text).text
    assert engine.retention() == []


def test_characters_that_cannot_be_seen_hide_nothing(
    client: TestClient, work: Callable[[str], None], engine: Engine
) -> None:
    run = engine.submit('print(text)  # \u202e)eurt(', inputs={'text': 'a\u2066b\x1b[31m\tc'})
    work(run.id)

    page = show(client, f'/runs/{run.id}').text

    assert '# \u27e8U+202E\u27e9)eurt(' in page
    assert 'a\u27e8U+2066\u27e9b\u241b[31m\tc' in page


def test_the_axis_of_a_timeline_has_round_times() -> None:
    def texts(**length: float) -> list[str]:
        return [text for _, text in _ticks(timedelta(**length))]

    assert texts(milliseconds=1) == ['0 ms', '1 ms']
    assert texts(seconds=1.3) == ['0 ms', '200 ms', '400 ms', '600 ms', '800 ms', '1000 ms', '1200 ms']
    assert texts(seconds=50) == ['0 s', '10 s', '20 s', '30 s', '40 s', '50 s']
    assert texts(days=1) == ['0 h', '6 h', '12 h', '18 h', '24 h']
    assert len(texts(days=10**6)) == 101
    assert [place for place, _ in _ticks(timedelta(seconds=50))] == [0, 20, 40, 60, 80, 100]
