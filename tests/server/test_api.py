"""The routes of the API, each by what it answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from monty_flow.engine import Engine, Submission, Worker
from tests.server.conftest import functions
from tests.server.html_pages import Page

API = '/api/v1'
STEPS = """\
def outer(n):
    total = 0
    for i in range(n):
        total += double(i)
    return total

print('go')
outer(3)
"""


def submit(client: TestClient, source: str, **more: Any) -> dict[str, Any]:
    """Submit a script and return its run."""
    answer = client.post(f'{API}/runs', json={'source': source, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


def error(answer: Any) -> tuple[int, str, str]:
    """Return status, code and message of an error."""
    found = answer.json()['error']
    return answer.status_code, found['code'], found['message']


def test_a_run_is_submitted_and_got(client: TestClient) -> None:
    answer = client.post(f'{API}/runs', json={'source': 'n + 1', 'inputs': {'n': 1}, 'script_name': 'plus.py'})
    run = client.get(answer.headers['Location']).json()

    assert answer.json() == run
    assert (run['status'], run['script_name'], run['inputs'], run['step']) == ('pending', 'plus.py', {'n': 1}, 0)


def test_a_key_gives_the_first_run_again(client: TestClient) -> None:
    first, again = submit(client, '1', key='k'), submit(client, '1', key='k')

    assert first['id'] == again['id']


def test_a_script_that_cannot_be_compiled_is_refused(client: TestClient) -> None:
    status, code, message = error(client.post(f'{API}/runs', json={'source': 'import os.path as ='}))

    assert (status, code) == (422, 'script_refused')
    assert 'SyntaxError' in message or 'syntax' in message


def test_inputs_that_the_script_never_uses_are_refused(client: TestClient) -> None:
    answer = client.post(f'{API}/runs', json={'source': 'city', 'inputs': {'citi': 1}})

    assert error(answer) == (
        422,
        'inputs_refused',
        "inputs: the script never uses 'citi'; did you mean 'city'?",
    )


@pytest.mark.parametrize(
    ('document', 'part'),
    [
        ({}, 'source: Field required'),
        ({'source': 1}, 'source: Input should be a valid string'),
        ({'source': '1', 'colour': 'red'}, 'colour: Extra inputs are not permitted'),
        ({'source': '1', 'keep_snapshots': 0}, 'keep_snapshots'),
        ({'source': '1', 'script_name': 'a\x00b'}, 'script_name'),
    ],
)
def test_a_body_that_does_not_fit_is_refused(client: TestClient, document: Any, part: str) -> None:
    status, code, message = error(client.post(f'{API}/runs', json=document))

    assert (status, code) == (422, 'request_invalid')
    assert part in message


def test_runs_are_listed_in_pages(client: TestClient) -> None:
    made = [submit(client, str(n))['id'] for n in range(3)]
    first = client.get(f'{API}/runs', params={'limit': 2}).json()
    second = client.get(f'{API}/runs', params={'limit': 2, 'cursor': first['next_cursor']}).json()

    assert [run['id'] for run in first['runs'] + second['runs']] == made[::-1]
    assert second['next_cursor'] is None


def test_runs_are_filtered(client: TestClient) -> None:
    submit(client, '1', script_name='a.py')
    run = submit(client, '1', script_name='b.py', key='monday')

    def ids(**params: str) -> list[str]:
        return [each['id'] for each in client.get(f'{API}/runs', params=params).json()['runs']]

    assert ids(script='b.py') == ids(text='MON') == ids(text=run['id'][:36]) == [run['id']]
    assert ids(status='failed') == ids(submitted_after='2100-01-01T00:00:00Z') == []
    assert len(ids(submitted_before='2100-01-01T00:00:00Z')) == 2


def test_runs_are_counted_by_status(client: TestClient) -> None:
    submit(client, '1')

    answer = client.get(f'{API}/runs/counts').json()

    assert answer['counts']['pending'] == 1
    assert answer['counts']['failed'] == 0
    assert answer['limit'] == 10000


def test_a_run_that_is_not_there_is_not_found(client: TestClient) -> None:
    assert error(client.get(f'{API}/runs/0123')) == (
        404,
        'run_not_found',
        "no run has the id '0123'; list the runs to see the ids that exist",
    )


def test_a_result_is_told(client: TestClient, work: Callable[[str], None]) -> None:
    run = submit(client, 'double(21)')
    before = client.get(f'{API}/runs/{run["id"]}/result').json()
    work(run['id'])
    after = client.get(f'{API}/runs/{run["id"]}/result').json()

    assert (before['finished'], before['status'], before['output']) == (False, 'pending', None)
    assert (after['finished'], after['status'], after['output']) == (True, 'succeeded', 42)


def test_an_error_of_the_script_is_told_with_its_traceback(client: TestClient, work: Callable[[str], None]) -> None:
    run = submit(client, '1 / 0')
    work(run['id'])

    failure = client.get(f'{API}/runs/{run["id"]}/result').json()['error']

    assert (failure['type'], failure['message']) == ('ZeroDivisionError', 'division by zero')
    assert 'line 1' in failure['traceback']


def test_waiting_for_a_result_ends_with_the_run(
    client: TestClient, engine: Engine, work: Callable[[str], None]
) -> None:
    run = submit(client, 'double(1)')
    worker = threading.Thread(target=work, args=(run['id'],))
    worker.start()
    answer = client.get(f'{API}/runs/{run["id"]}/result', params={'wait_seconds': 60}).json()
    worker.join()

    assert (answer['finished'], answer['output']) == (True, 2)


def test_waiting_for_a_result_ends_with_the_time_too(client: TestClient) -> None:
    run = submit(client, '1')

    answer = client.get(f'{API}/runs/{run["id"]}/result', params={'wait_seconds': 0.05}).json()

    assert (answer['finished'], answer['status']) == (False, 'pending')


def test_a_run_is_cancelled_once(client: TestClient) -> None:
    run = submit(client, '1')
    answer = client.post(f'{API}/runs/{run["id"]}/cancel')
    again = client.post(f'{API}/runs/{run["id"]}/cancel')

    assert answer.json()['status'] == 'cancelled'
    assert error(again)[:2] == (409, 'wrong_status')


def test_a_failed_run_is_retried(client: TestClient, work: Callable[[str], None]) -> None:
    run = submit(client, 'broken()')
    work(run['id'])

    assert client.post(f'{API}/runs/{run["id"]}/retry').json()['status'] == 'waiting'


def test_what_a_run_did_is_told(client: TestClient, work: Callable[[str], None]) -> None:
    run = submit(client, STEPS)
    work(run['id'])
    at = f'{API}/runs/{run["id"]}'
    calls = client.get(f'{at}/calls').json()
    history = client.get(f'{at}/history').json()
    [line] = client.get(f'{at}/logs').json()

    assert [(call['number'], call['function'], call['args'], call['result']) for call in calls] == [
        (1, 'double', [0], 0),
        (2, 'double', [1], 2),
        (3, 'double', [2], 4),
    ]
    assert [entry['number'] for entry in history] == [0, 1, 2, 3]
    assert (line['text'], line['stream'], line['step']) == ('go\n', 'stdout', 0)
    assert client.get(f'{at}/logs', params={'after': line['seq']}).json() == []
    assert client.get(f'{at}/source').json()['source'] == STEPS


def test_the_states_of_a_run_are_told(client: TestClient, work: Callable[[str], None]) -> None:
    run = submit(client, STEPS)
    work(run['id'])
    at = f'{API}/runs/{run["id"]}'
    steps = client.get(f'{at}/steps').json()
    state = client.get(f'{at}/steps/3').json()
    changes = client.get(f'{at}/diff', params={'before': 2, 'after': 3}).json()

    assert [step['number'] for step in steps] == [1, 2, 3]
    assert [frame['function'] for frame in state['frames']] == ['<module>', 'outer']
    assert state['frames'][1]['position']['line'] == 4
    assert state['frames'][1]['variables'] == {'n': '3', 'total': '2', 'i': '2'}
    assert changes == [
        {
            'function': 'outer',
            'variable': name,
            'before': before,
            'after': after,
            'places': [{'path': name, 'before': before, 'after': after}],
            'more': False,
        }
        for name, before, after in (('i', '1', '2'), ('total', '0', '2'))
    ]


def test_a_change_within_a_large_value_is_told_where_it_is(client: TestClient, work: Callable[[str], None]) -> None:
    run = submit(client, "h = [{'text': 'x' * 400} for n in range(50)]\ndouble(1)\nh[12]['text'] = 'new'\ndouble(2)")
    work(run['id'])
    changes = client.get(f'{API}/runs/{run["id"]}/diff', params={'before': 1, 'after': 2}).json()
    page = Page(client.get(f'/runs/{run["id"]}/state?step=2').text)

    assert [place['path'] for change in changes for place in change['places']] == ["h[12]['text']"]
    assert "h[12]['text'] was 'xxx" in page.words


def test_a_state_that_is_not_kept_is_not_found(client: TestClient) -> None:
    run = submit(client, '1')

    assert error(client.get(f'{API}/runs/{run["id"]}/steps/7')) == (
        404,
        'state_not_kept',
        f'the state of step 7 of run {run["id"]} is not kept; it has none',
    )


def events_of(text: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the names and documents of events."""
    found = []
    for block in text.split('\n\n'):
        fields = dict(line.split(': ', 1) for line in block.splitlines() if not line.startswith(':'))
        if fields:
            found.append((fields['event'], json.loads(fields['data'])))
    return found


