"""What is made from the description of the API is what it would be made now."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest

from monty_flow.client import AsyncClient, Client

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope='module')
def generate() -> ModuleType:
    """Return the program that makes the clients."""
    spec = importlib.util.spec_from_file_location('generate_clients', ROOT / 'clients' / 'generate.py')
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_clients_are_those_of_the_api(generate: ModuleType) -> None:
    stale = [
        str(path.relative_to(ROOT))
        for path, text in generate.files().items()
        if path.read_text(encoding='utf-8') != generate.formatted(path, text)
    ]

    assert stale == [], 'run "python clients/generate.py"'


def test_every_route_is_an_operation_of_each_client() -> None:
    document = json.loads((ROOT / 'clients' / 'openapi.json').read_text(encoding='utf-8'))
    routes = [operation['operationId'] for path in document['paths'].values() for operation in path.values()]
    typescript = (ROOT / 'clients' / 'typescript' / 'src' / 'index.ts').read_text(encoding='utf-8')
    in_typescript = set(re.findall(r'^  (?:async )?\*?(\w+)\(', typescript, re.MULTILINE))

    for route in routes:
        # A stream is followed rather than asked for.
        name = 'events' if route == 'stream_events' else route
        camel = re.sub('_([a-z])', lambda match: match[1].upper(), name)
        assert (hasattr(Client, name), hasattr(AsyncClient, name), camel in in_typescript) == (True, True, True), route
    assert len(routes) > 50
