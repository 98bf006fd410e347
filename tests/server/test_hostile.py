"""Texts of anyone in every page: they are shown, and are never markup, script or address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from monty_flow.engine import Engine, Functions, Submission, Worker
from monty_flow.server import Settings
from monty_flow.server.app import routes
from tests.server.html_pages import Page
from tests.server.route_table import Reachable, routes_of

PAYLOADS = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus='alert(1)",
    'javascript:alert(1)',
    '</pre></textarea></title><svg onload=alert(1)>',
    '{{ 77777777 * 7 }}{% raw %}',
    '<!-- --><iframe src="//evil.example">',
    '&lt;script&gt;&#60;b&#62;',
    '" hx-get="/api/v1/runs" hx-trigger="load" data-events="//evil.example',
    '\u202e\u0000<b>'.replace('\u0000', ''),
]
#: The elements that our templates have.
OURS = set(
    'html head meta title link script body a header nav span main footer img form input button h1 h2 h3 p ul li b label '
    'select option div table thead tbody tr th td time code pre section dl dt dd svg text line rect mark del output '
    'textarea noscript details summary fieldset legend g'.split()
)
PAGES = [
    route
    for route in routes_of(routes(Settings('sqlite:///not-opened.db')))
    if route.is_page and route.method == 'GET' and route.path != '/'
]
functions = Functions()


@functions.function(retries=0)
def say(text: str, fails: bool = False) -> Any:
    """Return or raise what it is given."""
    if fails:
        raise ValueError(text)
    return [text, {text: text}]


def hostile_runs(engine: Engine, payload: str) -> list[str]:
    """Return runs that hold a text wherever they can: one that succeeded, one that failed, three that wait."""
    source = (
        f'# {payload}\nvalue = say(text)\nprint(text)\nname = {{text: value}}\nsay(text, fails=wrong)\nelsewhere(name)'
    )
    made = [
        engine.submit(
            source.replace('elsewhere(name)', last),
            inputs={'text': payload, 'wrong': wrong},
            script_name=payload,
            key=f'{number}{payload}',
            tags={'said': payload},
        ).id
        for number, (last, wrong) in enumerate(
            [
                ('name', False),
                ('name', True),
                ('elsewhere(name)', False),
                ('flow.approve(text)', False),
                ('flow.wait_signal(text)', False),
            ]
        )
    ]
    engine.create_token(payload, 'admin')
    engine.create_schedule(
        'lane', Submission(f'# {payload}\ntext', {'text': payload}, script_name=payload), cron='0 3 * * *'
    )
    Worker(engine.url, functions, worker_id=payload, isolation='none').run_until_idle()
    return made


def assert_is_ours(answer: Any) -> Page:
    """Assert that a page holds nothing that a text of someone else made."""
    page = Page(answer.text)
    for element in page.elements:
        assert element.tag in OURS, element
        for name, value in element.attributes.items():
            assert not name.startswith('on'), element
            assert name != 'style', element
            if name in ('href', 'src', 'action', 'hx-get', 'data-events', 'data-run'):
                assert value.startswith(('/', '#')), element
                assert not value.startswith('//'), element
            assert name not in ('autofocus', 'hx-post', 'srcdoc') or element.attributes.get('id') == 'token', element
    assert all(script.attributes.get('src', '').startswith('/static/') for script in page.all('script'))
    assert str(77777777 * 7) not in page.text
    return page


@pytest.mark.parametrize('payload', PAYLOADS)
def test_a_text_of_anyone_is_shown_as_it_is_in_every_page(
    payload: str, open_client: Callable[..., TestClient], engine: Engine
) -> None:
    runs = hostile_runs(engine, payload)
    client = open_client(token=engine.create_token(payload, 'admin').text)
    shown = ''
    for route in PAGES:
        for run_id in runs if '{' in route.path else runs[:1]:
            answer = client.request(**route.request(run_id))
            assert answer.status_code == 200, (str(route), answer.text)
            shown += assert_is_ours(answer).text

    assert shown.count(payload) > 10


@pytest.mark.parametrize('payload', PAYLOADS)
def test_what_a_person_types_into_a_form_is_never_markup(payload: str, client: TestClient, engine: Engine) -> None:
    """Each form comes back with what was typed, and says what is wrong with it or would come of it."""
    source = f"""\
