"""What a request says is what the description says, and nothing that could be taken for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel
from starlette.testclient import TestClient

from monty_flow.engine import Engine
from monty_flow.server.api.bodies import queues, retention, schedules, states, submissions, talks
from monty_flow.server.api.bodies.describing import Asked
from tests.server.test_access import code

API = '/api/v1'


def asked() -> Iterator[tuple[type[BaseModel], str, dict[str, Any]]]:
    """Yield each field of a body of a request that is a number or a flag, with its description."""
    for module in (queues, retention, schedules, states, submissions, talks):
        for model in vars(module).values():
            if isinstance(model, type) and issubclass(model, Asked) and model is not Asked:
                for name, schema in model.model_json_schema()['properties'].items():
                    for choice in schema.get('anyOf', [schema]):
                        if choice.get('type') in ('integer', 'number', 'boolean') or 'format' in choice:
                            yield model, name, choice


@pytest.mark.parametrize(('model', 'name', 'schema'), list(asked()), ids=str)
def test_a_field_takes_values_of_its_type_alone(model: type[BaseModel], name: str, schema: dict[str, Any]) -> None:
    wrong: list[Any] = ['1', 'true', 'yes', [], {}]
    wrong += [0, 1, 1.5] if schema['type'] == 'boolean' else [True, False]
    wrong += {'integer': [1.5], 'number': [float('nan')], 'string': [0, 0.5, '0.5', '2026-01-31']}.get(
        schema['type'], []
    )
    for value in wrong:
        with pytest.raises(ValueError, match=name):
            model.__pydantic_validator__.validate_assignment(model.model_construct(), name, value)


def test_the_fields_that_are_looked_at_are_many() -> None:
    assert len(list(asked())) > 20


def test_a_whole_number_may_be_written_with_a_point(client: TestClient) -> None:
    assert client.post(f'{API}/runs', json={'source': '1', 'priority': 5.0}).json()['priority'] == 5


@pytest.mark.parametrize(
    'query',
    [
        'runs?submitted_before=0.5',
        'runs?submitted_after=1700000000',
        'runs?submitted_after=2026-01-31',
        'runs?submitted_after=2026-01-31T12:00:00',
        'runs/0/calls?large=yes',
        'runs/0/calls?large=1',
        'runs/0/calls?large=True',
        'runs/0/result?wait_seconds=nan',
        'runs?limit=two',
    ],
)
def test_an_address_takes_what_is_described_alone(client: TestClient, query: str) -> None:
    assert code(client.get(f'{API}/{query}')) == (422, 'request_invalid')


@pytest.mark.parametrize('moment', ['2026-01-31T12:00:00Z', '2026-01-31t12:00:00.5%2B01:00', '2026-01-31T12:00-05:00'])
def test_a_moment_is_a_date_a_time_and_where(client: TestClient, moment: str) -> None:
    assert client.get(f'{API}/runs?submitted_after={moment}').status_code == 200


def test_what_is_wrong_is_said_in_plain_words(client: TestClient) -> None:
    answer = client.get(f'{API}/runs?submitted_after=soon').json()

    assert answer['error']['message'] == (
        'the request does not fit the description: query.submitted_after: '
        'write a moment as 2026-01-31T12:00:00Z, or with +01:00 for Z'
    )


@pytest.mark.parametrize(
    ('method', 'path', 'taken'),
    [
        ('DELETE', '/api/v1/runs/counts', 'GET'),
        ('OPTIONS', '/api/v1/runs/counts', 'GET'),
        ('GET', '/api/v1/runs/bulk', 'POST'),
        ('DELETE', '/api/v1/runs/import', 'POST'),
        ('PATCH', '/api/v1/runs/0', 'DELETE, GET'),
        ('POST', '/runs/over-time', 'GET'),
        ('GET', '/runs/bulk', 'POST'),
    ],
)
def test_a_name_that_is_no_id_has_the_methods_of_its_own_route(
    client: TestClient, method: str, path: str, taken: str
) -> None:
    answer = client.request(method, path)

    assert (code(answer), answer.headers['Allow']) == ((405, 'method_not_allowed'), taken)


@pytest.mark.parametrize(
    'path', ['/api/v1/runs/zz', '/api/v1/runs/ABC/calls', f'/api/v1/runs/{"0" * 37}', '/runs/count']
)
def test_what_is_no_id_is_no_address(client: TestClient, engine: Engine, path: str) -> None:
    assert code(client.get(path)) == (404, 'not_found')
