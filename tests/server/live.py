"""A server that really listens, with a worker beside it, in threads of the test."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from monty_flow.engine import Functions, Worker
from monty_flow.server import Settings
from monty_flow.server.serving import address_of, bind, server_of

PATIENCE_SECONDS = 60


@contextmanager
def listening(url: str, *, port: int = 0, **settings: Any) -> Iterator[str]:
    """Serve a database, at any free port unless one is given, and yield the address."""
    known = Settings(url, **{'poll_seconds': 0.02} | settings)
    bound = bind(known, '127.0.0.1', port)
    started = threading.Event()
    server = server_of(known, started=started.set)
    thread = threading.Thread(target=server.run, kwargs={'sockets': [bound]}, name='test-server')
    thread.start()
    try:
        assert started.wait(PATIENCE_SECONDS), 'the server did not start'
        yield address_of(bound, '127.0.0.1')
    finally:
        server.should_exit = True
        thread.join(PATIENCE_SECONDS)
        bound.close()
    assert not thread.is_alive()


@contextmanager
def working(url: str, functions: Functions) -> Iterator[None]:
    """Do the work of runs meanwhile."""
    worker = Worker(url, functions, isolation='none', worker_id='worker-1')
    thread = threading.Thread(target=worker.run, name='test-worker')
    thread.start()
    try:
        yield
    finally:
        worker.stop()
        thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()