def test_the_events_of_a_run_end_with_it(client: TestClient, work: Callable[[str], None]) -> None:
    run = submit(client, STEPS)
    worker = threading.Thread(target=work, args=(run['id'],))
    worker.start()
    answer = client.get(f'{API}/runs/{run["id"]}/events')
    worker.join()
    events = events_of(answer.text)

    assert answer.headers['content-type'].startswith('text/event-stream')
    assert [data['text'] for name, data in events if name == 'log'] == ['go\n']
    assert events[-1][0] == 'end'
    assert events[-1][1]['output'] == 6
    versions = [data['version'] for name, data in events if name == 'run']
    assert versions == sorted(set(versions))


def test_events_go_on_from_where_a_connection_was_lost(client: TestClient, work: Callable[[str], None]) -> None:
    run = submit(client, "print('a')\nprint('b')")
    work(run['id'])
    at = f'{API}/runs/{run["id"]}/events'
    first, second = [data for name, data in events_of(client.get(at).text) if name == 'log']

    again = client.get(at, headers={'Last-Event-ID': str(first['seq'])})

    assert [data for name, data in events_of(again.text) if name == 'log'] == [second]


def test_more_streams_than_allowed_are_refused(open_client: Callable[..., TestClient]) -> None:
    client = open_client(max_streams=0)
    run = submit(client, '1')

    assert error(client.get(f'{API}/runs/{run["id"]}/events'))[:2] == (503, 'too_many_streams')


