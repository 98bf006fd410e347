"""Commands that show runs in a browser: `serve`, and `dev` with a worker in the same process."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monty_flow.cli.database import database_url, shown
from monty_flow.cli.exit_codes import ExitCode
from monty_flow.cli.options import FUNCTIONS_HELP, Database, InputFile, InputPairs

if TYPE_CHECKING:
    import socket

    from monty_flow.server import Settings

Host = Annotated[
    str, typer.Option('--host', metavar='ADDRESS', help='Where to listen; others than this machine take tokens.')
]
Port = Annotated[int, typer.Option('--port', metavar='N', min=0, max=65535, help='The port; 0 is any that is free.')]


def serve(
    host: Host = '127.0.0.1',
    port: Port = 8400,
    allowed_host: Annotated[
        list[str] | None,
        typer.Option('--allowed-host', metavar='NAME', help='A name by which browsers call the server. Repeatable.'),
    ] = None,
    secure_cookies: Annotated[
        bool, typer.Option('--secure-cookies', help='Cookies for https only; behind a proxy that speaks it.')
    ] = False,
    database: Database = None,
) -> None:
    """Serve the HTTP API and the dashboard until stopped."""
    url = database_url(database)
    settings, bound = _bound(url, host, port, frozenset(allowed_host or ()), secure_cookies=secure_cookies)
    from monty_flow.engine import database as schema
    from monty_flow.server.serving import address_of
    from monty_flow.server.serving import serve as serve_it

    schema.warn_of_settings(url)

    def say() -> None:
        typer.echo(f'serving {shown(url)} at {address_of(bound, host)}; stop with Ctrl-C', err=True)

    serve_it(settings, bound, started=say)


def dev(
    script: Annotated[
        Path | None,
        typer.Argument(
            metavar='[SCRIPT]', help='Submit this script, and again when it changes.', exists=True, dir_okay=False
        ),
    ] = None,
    functions: Annotated[
        str | None, typer.Option('--functions', '-f', metavar='MODULE:NAME', help=FUNCTIONS_HELP, show_default=False)
    ] = None,
    inputs: InputPairs = None,
    input_file: InputFile = None,
    port: Port = 8400,
    database: Database = None,
) -> None:
    """Serve the dashboard and do the work of runs, in one process on this machine.

    Functions are loaded again when their file changes.
    """
    from monty_flow.cli.developing import Bench
    from monty_flow.cli.inputs import parse_inputs

    url = database_url(database)
    settings, bound = _bound(url, '127.0.0.1', port, frozenset())
    from monty_flow.server.serving import address_of
    from monty_flow.server.serving import serve as serve_it

    address = address_of(bound, '127.0.0.1')
    with Bench(url, functions, script, parse_inputs(inputs, input_file), address) as bench:
        serve_it(settings, bound, started=bench.announce)


def _bound(
    url: str, host: str, port: int, allowed: frozenset[str], *, secure_cookies: bool = False
) -> tuple[Settings, socket.socket]:
    try:
        from monty_flow.server import Settings
        from monty_flow.server.serving import BindRefused, bind
    except ModuleNotFoundError as error:
        typer.echo(
            f'the server needs the package {error.name}; install it with "pip install \'monty-flow[server]\'"', err=True
        )
        raise typer.Exit(ExitCode.USAGE) from None
    wildcard = host in ('0.0.0.0', '::')
    names = allowed if wildcard else allowed | {host}
    settings = Settings(url, allowed_hosts=names, secure_cookies=secure_cookies)
    if wildcard and not allowed:
        typer.echo('name the host by which it is called with --allowed-host, or only this machine is heard', err=True)
    try:
        return settings, bind(settings, host, port)
    except BindRefused as error:
        raise typer.BadParameter(f'{error}.') from None


COMMANDS = (serve, dev)
