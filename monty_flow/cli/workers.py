"""The command that tells who works: `workers`."""

from __future__ import annotations

import typer

from monty_flow.cli.database import open_engine
from monty_flow.cli.options import AsJson, Database
from monty_flow.cli.records import print_json
from monty_flow.cli.tables import WORKER_COLUMNS, render


def workers(database: Database = None, as_json: AsJson = False) -> None:
    """List the workers that live.

    With what each has in hand, its queues and functions, and until when its lease runs unless it renews it.
    """
    with open_engine(database) as engine:
        found = engine.workers()
    if as_json:
        print_json(found)
    elif found:
        typer.echo(render(WORKER_COLUMNS, found))
    else:
        typer.echo('no workers', err=True)


COMMANDS = (workers,)