def test_a_run_is_exported_and_imported(
    client: TestClient, work: Callable[[str], None], engine: Engine, tmp_path: Any
) -> None:
    run = submit(client, 'double(4)')
    work(run['id'])
    data = client.get(f'{API}/runs/{run["id"]}/export')
    again = client.post(f'{API}/runs/import', content=data.content)
    changed = client.post(f'{API}/runs/import', content=data.content[:-1] + b'x')

    assert data.headers['content-type'] == 'application/octet-stream'
    assert error(again)[:2] == (409, 'run_exists')
    assert error(changed)[:2] == (422, 'file_refused')


def test_workers_and_functions_are_told(client: TestClient, work: Callable[[str], None]) -> None:
    run = submit(client, 'double(4)')
    work(run['id'])
    [use] = client.get(f'{API}/functions').json()

    assert client.get(f'{API}/workers').json() == []
    assert (use['function'], use['attempts'], use['errors']) == ('double', 1, 0)


def test_the_server_tells_who_asks(client: TestClient) -> None:
    about = client.get(f'{API}/about').json()

    assert (about['role'], about['namespace']) == ('admin', None)
    assert client.get(f'{API}/health').json() == {'status': 'ok'}


def test_what_is_not_there_is_answered_as_every_error(client: TestClient) -> None:
    assert error(client.get(f'{API}/nothing'))[:2] == (404, 'not_found')
    refused = client.delete(f'{API}/runs')
    assert error(refused)[:2] == (405, 'method_not_allowed')
    assert refused.headers['allow'] == 'GET, POST'