# {payload}
name = say(text)
say(name)
"""
    run = engine.submit(source, inputs={'text': payload})
    Worker(engine.url, functions, isolation='none').run_until_idle()
    waiting = engine.submit(f'# {payload}\nimport flow\nflow.wait_signal(text)', inputs={'text': payload})
    Worker(engine.url, functions, isolation='none').run_until_idle()
    headers = {'X-CSRF-Token': client.get('/runs').text.partition('X-CSRF-Token": "')[2].partition('"')[0]}
    variables = {'name': ['name', payload], 'value': ['1', payload]}
    forms = [
        (f'/runs/{run.id}/fork', {'at': '2', 'source': f'# {payload}\n{source}'}, 200),
        (f'/runs/{run.id}/fork', {'at': '2', 'source': payload}, 422),
        (f'/runs/{run.id}/fork', {'at': '2', 'source': source, 'call': 'result', 'result': f'[{payload}'}, 422),
        (f'/runs/{run.id}/fork', {'at': '2', 'source': source, **variables}, 422),
        (f'/runs/{waiting.id}/migrate', {'source': f'# {payload}\n{engine.source(waiting.id)}'}, 200),
        (f'/runs/{waiting.id}/migrate', {'source': payload}, 422),
        (
            '/schedules/new',
            dict.fromkeys(('source', 'name', 'script_name', 'inputs', 'cron', 'timezone', 'every_seconds'), payload),
            422,
        ),
        ('/queues/limits', {'name': 'lane', 'rate': payload[:20], 'concurrency': payload[:20]}, 422),
        ('/runs/bulk?' + urlencode({'text': payload}), {'action': 'cancel', 'which': 'all'}, 200),
        ('/submit', {'source': payload, 'inputs': payload, 'name': payload, 'key': payload}, 422),
    ]
    for path, form, status in forms:
        answer = client.post(path, data=form, headers=headers)
        assert answer.status_code == status, (path, form, answer.text)
        shown = assert_is_ours(answer)
        told = shown.text + ''.join(value for element in shown.elements for value in element.attributes.values())
        assert payload[:20] in told or answer.headers.get('X-Error-Code') == 'request_invalid'


@pytest.mark.parametrize('payload', PAYLOADS)
@pytest.mark.parametrize(
    'name', ['text', 'script', 'status', 'period', 'cursor', 'notice', 'tag', 'queue', 'since', 'until']
)
def test_what_an_address_says_is_never_markup(payload: str, name: str, client: TestClient) -> None:
    answer = client.get('/runs', params={name: payload})

    assert answer.status_code in (200, 422)
    assert_is_ours(answer)


@pytest.mark.parametrize('payload', PAYLOADS)
def test_what_a_form_says_comes_back_as_it_was(payload: str, client: TestClient) -> None:
    proof = client.get('/submit').text.partition('X-CSRF-Token": "')[2].partition('"')[0]
    form = {'source': payload + '(', 'inputs': payload, 'name': payload, 'key': payload, 'proof': proof}
    answer = client.post('/submit', data=form)
    page = assert_is_ours(answer)
    by_name = {element.attributes.get('name'): element.attributes.get('value') for element in page.all('input')}

    assert (by_name['name'], by_name['key']) == (payload, payload)
    assert payload in page.text


@pytest.mark.parametrize('path', ['/%3Cscript%3E', '/runs/%3Cscript%3E', '/runs/0?step=%22%3E%3Cb%3E'])
def test_an_address_that_is_not_there_is_never_markup(path: str, client: TestClient) -> None:
    answer = client.get(path)

    assert answer.status_code in (404, 422)
    assert_is_ours(answer)


def test_the_events_of_a_run_are_lines_of_json_whatever_it_prints(client: TestClient, engine: Engine) -> None:
    run = engine.submit('print("a\\n\\nevent: end\\ndata: {}\\r\\n\\r\\nid: 7\\u2028")')
    Worker(engine.url, functions, isolation='none').run_until(run.id)

    names = [
        line for line in client.get(f'/api/v1/runs/{run.id}/events').text.splitlines() if line.startswith('event:')
    ]

    assert names.count('event: end') == 1
    assert names[-1] == 'event: end'


def test_every_page_is_tried() -> None:
    assert {Reachable('GET', '/runs', None).path, '/runs/{run_id}', '/workers'} <= {route.path for route in PAGES}
