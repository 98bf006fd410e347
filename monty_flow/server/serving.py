"""Run the server: bind an address that it may have, and serve until it is told to stop."""

from __future__ import annotations

import socket
from collections.abc import Callable

import uvicorn

from monty_flow.engine import Engine
from monty_flow.server.access import is_loopback
from monty_flow.server.app import create_app
from monty_flow.server.patience import PatientProtocol
from monty_flow.server.settings import LOOPBACK_NAMES, Settings

#: Seconds that open requests and streams have left when the server is told to stop.
GRACE_SECONDS = 2


class BindRefused(Exception):
    """The server cannot have this address."""


def bind(settings: Settings, host: str, port: int) -> socket.socket:
    """Return a socket that listens at an address; port 0 is any that is free.

    Raises BindRefused when others could reach it and there are no tokens, or when the address cannot be had.
    """
    if not _is_loopback_name(host):
        with Engine(settings.url) as engine:
            if not engine.tokens():
                raise BindRefused(
                    f'at {host} others could reach the server, and there are no tokens; '
                    'make one with "monty-flow tokens create NAME", or bind to 127.0.0.1'
                )
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.create_server(address[:2], family=family, backlog=1024)
        # asyncio does this for sockets that it makes itself; without it each answer waits 40 ms for an acknowledgement.
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return bound
    except OSError as error:
        raise BindRefused(f'cannot listen at {host}, port {port}: {error.strerror}; take another one') from None


def address_of(bound: socket.socket, host: str) -> str:
    """Return the address of a socket as one types it into a browser."""
    name = f'[{host}]' if ':' in host else host
    return f'http://{name}:{bound.getsockname()[1]}'


def serve(settings: Settings, bound: socket.socket, *, started: Callable[[], None] | None = None) -> None:
    """Serve until SIGINT or SIGTERM; `started` is called when requests are heard."""
    server_of(settings, started=started).run(sockets=[bound])


def server_of(settings: Settings, *, started: Callable[[], None] | None = None) -> uvicorn.Server:
    """Return a server that is not begun yet."""
    config = uvicorn.Config(
        create_app(settings),
        http=PatientProtocol,
        limit_concurrency=settings.max_connections,
        log_level='warning',
        access_log=False,
        server_header=False,
        # Who sends a request is who is connected: what a header says of that can be said by anyone.
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    return _Server(config, started)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, started: Callable[[], None] | None) -> None:
        super().__init__(config)
        self._when_started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self._when_started is not None and not self.should_exit:
            self._when_started()


def _is_loopback_name(host: str) -> bool:
    return host in LOOPBACK_NAMES or is_loopback(host)
