"""Who is heard: every route without a token, with a role that is too small, from elsewhere; sessions and their proofs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from monty_flow.engine import Engine, ManualClock, Role, Submission, SystemClock, Worker
from monty_flow.engine import keys as engine_keys
from monty_flow.server import Settings
from monty_flow.server.app import description, routes
from tests.server.conftest import functions
from tests.server.route_table import OPEN, Reachable, routes_of

ROUTES = routes_of(routes(Settings('sqlite:///not-opened.db')))
GUARDED = [route for route in ROUTES if route.role is not None]
OpenClient = Callable[..., TestClient]


def code(answer: Any) -> tuple[int, str]:
    """Return status and code of an error; a page tells the code in a header only."""
    told = answer.headers['X-Error-Code']
    if answer.headers.get('content-type') == 'application/json':
        assert answer.json()['error']['code'] == told
    return answer.status_code, told


def test_routes_without_a_role_are_the_ones_with_a_reason() -> None:
    assert {(route.method, route.path) for route in ROUTES if route.role is None} == set(OPEN)


def test_the_table_holds_all_groups_of_routes() -> None:
    assert len(GUARDED) > 15
    assert {route.role for route in GUARDED} == set(Role)


def test_the_description_tells_the_role_of_each_route() -> None:
    document = description(routes(Settings('sqlite:///not-opened.db')))
    told = {
        (method.upper(), path): operation['x-role']
        for path, item in document['paths'].items()
        for method, operation in item.items()
    }

    assert told == {(route.method, route.path): route.role for route in GUARDED if not route.is_page}


@pytest.mark.parametrize('route', GUARDED, ids=str)
def test_a_route_takes_a_token_once_there_are_tokens(route: Reachable, open_client: OpenClient, engine: Engine) -> None:
    engine.create_token('someone', 'read')
    run = engine.submit('1')
    client = open_client()

    plain = client.request(**route.request(run.id))
    wrong = client.request(**route.request(run.id), headers={'Authorization': 'Bearer mf_0_0'})

    assert code(wrong) == (401, 'token_refused')
    if route.is_page:
        assert (code(plain), plain.headers['Location']) == ((303, 'token_needed'), '/login')
    else:
        assert (code(plain), plain.headers['WWW-Authenticate']) == ((401, 'token_needed'), 'Bearer')


@pytest.mark.parametrize('route', GUARDED, ids=str)
def test_a_route_takes_its_role_or_a_greater_one(route: Reachable, open_client: OpenClient, engine: Engine) -> None:
    assert route.role is not None
    for role in Role:
        run = engine.submit('1')
        engine.cancel(run.id)
        client = open_client(token=engine.create_token('someone', role, namespace='*').text)
        answer = client.request(**route.request(run.id))
        if role.allows(route.role):
            assert answer.status_code not in (401, 403, 500)
        else:
            assert code(answer) == (403, 'role_too_small')


@pytest.mark.parametrize('route', [route for route in GUARDED if '{run_id}' in route.path], ids=str)
def test_a_run_of_another_namespace_is_not_there(route: Reachable, open_client: OpenClient, engine: Engine) -> None:
    run = engine.submit('1', namespace='theirs')
    engine.cancel(run.id)
    before = engine.get(run.id)
    client = open_client(token=engine.create_token('me', 'admin', namespace='mine').text)

    assert code(client.request(**route.request(run.id))) == (404, 'run_not_found')
    assert code(client.request(**route.request(run.id[:-1]))) == (404, 'run_not_found')
    assert engine.get(run.id) == before


def test_what_is_elsewhere_is_told_as_what_is_nowhere(open_client: OpenClient, engine: Engine) -> None:
    """A token of one namespace learns nothing by guessing: neither ids of runs, nor names of schedules."""
    theirs, nowhere = engine.submit('1', namespace='theirs').id, '01a00000-0000-7000-8000-000000000000'
    engine.create_schedule('theirs', Submission('1', namespace='theirs'), cron='0 3 * * *')
    client = open_client(token=engine.create_token('me', 'admin', namespace='mine').text)
    told = []
    for route in GUARDED:
        if '{run_id}' in route.path:
            pair = [client.request(**route.request(run_id)) for run_id in (theirs, nowhere)]
            told.append([(answer.status_code, answer.text.replace(theirs, nowhere)) for answer in pair])
        elif '/schedules/{name}' in route.path:
            path = route.path.replace('{action}', 'pause')
            pair = [
                client.request(**route.request('') | {'url': path.format(name=name)}) for name in ('theirs', 'others')
            ]
            told.append([(answer.status_code, answer.text.replace('theirs', 'others')) for answer in pair])

    assert len(told) > 30
    assert [one for one, other in told if one != other] == []
    assert {one[0] for one, _ in told} == {404}


@pytest.mark.parametrize('route', [route for route in GUARDED if '{run_id}' not in route.path], ids=str)
def test_no_other_route_tells_of_another_namespace(route: Reachable, open_client: OpenClient, engine: Engine) -> None:
    for source in ('1', 'double(1)', 'import flow\nflow.approve("secret?")'):
        engine.submit(source, script_name='secret.py', namespace='theirs')
    Worker(engine.url, functions, isolation='none').run_until_idle()
    known = {run.id for run in engine.list()}
    client = open_client(token=engine.create_token('me', 'admin', namespace='mine').text)
    answer = client.request(**route.request(''))

    assert 'secret' not in answer.text
    assert 'double' not in answer.text
    assert not any(run_id in answer.text for run_id in known)


@pytest.mark.parametrize('route', [route for route in GUARDED if '/schedules/{name}' in route.path], ids=str)
def test_a_schedule_of_another_namespace_is_not_there(
    route: Reachable, open_client: OpenClient, engine: Engine
) -> None:
    engine.create_schedule('lane', Submission('1', namespace='theirs'), cron='0 3 * * *')
    client = open_client(token=engine.create_token('me', 'admin', namespace='mine').text)

    assert code(client.request(**route.request('0'))) == (404, 'schedule_not_found')
    assert engine.schedule('lane').fired == 0


def test_a_namespace_that_is_not_the_tokens_cannot_be_asked_for(open_client: OpenClient, engine: Engine) -> None:
    client = open_client(token=engine.create_token('me', 'admin', namespace='mine').text)
    bulk = {'action': 'cancel', 'namespace': 'theirs'}
    answers = [
        client.post('/api/v1/runs', json={'source': '1', 'namespace': 'theirs'}),
        client.get('/api/v1/runs', params={'namespace': 'theirs'}),
        client.post('/api/v1/runs/bulk', json=bulk),
        client.post('/api/v1/runs/import', content=b''),
    ]

    assert {code(answer) for answer in answers} == {(403, 'namespace_refused')}
    assert client.post('/api/v1/runs', json={'source': '1'}).json()['namespace'] == 'mine'


def test_a_token_of_a_namespace_says_how_long_runs_are_kept_there_only(open_client: OpenClient, engine: Engine) -> None:
    engine.set_retention(timedelta(days=1))
    engine.set_retention(timedelta(days=2), namespace='theirs')
    client = open_client(token=engine.create_token('me', 'admin', namespace='mine').text)
    made = client.put('/api/v1/retention', json={'keep_seconds': 60}).json()
    proof = {'X-CSRF-Token': proof_in(client.get('/runs'))}
    client.post('/retention', data={'number': '2', 'unit': 'hours', 'status': 'failed'}, headers=proof)
    refused = client.put('/api/v1/retention', json={'keep_seconds': 60, 'namespace': 'theirs'})
    seen = [rule['namespace'] for rule in client.get('/api/v1/retention').json()]
    page = client.get('/retention').text

    assert made['namespace'] == 'mine'
    assert code(refused) == (403, 'namespace_refused')
    assert code(client.delete('/api/v1/retention', params={'status': 'succeeded'})) == (404, 'rule_not_found')
    assert seen == [None, 'mine', 'mine']
    assert 'theirs' not in page
    # That of all is not this token's to delete.
    assert page.count('>Delete</button>') == 2
    assert len(engine.retention()) == 4


def test_a_key_gives_no_run_of_another_namespace(open_client: OpenClient, engine: Engine) -> None:
    engine.submit('1', key='monday', namespace='theirs')
    client = open_client(token=engine.create_token('me', 'submit', namespace='mine').text)

    assert code(client.post('/api/v1/runs', json={'source': '1', 'key': 'monday'})) == (409, 'key_taken')


def test_many_are_steered_in_the_own_namespace_only(open_client: OpenClient, engine: Engine) -> None:
    theirs, mine = engine.submit('1', namespace='theirs'), engine.submit('1', namespace='mine')
    client = open_client(token=engine.create_token('me', 'operate', namespace='mine').text)
    counted = client.post('/api/v1/runs/bulk', json={'action': 'cancel'}).json()
    done = client.post('/api/v1/runs/bulk', json={'action': 'cancel', 'dry_run': False}).json()
    deleting = client.post('/api/v1/runs/bulk', json={'action': 'delete', 'dry_run': False})

    assert (counted, done) == ({'runs': 1, 'dry_run': True}, {'runs': 1, 'dry_run': False})
    assert (engine.get(theirs.id).status, engine.get(mine.id).status) == ('pending', 'cancelled')
    assert code(deleting) == (403, 'role_too_small')


@pytest.mark.parametrize('route', GUARDED, ids=str)
def test_without_tokens_only_this_machine_is_heard(route: Reachable, open_client: OpenClient, engine: Engine) -> None:
    run = engine.submit('1')
    request = route.request(run.id)

    assert code(open_client(address='192.0.2.7').request(**request)) == (403, 'loopback_only')
    assert code(open_client(address='testclient').request(**request)) == (403, 'loopback_only')
    assert code(open_client().request(**request, headers={'X-Forwarded-For': '::1'})) == (403, 'loopback_only')


@pytest.mark.parametrize('route', ROUTES, ids=str)
def test_a_name_that_is_not_ours_is_not_heard(route: Reachable, client: TestClient) -> None:
    answer = client.request(**route.request('0'), headers={'Host': 'evil.example'})

    assert code(answer) == (421, 'host_refused')


@pytest.mark.parametrize('route', [route for route in ROUTES if route.method != 'GET'], ids=str)
@pytest.mark.parametrize(
    'headers',
    [
        {'Origin': 'http://evil.example'},
        {'Origin': 'null'},
        {'Origin': 'http://localhost:8080'},
        {'Sec-Fetch-Site': 'cross-site'},
        {'Sec-Fetch-Site': 'same-site'},
    ],
    ids=str,
)
def test_a_page_of_another_origin_changes_nothing(
    route: Reachable, headers: dict[str, str], client: TestClient
) -> None:
    assert code(client.request(**route.request('0'), headers=headers)) == (403, 'origin_refused')


@pytest.mark.parametrize('host', ['localhost', 'localhost:8000', '127.0.0.1:8000', '[::1]:8000', 'flow.example:443'])
def test_names_of_this_machine_and_those_that_are_allowed_are_heard(host: str, open_client: OpenClient) -> None:
    client = open_client(allowed_hosts=frozenset({'flow.example'}))

    assert client.get('/api/v1/health', headers={'Host': host}).status_code == 200


@pytest.mark.parametrize('host', ['', 'localhost.evil.example', 'localhost@evil.example', '[', 'a:b:c'])
def test_other_names_are_not(host: str, client: TestClient) -> None:
    assert code(client.get('/api/v1/health', headers={'Host': host})) == (421, 'host_refused')


def test_a_token_that_was_revoked_is_not_heard(open_client: OpenClient, engine: Engine) -> None:
    made = engine.create_token('someone', 'read')
    client = open_client(token=made.text)
    before = client.get('/api/v1/health').status_code
    engine.revoke_token(made.token.id)

    assert before == 200
    assert code(client.get('/api/v1/health')) == (401, 'token_refused')
    assert code(open_client().get('/api/v1/health')) == (401, 'token_needed')


def test_a_body_over_the_bound_is_refused_whether_its_length_is_told_or_not(open_client: OpenClient) -> None:
    client = open_client(max_body_bytes=1000)
    told = client.post('/api/v1/runs', json={'source': 'x' * 1000})
    untold = client.post(
        '/api/v1/runs',
        content=iter([b'{"source": "', b'x' * 1000, b'"}']),
        headers={'Content-Type': 'application/json'},
    )
    fits = client.post('/api/v1/runs', json={'source': '1' * 500})

    assert code(told) == code(untold) == (413, 'body_too_large')
    assert fits.status_code == 201


def test_a_run_that_is_imported_has_a_bound_of_its_own(open_client: OpenClient) -> None:
    client = open_client(max_body_bytes=10, max_import_bytes=100)

    assert code(client.post('/api/v1/runs/import', content=b'x' * 100)) == (422, 'file_refused')
    assert code(client.post('/api/v1/runs/import', content=b'x' * 101)) == (413, 'body_too_large')


def test_a_token_that_asks_too_often_is_told_when_to_come_back(open_client: OpenClient, engine: Engine) -> None:
    clock = ManualClock()
    one, other = (engine.create_token(name, 'read').text for name in 'ab')
    client = open_client(clock=clock, burst=2, requests_per_second=0.5)

    def ask(token: str) -> Any:
        return client.get('/api/v1/health', headers={'Authorization': f'Bearer {token}'})

    first = [ask(one).status_code for _ in range(2)]
    refused = ask(one)
    of_another = ask(other).status_code
    clock.advance(2)

    assert first == [200, 200]
    assert (code(refused), refused.headers['Retry-After']) == ((429, 'too_many_requests'), '2')
    assert of_another == 200
    assert ask(one).status_code == 200


def test_an_address_that_tries_tokens_is_stopped(open_client: OpenClient, engine: Engine) -> None:
    clock = ManualClock()
    good = engine.create_token('a', 'read').text
    client = open_client(clock=clock, failure_burst=2, failures_per_second=1.0)
    wrong = {'Authorization': 'Bearer mf_0_0'}
    tried = [client.get('/api/v1/health', headers=wrong).status_code for _ in range(3)]
    # Behind a proxy, all have one address.
    the_good_one = client.get('/api/v1/health', headers={'Authorization': f'Bearer {good}'}).status_code
    clock.advance(1)

    assert (tried, the_good_one) == ([401, 401, 429], 200)
    assert client.get('/api/v1/health', headers=wrong).status_code == 401


@pytest.mark.parametrize(
    'path', ['/api/v1/health', '/api/v1/openapi.json', '/api/v1/nothing', '/runs', '/login', '/nothing']
)
def test_every_answer_forbids_what_is_not_ours(path: str, client: TestClient) -> None:
    headers = client.get(path).headers

    policy = headers['Content-Security-Policy']
    assert "default-src 'none'" in policy
    assert 'unsafe' not in policy
    assert headers['X-Content-Type-Options'] == 'nosniff'
    assert headers['Referrer-Policy'] == 'same-origin'
    assert headers['Cache-Control'] == 'no-store'


def test_what_is_refused_at_the_door_has_the_headers_too(client: TestClient) -> None:
    assert 'Content-Security-Policy' in client.get('/', headers={'Host': 'evil.example'}).headers


@pytest.fixture
def signed_in(open_client: OpenClient, engine: Engine) -> Callable[[Role], TestClient]:
    """Return what opens a client that is signed in as a browser is."""

    def sign_in(role: Role) -> TestClient:
        client = open_client()
        answer = client.post('/login', data={'token': engine.create_token('ann', role).text})
        assert (answer.status_code, answer.headers['Location']) == (303, '/runs')
        return client

    return sign_in


def proof_in(page: Any) -> str:
    """Return the proof that a page brings for its changes."""
    return page.text.partition('X-CSRF-Token": "')[2].partition('"')[0]


def test_the_cookie_is_kept_from_scripts_and_from_other_sites(open_client: OpenClient, engine: Engine) -> None:
    token = engine.create_token('ann', 'read').text
    plain = open_client().post('/login', data={'token': token}).headers['Set-Cookie']
    secure = open_client(secure_cookies=True).post('/login', data={'token': token}).headers['Set-Cookie']

    assert {'HttpOnly', 'SameSite=strict', 'Max-Age=43200', 'Path=/'} == set(plain.split('; ')[1:])
    assert 'Secure' in secure.split('; ')
    assert token.rpartition('_')[2] not in plain


def test_a_wrong_token_gives_no_cookie(client: TestClient) -> None:
    answer = client.post('/login', data={'token': 'mf_0_0'})

    assert answer.status_code == 401
    assert 'Set-Cookie' not in answer.headers
    assert 'this token is not known' in answer.text


@pytest.mark.parametrize('route', [route for route in GUARDED if route.method != 'GET'], ids=str)
def test_a_change_by_a_cookie_needs_the_proof_of_a_page(
    route: Reachable, signed_in: Callable[[Role], TestClient], engine: Engine
) -> None:
    client = signed_in(Role.ADMIN)
    request = route.request(engine.submit('1').id)
    proof = proof_in(client.get('/runs'))

    without = client.request(**request)
    of_another = client.request(**request, headers={'X-CSRF-Token': proof[::-1]})
    with_it = client.request(**request, headers={'X-CSRF-Token': proof})

    assert code(without) == code(of_another) == (403, 'proof_missing')
    assert with_it.headers.get('X-Error-Code') != 'proof_missing'


@pytest.mark.parametrize('route', [route for route in GUARDED if route.method != 'GET' and route.is_page], ids=str)
def test_a_change_by_a_page_needs_its_proof_without_tokens_too(
    route: Reachable, client: TestClient, engine: Engine
) -> None:
    assert code(client.request(**route.request(engine.submit('1').id))) == (403, 'proof_missing')


def test_a_form_brings_the_proof_as_a_field(signed_in: Callable[[Role], TestClient]) -> None:
    client = signed_in(Role.SUBMIT)
    proof = proof_in(client.get('/submit'))

    assert client.post('/submit', data={'source': '1', 'proof': proof}).headers['Location'].startswith('/runs/')


def test_the_role_of_a_cookie_is_the_one_of_its_token(signed_in: Callable[[Role], TestClient]) -> None:
    client = signed_in(Role.READ)

    assert client.get('/runs').status_code == 200
    assert code(client.get('/submit')) == (403, 'role_too_small')


def test_signing_out_takes_the_cookie_back(signed_in: Callable[[Role], TestClient]) -> None:
    client = signed_in(Role.READ)
    client.post('/logout', data={'proof': proof_in(client.get('/runs'))})

    assert code(client.get('/runs')) == (303, 'token_needed')


def test_revoking_a_token_ends_its_sessions(signed_in: Callable[[Role], TestClient], engine: Engine) -> None:
    client = signed_in(Role.READ)
    [token] = engine.tokens()
    engine.revoke_token(token.id)

    assert code(client.get('/runs')) == (303, 'token_needed')


def test_a_session_ends_with_its_time_and_cannot_be_prolonged(open_client: OpenClient, engine: Engine) -> None:
    clock = ManualClock()
    client = open_client(clock=clock, session_seconds=60)
    client.post('/login', data={'token': engine.create_token('ann', 'read').text})
    before = client.get('/runs').status_code
    token_id, ends, signature = client.cookies['monty_flow_session'].split('.')
    clock.advance(61)
    after = client.get('/runs')
    client.cookies.set('monty_flow_session', f'{token_id}.{int(ends) + 1000}.{signature}')

    assert before == 200
    assert code(after) == (303, 'token_needed')
    assert code(client.get('/runs')) == (303, 'token_needed')


def test_a_browser_stays_signed_in_when_the_server_is_started_again(
    signed_in: Callable[[Role], TestClient], open_client: OpenClient, engine: Engine
) -> None:
    before = signed_in(Role.OPERATE)
    proof = proof_in(before.get('/runs'))
    after = open_client()
    after.cookies.update(before.cookies)
    run = engine.submit('1')
    shown = after.get('/runs').status_code
    # The page that was open before, too.
    steered = after.post(f'/api/v1/runs/{run.id}/pause', headers={'X-CSRF-Token': proof}).status_code
    engine.revoke_token(engine.tokens()[0].id)

    assert (shown, steered) == (200, 200)
    assert code(after.get('/runs')) == (303, 'token_needed')


def test_a_session_outlives_the_key_that_signed_it_as_long_as_that_is_kept(
    signed_in: Callable[[Role], TestClient], open_client: OpenClient, tmp_path: Path
) -> None:
    before = signed_in(Role.READ)
    assert before.get('/runs').status_code == 200
    keys = tmp_path / 'flow.db.keys'
    engine_keys.rotate(keys, SystemClock())
    rotated = open_client()
    rotated.cookies.update(before.cookies)
    kept = rotated.get('/runs').status_code
    keys.unlink()
    of_another = open_client()
    of_another.cookies.update(before.cookies)

    assert kept == 200
    assert code(of_another.get('/runs')) == (303, 'token_needed')


def test_without_keys_a_session_ends_with_the_server(
    signed_in: Callable[[Role], TestClient], open_client: OpenClient, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / 'flow.db.keys').write_text('damaged', encoding='utf-8')
    before = signed_in(Role.READ)
    after = open_client()
    after.cookies.update(before.cookies)

    assert before.get('/runs').status_code == 200
    assert code(after.get('/runs')) == (303, 'token_needed')
    assert any('browsers are signed out when this server stops' in record.message for record in caplog.records)


@pytest.mark.parametrize('cookie', ['', '.', '..', 'x', 'x.y', 'x.1.', 'x.9999999999.00'])
def test_a_cookie_that_is_not_ours_is_as_none(cookie: str, open_client: OpenClient, engine: Engine) -> None:
    engine.create_token('ann', 'read')

    assert code(open_client().get('/runs', headers={'Cookie': f'monty_flow_session={cookie}'})) == (303, 'token_needed')