def test_a_run_has_tags_a_namespace_and_a_deadline(client: TestClient) -> None:
    more = {'tags': {'team': 'ops'}, 'namespace': 'night', 'deadline': '2100-01-01T00:00:00Z'}
    run = submit(client, '1', **more)
    submit(client, '2')

    def ids(**params: Any) -> list[str]:
        return [each['id'] for each in client.get(f'{API}/runs', params=params).json()['runs']]

    assert (run['tags'], run['namespace'], run['deadline'][:10]) == ({'team': 'ops'}, 'night', '2100-01-01')
    assert ids(tag='team=ops') == ids(namespace='night') == [run['id']]
    assert ids(tag=['team=ops', 'team=other']) == []


@pytest.mark.parametrize(
    'more',
    [{'namespace': 'a b'}, {'tags': {'': 'x'}}, {'deadline': '2000-01-01'}, {'tags': {'a': 'b' * 1000}}],
    ids=str,
)
def test_options_that_cannot_be_are_refused(client: TestClient, more: dict[str, Any]) -> None:
    answer = client.post(f'{API}/runs', json={'source': '1', **more})

    assert error(answer)[0] == 422


def test_a_run_is_paused_resumed_and_terminated(client: TestClient) -> None:
    at = f'{API}/runs/{submit(client, "1")["id"]}'

    assert client.post(f'{at}/pause').json()['status'] == 'paused'
    assert error(client.post(f'{at}/pause'))[:2] == (409, 'wrong_status')
    assert client.post(f'{at}/resume').json()['status'] == 'pending'
    assert client.post(f'{at}/terminate').json()['status'] == 'cancelled'


def test_a_run_that_has_ended_is_deleted(client: TestClient) -> None:
    at = f'{API}/runs/{submit(client, "1")["id"]}'
    too_early = client.delete(at)
    client.post(f'{at}/cancel')
    deleted = client.delete(at)

    assert error(too_early)[:2] == (409, 'wrong_status')
    assert (deleted.status_code, deleted.content) == (204, b'')
    assert client.get(at).status_code == 404


def test_a_question_is_listed_and_decided(client: TestClient, engine: Engine) -> None:
    run = submit(client, 'import flow\nanswer = flow.approve("Send it?")\n[answer.approved, answer.by, answer.comment]')
    Worker(engine.url, functions, isolation='none').run_until_idle()
    [asked] = client.get(f'{API}/approvals').json()
    decision = f'{API}/runs/{run["id"]}/calls/{asked["call"]}/decision'
    decided = client.post(decision, json={'approved': False, 'comment': 'not today'})
    again = client.post(decision, json={'approved': True})
    Worker(engine.url, functions, isolation='none').run_until_idle()

    assert (asked['question'], asked['run_id']) == ('Send it?', run['id'])
    assert decided.json() == asked
    assert error(again)[:2] == (404, 'approval_not_found')
    assert client.get(f'{API}/runs/{run["id"]}/result').json()['output'] == [
        False,
        'anyone on this machine',
        'not today',
    ]
    assert client.get(f'{API}/approvals').json() == []


