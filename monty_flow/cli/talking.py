"""Commands that speak with runs: `signal` and `signals`."""

from __future__ import annotations

from typing import Annotated

import typer

from monty_flow.cli.database import open_engine
from monty_flow.cli.inputs import value_of
from monty_flow.cli.options import AsJson, Database, RunId
from monty_flow.cli.records import print_json
from monty_flow.cli.tables import SIGNAL_COLUMNS, render


def signal(
    run_id: RunId,
    name: Annotated[str, typer.Argument(metavar='NAME', help='The name that the script waits for.')],
    value: Annotated[
        str | None, typer.Argument(metavar='[JSON]', help='What it gets: JSON, else text.', show_default=False)
    ] = None,
    key: Annotated[
        str | None, typer.Option('--key', metavar='KEY', help='Send once only: the same key changes nothing.')
    ] = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Send a signal to a run.

    It is kept until the script takes it with flow.wait_signal(NAME).
    """
    with open_engine(database) as engine:
        sent = engine.signal(run_id, name, None if value is None else value_of(value), key=key)
    if as_json:
        print_json(sent)
        return
    what = f'call {sent.taken_by} gets it' if sent.taken_by is not None else 'it is kept until the script takes it'
    typer.echo(f'the signal {name!r} is sent to run {sent.run_id}; {what}')


def signals(run_id: RunId, database: Database = None, as_json: AsJson = False) -> None:
    """List the signals that were sent to a run."""
    with open_engine(database) as engine:
        found = engine.signals(run_id)
    if as_json:
        print_json(found)
    elif found:
        typer.echo(render(SIGNAL_COLUMNS, found))
    else:
        typer.echo('no signals', err=True)


COMMANDS = (signal, signals)
