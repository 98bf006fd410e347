"""What one who means ill sends: too much, too deep, too slow, and what is not meant to be there."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.testclient import TestClient

from monty_flow.engine import Engine
from monty_flow.server.engines import Engines
from monty_flow.server.patience import PatientProtocol
from tests.server.live import PATIENCE_SECONDS, listening
from tests.server.test_access import code

JSON = {'Content-Type': 'application/json'}


@pytest.mark.parametrize(
    'body',
    [
        '[' * 100_000,
        '{"source": "1", "inputs": {"a": ' + '[' * 50_000 + ']' * 50_000 + '}}',
        '{"source": "1", "inputs": {"a": ' + '{"a": ' * 50_000 + '1' + '}' * 50_000 + '}}',
        '{"source": "a", "inputs": {"a": ' + '9' * 100_000 + '}}',
        '{"source": "a", "inputs": {"a": "\\ud800"}}',
        '{"source": "\\ud800"}',
        '{"source": "1", "script_name": "\\ud800"}',
        '{"source": "1", "tags": {"\\ud800": "\\udfff"}}',
        '{"source": "1", "key": "a\\u0000b"}',
        '{"source": "' + '(' * 100_000 + '"}',
        '{"source": "x = ' + '-' * 100_000 + '1"}',
        '\xff\xfe',
        '',
        'null',
    ],
    ids=lambda body: body[:40],
)
def test_a_body_that_is_too_deep_or_no_text_is_refused(client: TestClient, engine: Engine, body: str) -> None:
    answer = client.post('/api/v1/runs', content=body.encode('latin-1'), headers=JSON)

    assert answer.status_code in (400, 422), answer.text
    assert answer.json()['error']['message']
    assert engine.list() == []


@pytest.mark.parametrize('media', ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', ''])
def test_a_body_that_a_form_of_another_page_could_send_is_no_json(
    client: TestClient, engine: Engine, media: str
) -> None:
    answer = client.post('/api/v1/runs', content=b'{"source": "1"}', headers={'Content-Type': media} if media else {})

    assert answer.status_code == 422
    assert engine.list() == []


@pytest.mark.parametrize(
    'path',
    [
        '../app.py',
        '..%2f..%2fapp.py',
        '%2e%2e/%2e%2e/app.py',
        '/etc/passwd',
        '....//app.py',
        '..\\app.py',
        '..%5c..%5capp.py',
        '%00',
        'app.js%00.css',
        'C:/x',
        '',
        '.',
        'app.js/..',
    ],
)
def test_files_are_those_of_one_folder(address: str, path: str) -> None:
    host = urlsplit(address)
    with closing(socket.create_connection((host.hostname, host.port or 0), PATIENCE_SECONDS)) as connection:
        request = f'GET /static/{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
        connection.sendall(request.encode())
        answer = connection.makefile('rb').read()

    assert answer.split(b' ', 2)[1] in (b'400', b'404', b'405'), answer[:300]


@pytest.mark.parametrize(
    'path',
    [
        '/runs?text=%ff%fe', '/runs?text=%ed%a0%80', '/runs?status=%00', '/runs?cursor=%00', '/runs?tag=%00%3D%00',
        '/runs?since=9999-99-99', '/runs?until=0001-01-01T00:00:00%2B23:59', '/runs?queue=%00/', '/runs?notice=%0d%0aX-A:b',
        '/runs/%00', '/runs/abc%0d%0aX-A:b', '/schedules/%ff/edit', '/queues/limits?name=%0d%0aX-A:b', '/nothing%0d%0aX-A:b',
        '/api/v1/runs?text=%ff', '/api/v1/runs?cursor=%ed%a0%80', '/api/v1/runs?tag=%00%3d', '/api/v1/runs?submitted_after=0001-01-01T00:00:00Z',
    ],
)  # fmt: skip
def test_what_an_address_holds_breaks_nothing_and_is_no_header(client: TestClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code < 500
    assert 'X-A' not in answer.headers


def test_what_a_path_holds_is_one_line_of_the_log(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fails(*_: Any) -> None:
        raise RuntimeError('broken')

    monkeypatch.setattr(Engines, 'do', fails)
    with caplog.at_level(logging.ERROR):
        client.get('/schedules/%0d%0aERROR forged/edit')

    assert all('\n' not in record.getMessage() for record in caplog.records)
    assert any('forged' in record.getMessage() for record in caplog.records)


def test_a_form_has_a_bounded_number_of_fields(client: TestClient) -> None:
    body = '&'.join(f'run_id={number}' for number in range(5000))
    answer = client.post('/runs/bulk', content=body, headers={'Content-Type': 'application/x-www-form-urlencoded'})

    assert answer.status_code == 400


@pytest.fixture
def address(url: str) -> Iterator[str]:
    """Return the address of a server."""
    with listening(url, max_streams_of_one=1) as address:
        yield address


@pytest.fixture
def hasty(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Return the address of a server that has little patience, and enough for a request that is sent at once."""
    monkeypatch.setattr(PatientProtocol, 'head_seconds', 2.0)
    with listening(url, body_seconds=1.0) as address:
        yield address


