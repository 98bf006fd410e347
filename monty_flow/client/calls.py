"""One implementation for both clients: an operation says what is sent and how the answer is read, a client sends it.

`operation` is a descriptor: on a `Client` it is a function that returns the answer, on an `AsyncClient` one that returns an
awaitable of it, with the same arguments.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Literal, ParamSpec, TypeVar, overload
from urllib.parse import quote

from monty_flow.client.errors import ServerError

if TYPE_CHECKING:
    import httpx

    from monty_flow.client.clients import AsyncClient, Client

Parameters = ParamSpec('Parameters')
Answer = TypeVar('Answer')


@dataclass(frozen=True)
class Call(Generic[Answer]):
    """A request, and what kind of answer it has."""

    method: str
    path: str
    #: None stands for what is not told, here and in the body.
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    data: bytes | None = None
    gives: Literal['json', 'bytes', 'nothing'] = 'json'

    def request(self) -> dict[str, Any]:
        """Return the arguments of a request of httpx."""
        arguments: dict[str, Any] = {'method': self.method, 'url': self.path, 'params': _told(self.query)}
        if self.body is not None:
            arguments['json'] = _told(self.body)
        if self.data is not None:
            arguments['content'] = self.data
            arguments['headers'] = {'Content-Type': 'application/octet-stream'}
        return arguments

    def read(self, response: httpx.Response) -> Answer:
        """Return the answer, or raise ServerError."""
        check(response)
        found: Any = None
        if self.gives == 'json':
            found = response.json()
        elif self.gives == 'bytes':
            found = response.content
        answer: Answer = found
        return answer


class operation(Generic[Parameters, Answer]):
    """An operation as an attribute of a client."""

    def __init__(self, build: Callable[Parameters, Call[Answer]]) -> None:
        self._build = build
        self.__doc__ = build.__doc__

    @overload
    def __get__(self, client: Client, owner: type) -> Callable[Parameters, Answer]: ...

    @overload
    def __get__(self, client: AsyncClient, owner: type) -> Callable[Parameters, Awaitable[Answer]]: ...

    def __get__(self, client: Client | AsyncClient, owner: type) -> Callable[Parameters, Any]:
        """Return the function of a client."""

        def send(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Any:
            return client.send(self._build(*args, **kwargs))

        send.__doc__ = self.__doc__
        return send


def path_of(template: str, **values: str | int) -> str:
    """Return a path with values in it, which stay parts of the path whatever they hold."""
    return template.format(**{name: quote(str(value), safe='') for name, value in values.items()})


def check(response: httpx.Response) -> None:
    """Raise ServerError for an answer that is an error; its body has been read."""
    if response.is_success:
        return
    try:
        told = response.json()['error']
        code, message = str(told['code']), str(told['message'])
    except (ValueError, KeyError, TypeError):
        code, message = 'unknown', f'the server answered {response.status_code}'
    raise ServerError(response.status_code, code, message)


class Events:
    """Reads server-sent events from their lines."""

    def __init__(self) -> None:
        self._name = ''
        self._data: list[str] = []

    def line(self, line: str) -> tuple[str, Any] | None:
        """Take a line, and return the event that it completes: its name and what it holds."""
        if line.startswith('event: '):
            self._name = line.removeprefix('event: ')
        elif line.startswith('data: '):
            self._data.append(line.removeprefix('data: '))
        elif not line and self._data:
            event = (self._name, json.loads('\n'.join(self._data)))
            self._data.clear()
            return event
        return None


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
