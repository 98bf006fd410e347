"""The server as one ASGI application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

from monty_flow import __version__
from monty_flow.interpreter import Monty, Snapshot, load
from monty_flow.server.api import ROUTERS
from monty_flow.server.failures import add_handlers
from monty_flow.server.guard import Guard
from monty_flow.server.pages import ROUTERS as PAGE_ROUTERS
from monty_flow.server.pages.rendering import error_page
from monty_flow.server.place import Place
from monty_flow.server.settings import Settings

#: Where the description of the API is; it tells nothing of the runs, so it takes no token.
OPENAPI_PATH = '/api/v1/openapi.json'


class Files(StaticFiles):
    """Our own scripts and styles, which browsers ask for again only to hear that they are the same."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file."""
        response = await super().get_response(path, scope)
        response.headers['Cache-Control'] = 'no-cache'
        return response


def create_app(settings: Settings) -> ASGIApp:
    """Return the server with these settings; it opens the database when it starts."""
    return Guard(routes(settings), settings)


def routes(settings: Settings) -> FastAPI:
    """Return the routes without what guards them, for the description and for tests that go through all of them."""
    app = FastAPI(
        title='monty-flow',
        version=__version__,
        summary='Submit runs of scripts, look at them, steer them.',
        lifespan=_lifespan,
        # The pages of FastAPI load scripts from other hosts.
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        # A path with a slash too many is not there, rather than sent elsewhere.
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.place = Place(settings)
    routers = (*ROUTERS, *PAGE_ROUTERS)
    add_handlers(app, error_page, [route for router in routers for route in router.routes])
    for router in routers:
        app.include_router(router)
    app.mount('/static', Files(packages=[('monty_flow.server', 'static')]))

    @app.get(OPENAPI_PATH, include_in_schema=False)
    async def openapi(request: Request) -> JSONResponse:
        return JSONResponse(description(app))

    return app


def description(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI description."""
    document: dict[str, Any] = app.openapi()
    for item in document['paths'].values():
        for operation in item.values():
            for parameter in operation.get('parameters', ()):
                # An address and a header hold texts, so what may be left out is not null there.
                parameter['schema'] = _without_null(parameter['schema'])
            for status, response in operation['responses'].items():
                # Errors are JSON, whatever the answer would have been.
                if status in ('4XX', '5XX') and 'content' in response:
                    response['content'] = {'application/json': next(iter(response['content'].values()))}
    return document


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    choices = [choice for choice in schema.get('anyOf', ()) if choice != {'type': 'null'}]
    if len(choices) != 1:
        return schema
    return {**choices[0], **{name: value for name, value in schema.items() if name != 'anyOf'}}


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    place: Place = app.state.place
    # What looks into states takes most of a second to load, and an engine to open as long as many requests: here, rather than
    # when the first person asks for it.
    getting_ready = asyncio.gather(asyncio.to_thread(_load_interpreter), place.engines.open_all())
    yield
    await getting_ready
    await place.close()


def _load_interpreter() -> None:
    state = Monty('ask()').start()
    if isinstance(state, Snapshot):
        load(state.dump())
