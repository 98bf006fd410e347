"""What docs/server.md says is so."""

from __future__ import annotations

import re
from pathlib import Path

from monty_flow.server import Settings
from monty_flow.server.app import routes
from monty_flow.server.guard import SECURITY_HEADERS
from tests.server.route_table import routes_of

PAGE = (Path(__file__).parents[2] / 'docs' / 'server.md').read_text(encoding='utf-8')


def test_the_page_tells_all_routes_of_the_api_with_their_roles() -> None:
    told = {
        (method, f'/api/v1{path}', role)
        for method, path, role in re.findall(
            r'^\| `(GET|POST|PUT|PATCH|DELETE) (/\S*)` \| (\w+) \|', PAGE, re.MULTILINE
        )
    }
    there = {
        (route.method, route.path, route.role)
        for route in routes_of(routes(Settings('sqlite:///not-opened.db')))
        if route.path.startswith('/api/') and route.role is not None
    }

    assert told == there


def test_the_page_tells_the_limits_that_are_in_force() -> None:
    settings = Settings('sqlite:///not-opened.db')

    assert f'{settings.max_body_bytes // 2**20} MiB at most' in PAGE
    assert f'an imported run {settings.max_import_bytes // 2**20} MiB' in PAGE
    assert f'{settings.requests_per_second:g} requests a second ({settings.burst} at once)' in PAGE
    assert f'an address {settings.failure_burst} wrong tokens' in PAGE
    assert f'for {settings.session_seconds / 3600:g} hours' in PAGE
    assert 'Content-Security-Policy' in SECURITY_HEADERS
