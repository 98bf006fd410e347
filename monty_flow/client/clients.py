"""The two clients: they differ in how a request is sent, and in nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from types import TracebackType
from typing import Any, TypeVar

import httpx

from monty_flow.client import types
from monty_flow.client.calls import Call, Events, check, path_of
from monty_flow.client.operations import Operations

Answer = TypeVar('Answer')

#: Seconds that an answer may take beyond what the request itself asks to wait.
PATIENCE_SECONDS = 30.0
#: Seconds of one question for a result.
_POLL_SECONDS = 30.0
_EVENTS_PATH = '/api/v1/runs/{run_id}/events'


def _settings(url: str, token: str | None) -> dict[str, Any]:
    headers = {} if token is None else {'Authorization': f'Bearer {token}'}
    return {'base_url': url, 'headers': headers, 'timeout': PATIENCE_SECONDS + _POLL_SECONDS}


def _stops(result: types.Result) -> bool:
    return result['finished'] or result['status'] == 'paused'


class Client(Operations):
    """The operations of the API, each of which returns its answer or raises ServerError."""

    def __init__(self, url: str, *, token: str | None = None, transport: httpx.BaseTransport | None = None) -> None:
        self._http = httpx.Client(**_settings(url, token), transport=transport)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def send(self, call: Call[Answer]) -> Answer:
        """Send a request and return its answer."""
        return call.read(self._http.request(**call.request()))

    def wait_for_result(self, run_id: str) -> types.Result:
        """Wait until a run has ended or was paused, and return how."""
        while True:
            result = self.get_result(run_id, wait_seconds=_POLL_SECONDS)
            if _stops(result):
                return result

    def events(self, run_id: str, *, after: int = 0) -> Iterator[tuple[str, Any]]:
        """Yield ('run', run), ('log', line) and at last ('end', run), as they happen."""
        events = Events()
        with self._http.stream(
            'GET', path_of(_EVENTS_PATH, run_id=run_id), params={'after': after}, timeout=None
        ) as response:
            if not response.is_success:
                response.read()
            check(response)
            for line in response.iter_lines():
                event = events.line(line)
                if event is not None:
                    yield event


class AsyncClient(Operations):
    """The operations of the API, each of which returns an awaitable of its answer."""

    def __init__(
        self, url: str, *, token: str | None = None, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._http = httpx.AsyncClient(**_settings(url, token), transport=transport)

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def send(self, call: Call[Answer]) -> Answer:
        """Send a request and return its answer."""
        return call.read(await self._http.request(**call.request()))

    async def wait_for_result(self, run_id: str) -> types.Result:
        """Wait until a run has ended or was paused, and return how."""
        while True:
            result = await self.get_result(run_id, wait_seconds=_POLL_SECONDS)
            if _stops(result):
                return result

    async def events(self, run_id: str, *, after: int = 0) -> AsyncIterator[tuple[str, Any]]:
        """Yield ('run', run), ('log', line) and at last ('end', run), as they happen."""
        events = Events()
        path = path_of(_EVENTS_PATH, run_id=run_id)
        async with self._http.stream('GET', path, params={'after': after}, timeout=None) as response:
            if not response.is_success:
                await response.aread()
            check(response)
            async for line in response.aiter_lines():
                event = events.line(line)
                if event is not None:
                    yield event