@pytest.mark.parametrize(
    'begun', [b'', b'GET', b'GET /runs HTTP/1.1\r\nHost: localhost\r\n'], ids=['nothing', 'a word', 'half a head']
)
def test_a_connection_that_does_not_say_what_it_wants_is_closed(hasty: str, begun: bytes) -> None:
    host = urlsplit(hasty)
    with closing(socket.create_connection((host.hostname, host.port or 0), PATIENCE_SECONDS)) as connection:
        connection.sendall(begun)

        assert connection.makefile('rb').read() == b''


def test_a_second_request_has_its_own_time(hasty: str) -> None:
    host = urlsplit(hasty)
    whole = b'GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n'
    with closing(socket.create_connection((host.hostname, host.port or 0), PATIENCE_SECONDS)) as connection:
        connection.sendall(whole)
        first = connection.recv(65536)
        connection.sendall(whole[:20])
        rest = connection.makefile('rb').read()

    assert first.startswith(b'HTTP/1.1 200')
    assert not rest.startswith(b'HTTP/1.1 200')


def test_a_body_that_does_not_arrive_is_waited_for_no_longer(hasty: str) -> None:
    host = urlsplit(hasty)
    head = (
        'POST /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{'
    )
    with closing(socket.create_connection((host.hostname, host.port or 0), PATIENCE_SECONDS)) as connection:
        connection.sendall(head.encode())
        answer = connection.recv(65536)

    assert answer.startswith(b'HTTP/1.1 408')
    assert b'body_too_slow' in answer


def test_one_caller_has_a_bounded_number_of_streams(address: str, engine: Engine) -> None:
    run = engine.submit('1')
    path = f'/api/v1/runs/{run.id}/events'
    with httpx.Client(base_url=address, timeout=PATIENCE_SECONDS) as client:
        with client.stream('GET', path) as stream:
            # Held, since the stream ends with it.
            lines = stream.iter_lines()
            assert next(lines) == 'event: run'
            refused = client.get(path)

    assert code(refused) == (503, 'too_many_streams')


def test_a_stream_that_is_open_is_given_time(hasty: str, engine: Engine) -> None:
    """The bounds are for what is asked, not for the answer."""
    run = engine.submit('1')
    with httpx.Client(base_url=hasty, timeout=PATIENCE_SECONDS) as client:
        with client.stream('GET', f'/api/v1/runs/{run.id}/events') as stream:
            lines = stream.iter_lines()
            assert next(lines) == 'event: run'
            # Connections that are begun after it are given up, and it is still there.
            host = urlsplit(hasty)
            with closing(socket.create_connection((host.hostname, host.port or 0), PATIENCE_SECONDS)) as other:
                assert other.makefile('rb').read() == b''
            engine.terminate(run.id)

            assert 'event: end' in list(lines)


@pytest.mark.parametrize(
    'endless', [b'GET /', b'GET / HTTP/1.1\r\nHost: localhost\r\nX: ', b'GET / HTTP/1.1\r\nHost: localhost\r\n'],
    ids=['an address', 'a header', 'headers'],
)  # fmt: skip
def test_a_head_has_a_bound(address: str, endless: bytes) -> None:
    host = urlsplit(address)
    with closing(socket.create_connection((host.hostname, host.port or 0), PATIENCE_SECONDS)) as connection:
        connection.sendall(endless)
        with pytest.raises(ConnectionError):  # noqa: PT012
            for _ in range(200):
                connection.sendall(b'a: b\r\n' * 100_000 if endless.endswith(b'localhost\r\n') else b'a' * 600_000)


def test_a_stream_ends_with_the_token_that_opened_it(url: str, engine: Engine) -> None:
    made = engine.create_token('ann', 'read')
    run = engine.submit('1')
    headers = {'Authorization': f'Bearer {made.text}'}
    with (
        listening(url, heartbeat_seconds=0.05) as address,
        httpx.Client(base_url=address, timeout=PATIENCE_SECONDS, headers=headers) as client,
        client.stream('GET', f'/api/v1/runs/{run.id}/events') as stream,
    ):
        lines = stream.iter_lines()
        assert next(lines) == 'event: run'
        engine.revoke_token(made.token.id)
        rest = list(lines)

    assert 'event: end' not in rest


