"""What is made from the description of the API is what it would be made now."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

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
