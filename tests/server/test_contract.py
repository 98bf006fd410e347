"""The API against its own description: Schemathesis sends what the description allows, and reads what comes back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from monty_flow.engine import Engine, Functions, Worker
from monty_flow.server import Settings
from monty_flow.server.app import description, routes
from tests.server.live import listening

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
schema = schemathesis.openapi.from_dict(description(routes(Settings('sqlite:///not-opened.db'))))
functions = Functions()


@functions.function()
def double(x: Any) -> Any:
    """Return twice as much."""
    return 2 * x


@pytest.fixture(scope='module')
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the URL of a database."""
    path: Path = tmp_path_factory.mktemp('contract')
    return f'sqlite:///{path}/flow.db'


@pytest.fixture(scope='module')
def address(url: str) -> Iterator[str]:
    """Return the address of a server that says nothing of how often one asks."""
    Engine(url).close()
    with listening(url, requests_per_second=1e6, burst=10**6) as address:
        yield address


@pytest.fixture
def run_id(url: str) -> str:
    """Return a run that has ended, with two states and a line in its log."""
    with Engine(url) as engine:
        run = engine.submit('print(double(n))\ndouble([n])', inputs={'n': 1}, tags={'a': 'b'})
        Worker(url, functions, isolation='none').run_until(run.id)
    return run.id


@schema.parametrize()
@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much, HealthCheck.too_slow],
)
def test_the_api_does_what_its_description_says(case: schemathesis.Case, address: str, run_id: str) -> None:
    if 'run_id' in (case.path_parameters or {}) and case.path_parameters['run_id'] < '8':
        # Half of the ids are of a run that is there, or nothing but "not found" would be tried.
        case.path_parameters['run_id'] = run_id
    if 'wait_seconds' in (case.query or {}):
        case.query['wait_seconds'] = 0.01
    response = case.call(base_url=address, timeout=30)

    case.validate_response(response, checks=CHECKS)
