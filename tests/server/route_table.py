"""All routes of a server, each with the role that it takes and a request that fits it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Mount

from monty_flow.engine import Role
from monty_flow.server.access import Allow

#: What is heard without a token, each with the reason.
OPEN = {
    ('GET', '/api/v1/openapi.json'): 'a description of the API, the same for all',
    ('GET', '/login'): 'where one signs in',
    ('POST', '/login'): 'takes the token itself',
}
#: Bodies that fit the routes that want one.
BODIES: dict[str, dict[str, object]] = {
    '/api/v1/runs': {'json': {'source': '1'}},
    '/api/v1/runs/import': {'content': b'no run'},
    '/api/v1/runs/bulk': {'json': {'action': 'cancel'}},
    '/api/v1/runs/{run_id}/signals': {'json': {'name': 'go'}},
    '/api/v1/runs/{run_id}/calls/{number}/decision': {'json': {'approved': True}},
    '/api/v1/runs/{run_id}/fork': {'json': {'dry_run': True}},
    '/api/v1/runs/{run_id}/migrate': {'json': {'source': '1', 'dry_run': True}},
    '/runs/{run_id}/calls/{number}/decision': {'data': {'decision': 'approve'}},
    '/runs/{run_id}/signals': {'data': {'name': 'go'}},
    '/api/v1/queues/{name}': {'json': {'concurrency': 2}},
    '/api/v1/schedules': {'json': {'name': 'nightly', 'source': '1', 'cron': '0 3 * * *'}},
    '/runs/{run_id}/fork': {'data': {'at': '0', 'source': '1'}},
    '/runs/{run_id}/migrate': {'data': {'source': '1'}},
    '/api/v1/schedules/{name}': {'json': {'source': '1', 'cron': '0 3 * * *'}},
    '/schedules/new': {'data': {'name': 'nightly', 'source': '1', 'cron': '0 3 * * *'}},
    '/schedules/{name}/edit': {'data': {'source': '1', 'cron': '0 3 * * *'}},
    '/queues/limits': {'data': {'name': 'lane', 'concurrency': '2'}},
    '/api/v1/retention': {'json': {'keep_seconds': 86400}},
    '/retention': {'data': {'number': '30', 'unit': 'days'}},
    '/retention/clear': {'data': {'status': 'failed'}},
    '/submit': {'data': {'source': '1'}},
    '/runs/bulk': {'data': {'action': 'cancel'}},
}
#: Query parameters that a route cannot be without.
QUERIES = {
    '/api/v1/runs/{run_id}/diff': {'before': '1', 'after': '2'},
    '/runs/{run_id}/fork': {'at': '1'},
}


#: A session that no worker has.
NO_SESSION = '0' * 36


@dataclass(frozen=True)
class Reachable:
    """A route by one of its methods."""

    method: str
    path: str
    #: None for one that takes no token.
    role: Role | None

    def request(self, run_id: str) -> dict[str, object]:
        """Return the arguments of a request to it, about this run."""
        values = {
            'run_id': run_id,
            'step': '1',
            'number': '1',
            'name': 'lane',
            'action': 'pause',
            'session': NO_SESSION,
        }
        return {
            'method': self.method,
            'url': self.path.format(**values),
            'params': QUERIES.get(self.path, {}),
            **BODIES.get(self.path, {}),
        }

    @property
    def is_page(self) -> bool:
        """Whether it is for browsers."""
        return not self.path.startswith('/api/')

    def __str__(self) -> str:
        return f'{self.method} {self.path}'


def routes_of(app: FastAPI) -> list[Reachable]:
    """Return all routes of an application; files are left out, for they are the same for all."""
    return [found for route in _all(app.routes) for found in _reachable(route)]


def _all(routes: list[BaseRoute]) -> Iterator[BaseRoute]:
    for route in routes:
        inner = getattr(getattr(route, 'original_router', None), 'routes', None)
        if inner is not None:
            yield from _all(inner)
        elif not isinstance(route, Mount):
            yield route


def _reachable(route: BaseRoute) -> Iterator[Reachable]:
    assert isinstance(route, APIRoute), f'{route} is no route of FastAPI, so nobody checks its callers'
    role = _role(route)
    for method in sorted(route.methods - {'HEAD'}):
        yield Reachable(method, route.path_format, role)


def _role(route: APIRoute) -> Role | None:
    for dependency in route.dependant.dependencies:
        if isinstance(dependency.call, Allow):
            return dependency.call.role
    return None
