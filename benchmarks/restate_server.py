"""Restate for the benchmarks: its server with the settings that it has, and a service of ours that it calls over HTTP.

The server keeps its log and its state in files of its own, with `fsync`, so it stands among those that have a file. It comes as a package of npm;
`make bench` installs it beside the Python packages of the peers.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SERVER = Path(sys.prefix) / 'restate' / 'node_modules' / '.bin' / 'restate-server'
#: Seconds that the server and the service get to begin.
START_SECONDS = 60.0
LOOK_SECONDS = 0.05


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(('127.0.0.1', 0))
        port: int = listener.getsockname()[1]
        return port


class RestateServer:
    """A server with its files beside `url`, started by the first process that asks; whoever started that process ends its group."""

    def __init__(self, url: str) -> None:
        if not SERVER.exists():
            raise ImportError('the npm package @restatedev/restate-server is not installed')
        folder = Path(url.removeprefix('sqlite:///')).with_suffix('.restate')
        facts = folder / 'ports.json'
        if not facts.exists():
            folder.mkdir()
            facts.write_text(json.dumps([free_port() for _ in range(4)]))
            self._start(folder, *json.loads(facts.read_text())[:3])
        ports = json.loads(facts.read_text())
        self.ingress, self._admin = (f'http://127.0.0.1:{port}' for port in ports[:2])
        self._port = ports[3]

    def _start(self, folder: Path, ingress: int, admin: int, node: int) -> None:
        addresses = {
            'RESTATE_INGRESS__BIND_ADDRESS': f'127.0.0.1:{ingress}',
            'RESTATE_ADMIN__BIND_ADDRESS': f'127.0.0.1:{admin}',
            'RESTATE_BIND_ADDRESS': f'127.0.0.1:{node}',
        }
        others = {'RESTATE_LISTEN_MODE': 'tcp', 'RESTATE_LOG_FILTER': 'error', 'RESTATE_DISABLE_TELEMETRY': 'true'}
        command = [str(SERVER), '--no-logo', '--node-name', 'bench', '--base-dir', str(folder / 'data')]
        subprocess.Popen(
            command, env=os.environ | addresses | others, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    async def serve(self, services: list[Any], ready: Callable[[], object]) -> None:
        """Have the server call services in this process, and tell when it can; returns when it is cancelled."""
        import restate
        from hypercorn.asyncio import serve
        from hypercorn.config import Config

        config = Config()
        config.bind = [f'127.0.0.1:{self._port}']
        config.loglevel = 'ERROR'
        app: Any = restate.app(services)
        serving = asyncio.create_task(serve(app, config, shutdown_trigger=asyncio.Event().wait))
        await asyncio.to_thread(self._register)
        ready()
        await serving

    def _register(self) -> None:
        import httpx

        body = {'uri': f'http://127.0.0.1:{self._port}', 'force': True}
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                answer = httpx.post(f'{self._admin}/deployments', json=body, timeout=START_SECONDS)
                if answer.is_success:
                    return
                said = answer.text
            except httpx.TransportError as error:
                said = f'{error}'
            if time.monotonic() > until:
                raise RuntimeError(f'the server of Restate takes no service: {said[:200]}')
            time.sleep(LOOK_SECONDS)