def test_a_signal_reaches_its_run_once(client: TestClient, engine: Engine) -> None:
    run = submit(client, 'import flow\nflow.publish("seen", 1)\nflow.wait_signal("go")')
    at = f'{API}/runs/{run["id"]}'
    sent = [client.post(f'{at}/signals', json={'name': 'go', 'value': {'n': 1}, 'key': 'k'}).json() for _ in range(2)]
    Worker(engine.url, functions, isolation='none').run_until_idle()
    [signal] = client.get(f'{at}/signals').json()

    assert sent[0] == sent[1]
    assert (signal['name'], signal['value'], signal['taken_by'] is not None) == ('go', {'n': 1}, True)
    assert client.get(f'{at}/result').json()['output'] == {'n': 1}
    assert client.get(f'{at}/published').json() == {'seen': 1}
    assert error(client.post(f'{at}/signals', json={'name': 'go'}))[:2] == (409, 'wrong_status')


def test_rules_say_how_long_runs_are_kept(client: TestClient, engine: Engine) -> None:
    none = client.get(f'{API}/retention').json()
    made = client.put(f'{API}/retention', json={'keep_seconds': 86400, 'status': 'failed'}).json()
    client.put(f'{API}/retention', json={'keep_seconds': None, 'namespace': 'audit'})
    refused = client.put(f'{API}/retention', json={'keep_seconds': 1, 'status': 'waiting'})
    listed = client.get(f'{API}/retention').json()
    cleared = client.delete(f'{API}/retention', params={'status': 'failed'}).status_code

    assert none == []
    assert made == {'namespace': None, 'status': 'failed', 'keep_seconds': 86400.0}
    assert listed == [made, {'namespace': 'audit', 'status': None, 'keep_seconds': None}]
    assert error(refused)[:2] == (422, 'request_invalid')
    assert cleared == 204
    assert error(client.delete(f'{API}/retention', params={'status': 'failed'}))[:2] == (404, 'rule_not_found')
    assert [rule.namespace for rule in engine.retention()] == ['audit']


@pytest.mark.parametrize(
    ('method', 'path', 'body'),
    [
        ('PUT', 'retention', {'keep_seconds': False}),
        ('PUT', 'retention', {'keep_seconds': '0'}),
        ('POST', 'runs/bulk', {'action': 'delete', 'dry_run': 0}),
        ('POST', 'runs/bulk', {'action': 'delete', 'dry_run': 'no'}),
    ],
)
def test_what_deletes_runs_takes_nothing_for_something_else(
    client: TestClient, method: str, path: str, body: dict[str, Any]
) -> None:
    answer = client.request(method, f'{API}/{path}', json=body)

    assert error(answer)[:2] == (422, 'request_invalid')


def test_scripts_are_told_by_their_versions(client: TestClient) -> None:
    submit(client, '1', script_name='a.py')
    last = submit(client, '1', script_name='a.py')

    [found] = client.get(f'{API}/scripts').json()

    assert (found['script_name'], found['runs'], found['failed'], found['last_run']) == ('a.py', 2, 0, last['id'])
    assert client.get(f'{API}/runs/{found["last_run"]}/source').json()['script_hash'] == found['script_hash']


def test_a_queue_is_bounded_paused_and_forgotten(client: TestClient) -> None:
    made = client.put(f'{API}/queues/nightly', json={'concurrency': 2}).json()
    paused = client.post(f'{API}/queues/nightly/pause').json()
    run = submit(client, '1', queue='nightly', priority=5)
    [listed] = [each for each in client.get(f'{API}/queues').json() if each['name'] == 'nightly']
    client.post(f'{API}/queues/nightly/resume')
    lifted = client.put(f'{API}/queues/nightly', json={}).json()

    assert (made['concurrency'], made['paused'], paused['paused']) == (2, False, True)
    assert (run['queue'], run['priority']) == ('nightly', 5)
    assert (listed['name'], listed['waiting']) == ('nightly', 1)
    assert lifted['concurrency'] is None
    assert client.delete(f'{API}/queues/nightly').status_code == 204
    assert error(client.delete(f'{API}/queues/nightly'))[:2] == (404, 'queue_not_found')


def test_the_runs_that_a_script_started_are_listed(client: TestClient, work: Callable[[str], None]) -> None:
    run = submit(client, "import flow\nflow.run('1 + 1')")
    work(run['id'])
    [child] = client.get(f'{API}/runs/{run["id"]}/children').json()

    assert (child['parent'], child['output']) == (run['id'], 2)


