"""`serve` and `dev` as processes of their own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from monty_flow.cli.exit_codes import ExitCode
from monty_flow.engine import Engine
from tests.cli.conftest import Shell

PATIENCE_SECONDS = 60


class Process:
    """A command that goes on, and what it has said."""

    def __init__(self, shell: Shell, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, '-m', 'monty_flow.cli', *arguments],
            cwd=shell.folder,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, 'PYTHONUNBUFFERED': '1'},
        )

    def line_with(self, pattern: str) -> str:
        """Return the first group of the next line of stderr that fits; the end of the output is an error."""
        assert self.process.stderr is not None
        said = []
        for line in self.process.stderr:
            said.append(line)
            found = re.search(pattern, line)
            if found is not None:
                return found[1]
        raise AssertionError(f'never said {pattern!r}: {"".join(said)}')


@contextmanager
def running(shell: Shell, *arguments: str) -> Iterator[Process]:
    """Start a command, and end it by SIGINT at the end of the block."""
    started = Process(shell, *arguments)
    try:
        yield started
        if started.process.poll() is None:
            started.process.send_signal(signal.SIGINT)
            assert started.process.wait(PATIENCE_SECONDS) in (0, -signal.SIGINT, 130)
    finally:
        started.process.kill()
        started.process.communicate()


def eventually(look: Callable[[], Any]) -> Any:
    """Return what `look` returns as soon as it is true."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError('it never came true')


def test_serve_says_where_and_answers_there(shell: Shell) -> None:
    with running(shell, 'serve', '--port', '0') as server:
        address = server.line_with(r'serving sqlite:///monty-flow.db at (\S+);')
        answer = httpx.get(f'{address}/api/v1/health')

    assert answer.json() == {'status': 'ok'}


def test_serve_ends_though_someone_follows_a_run(shell: Shell) -> None:
    run_id = shell.submit('1')
    with running(shell, 'serve', '--port', '0') as server:
        address = server.line_with(r' at (\S+);')
        with httpx.stream('GET', f'{address}/api/v1/runs/{run_id}/events', timeout=60) as events:
            first = next(events.iter_lines())
            server.process.send_signal(signal.SIGTERM)
            code = server.process.wait(PATIENCE_SECONDS)

    assert first == 'event: run'
    assert code in (0, -signal.SIGTERM)


def test_serve_listens_for_others_only_with_tokens(shell: Shell) -> None:
    answer = shell('serve', '--host', '0.0.0.0', '--port', '0')

    assert answer.code is ExitCode.USAGE
    assert 'at 0.0.0.0 others could reach the server, and there are no tokens;' in ' '.join(answer.err.split())


def test_serve_listens_for_others_once_there_are_tokens(shell: Shell) -> None:
    token = shell('tokens', 'create', 'me').out.strip()
    with running(shell, 'serve', '--host', '0.0.0.0', '--port', '0', '--allowed-host', 'flow.example') as server:
        port = server.line_with(r'at http://0.0.0.0:(\d+);')
        url = f'http://127.0.0.1:{port}/api/v1/about'
        headers = {'Host': 'flow.example', 'Authorization': f'Bearer {token}'}
        without, known = httpx.get(url), httpx.get(url, headers=headers)

    assert without.status_code == 401
    assert known.json()['name'] == 'me'


def test_serve_tells_that_its_port_is_taken(shell: Shell) -> None:
    with socket.create_server(('127.0.0.1', 0)) as taken:
        answer = shell('serve', '--port', str(taken.getsockname()[1]))

    assert answer.code is ExitCode.USAGE
    assert 'cannot listen at 127.0.0.1' in answer.err


def test_dev_submits_works_and_loads_functions_again(shell: Shell) -> None:
    host = shell.write('work.py', 'from monty_flow.engine import Functions\nfunctions = Functions()\n\n\n'
                       '@functions.function()\ndef name():\n    return 1\n')  # fmt: skip
    script = shell.write('script.py', 'name()\n')
    with running(shell, 'dev', 'script.py', '-f', 'work.py:functions', '--port', '0') as bench:
        address = bench.line_with(r'dashboard at (\S+),')
        first = eventually(lambda: result(address, 1))
        host.write_text(host.read_text().replace('return 1', "return 'two'"))
        bench.line_with(r'(work.py:functions) is loaded again: name')
        script.write_text('name() * 2\n')
        second = eventually(lambda: result(address, 2))

    assert (first, second) == (1, 'twotwo')


def result(address: str, runs: int) -> Any:
    """Return the output of the newest of so many runs, None before it has one."""
    found = httpx.get(f'{address}/api/v1/runs').json()['runs']
    return found[0]['output'] if len(found) == runs else None


def test_dev_keeps_its_functions_when_their_file_is_broken(shell: Shell) -> None:
    host = shell.write('work.py', 'from monty_flow.engine import Functions\nfunctions = Functions()\n\n\n'
                       '@functions.function()\ndef name():\n    return 1\n')  # fmt: skip
    good = host.read_text()
    with running(shell, 'dev', '-f', 'work.py:functions', '--port', '0') as bench:
        bench.line_with(r'dashboard at (\S+),')
        host.write_text('functions = (')
        bench.line_with(r'(work.py:functions) cannot be loaded: the functions stay as they were')
        with Engine(shell.url) as engine:
            run = engine.submit('name()')
            engine.wait(run.id, timeout_seconds=PATIENCE_SECONDS)
            output = engine.result(run.id)
        host.write_text(good)
        bench.line_with(r'(work.py:functions) is loaded again')

    assert output == 1


@pytest.mark.parametrize('name', ['serve', 'dev'])
def test_the_server_that_is_not_installed_is_told(shell: Shell, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in [each for each in sys.modules if each.startswith('monty_flow.server')]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, 'fastapi', None)

    answer = shell(name)

    assert answer.code is ExitCode.USAGE
    assert answer.err == 'the server needs the package fastapi; install it with "pip install \'monty-flow[server]\'"\n'