@pytest.mark.parametrize('garbage', ['x', '-1', '1.5', '9' * 19, '1 ', "1' OR 1=1", '\xff', 'null', '1,2'])
def test_the_id_of_an_event_that_is_none_is_refused(client: TestClient, engine: Engine, garbage: str) -> None:
    run = engine.submit('1')
    answer = client.get(f'/api/v1/runs/{run.id}/events', headers={'Last-Event-ID': garbage.encode('latin-1')})  # type: ignore[dict-item]

    assert code(answer) == (422, 'request_invalid')


@pytest.mark.parametrize(
    'cursor', ['x', '0', '-', '\U0001f600', '0' * 36, 'a' * 200, "' OR 1=1 --", '[1]', '%', '01a2%']
)
def test_a_forged_cursor_tells_nothing(open_client: Callable[..., TestClient], engine: Engine, cursor: str) -> None:
    theirs = engine.submit('1', namespace='theirs')
    client = open_client(token=engine.create_token('me', 'read', namespace='mine').text)
    for forged in (cursor, theirs.id):
        answer = client.get('/api/v1/runs', params={'cursor': forged})

        assert answer.status_code in (200, 422)
        assert answer.status_code == 422 or answer.json()['runs'] == []


def test_more_conditions_than_a_run_can_meet_are_refused(client: TestClient) -> None:
    many = {f'name{number}': 'text' for number in range(2000)}
    listed = client.get('/api/v1/runs', params={'tag': [f'{name}={text}' for name, text in many.items()]})
    steered = client.post('/api/v1/runs/bulk', json={'action': 'cancel', 'tags': many})
    submitted = client.post('/api/v1/runs', json={'source': '1', 'tags': many})

    assert {code(answer) for answer in (listed, steered, submitted)} == {(422, 'request_invalid')}


def test_a_forged_file_is_no_run(client: TestClient, engine: Engine, work: Callable[[str], None]) -> None:
    run = engine.submit('double(1)')
    work(run.id)
    file = client.get(f'/api/v1/runs/{run.id}/export').content
    engine.delete(run.id)
    forged = [bytes([*file[:at], file[at] ^ 1, *file[at + 1 :]]) for at in range(0, len(file), max(1, len(file) // 60))]
    forged += [file[:-1], file + b'x', file[: len(file) // 2], b'', file * 2]
    answers = [client.post('/api/v1/runs/import', content=each) for each in forged]

    assert {code(answer) for answer in answers} == {(422, 'file_refused')}
    assert engine.list() == []
    assert client.post('/api/v1/runs/import', content=file).status_code == 201


def test_logs_and_calls_come_in_pieces(client: TestClient, engine: Engine, work: Callable[[str], None]) -> None:
    run = engine.submit('for n in range(5):\n    print(double(n))')
    work(run.id)
    calls = client.get(f'/api/v1/runs/{run.id}/calls', params={'after': 2, 'limit': 2}).json()
    entries = client.get(f'/api/v1/runs/{run.id}/history', params={'limit': 3}).json()
    lines = client.get(f'/api/v1/runs/{run.id}/logs', params={'limit': 2}).json()
    later = client.get(f'/api/v1/runs/{run.id}/logs', params={'after': lines[-1]['seq'], 'limit': 2}).json()

    assert [call['number'] for call in calls] == [3, 4]
    assert len(entries) == 3
    assert [line['text'] for line in lines + later] == ['0\n', '2\n', '4\n', '6\n']


def test_a_stream_tells_all_lines_however_many_are_read_at_once(
    client: TestClient, engine: Engine, work: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('monty_flow.server.api.events.LINES_AT_ONCE', 2)
    run = engine.submit('for n in range(5):\n    print(n)')
    work(run.id)
    text = client.get(f'/api/v1/runs/{run.id}/events').text

    assert text.count('event: log') == 5
    assert text.rstrip().rpartition('event: ')[2].startswith('end')


def test_no_page_of_ours_needs_what_its_policy_forbids() -> None:
    """Templates hold no script, no style and no handler of their own."""
    templates = Path(__file__).parents[2] / 'monty_flow' / 'server' / 'templates'
    for template in templates.glob('*.html'):
        text = template.read_text(encoding='utf-8')
        assert '|safe' not in text.replace(' ', ''), template
        assert 'style="' not in text, template
        assert ' on' not in {part[:3] for part in text.split('"') if part.endswith('=')}, template
        assert '<script>' not in text, template