def test_a_schedule_is_made_steered_and_deleted(client: TestClient) -> None:
    asked = {'name': 'nightly', 'source': '1', 'cron': '0 3 * * *', 'timezone': 'Europe/Oslo', 'script_name': 'n.py'}
    made = client.post(f'{API}/schedules', json=asked)
    at = f'{API}/schedules/nightly'
    again = client.post(f'{API}/schedules', json=asked)
    paused, resumed = client.post(f'{at}/pause').json(), client.post(f'{at}/resume').json()
    run = client.post(f'{at}/trigger').json()

    assert (made.status_code, made.json()['cron'], made.json()['next_at'] is not None) == (201, '0 3 * * *', True)
    assert error(again)[0] == 409
    assert (paused['paused'], resumed['paused'], run['script_name']) == (True, False, 'n.py')
    assert [each['name'] for each in client.get(f'{API}/schedules').json()] == ['nightly']
    assert client.delete(at).status_code == 204
    assert error(client.get(at))[:2] == (404, 'schedule_not_found')


@pytest.mark.parametrize('when', [{}, {'cron': 'x'}, {'cron': '* * * * *', 'every_seconds': 5}], ids=str)
def test_a_schedule_without_one_rule_is_refused(client: TestClient, when: dict[str, Any]) -> None:
    assert error(client.post(f'{API}/schedules', json={'name': 'n', 'source': '1', **when}))[:2] == (
        422,
        'schedule_refused',
    )


def test_a_run_is_forked_with_an_edited_result(client: TestClient, work: Callable[[str], None]) -> None:
    run = submit(client, STEPS)
    work(run['id'])

    answer = client.post(f'{API}/runs/{run["id"]}/fork', json={'at': 2, 'result': 500})
    fork = answer.json()['run']
    work(fork['id'])

    assert answer.status_code == 200
    assert (fork['origin'], fork['origin_step']) == (run['id'], 2)
    assert client.get(f'{API}/runs/{fork["id"]}').json()['output'] == 504


def test_a_fork_may_be_tried(client: TestClient, work: Callable[[str], None]) -> None:
    run = submit(client, STEPS)
    work(run['id'])

    answer = client.post(f'{API}/runs/{run["id"]}/fork', json={'at': 2, 'source': '# New.\n' + STEPS, 'dry_run': True})

    assert (answer.status_code, answer.json()['run']) == (200, None)
    assert [(move['old']['line'], move['new']['line']) for move in answer.json()['moves']] == [(8, 9), (4, 5)]


def test_a_script_that_does_not_fit_is_refused(client: TestClient, work: Callable[[str], None]) -> None:
    run = submit(client, STEPS)
    work(run['id'])

    answer = client.post(f'{API}/runs/{run["id"]}/fork', json={'at': 2, 'source': '1'})

    assert error(answer)[:2] == (422, 'fork_refused')


def test_a_run_that_has_ended_is_not_migrated(client: TestClient, work: Callable[[str], None]) -> None:
    run = submit(client, STEPS)
    work(run['id'])

    answer = client.post(f'{API}/runs/{run["id"]}/migrate', json={'source': STEPS})

    assert error(answer)[:2] == (409, 'wrong_status')


def test_a_schedule_is_described_anew(client: TestClient, engine: Engine) -> None:
    made = Submission('1', tags={'team': 'ops'})
    engine.create_schedule('nightly', made, cron='0 3 * * *')
    answer = client.put('/api/v1/schedules/nightly', json={'source': '2', 'every_seconds': 60, 'queue': 'slow'})
    source = client.get('/api/v1/schedules/nightly/source').json()

    assert answer.status_code == 200, answer.text
    assert (answer.json()['cron'], answer.json()['every_seconds'], answer.json()['queue']) == (None, 60.0, 'slow')
    assert source['source'] == '2'
    assert engine.schedule_submission('nightly').tags == {'team': 'ops'}
    assert client.put('/api/v1/schedules/none', json={'source': '2', 'every_seconds': 60}).status_code == 404
