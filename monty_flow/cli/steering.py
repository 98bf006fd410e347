"""Commands that change the way of a run: `cancel` and `retry`."""

from __future__ import annotations

import typer

from monty_flow.cli.database import open_engine
from monty_flow.cli.options import AsJson, Database, RunId
from monty_flow.cli.records import print_json


def cancel(run_id: RunId, database: Database = None, as_json: AsJson = False) -> None:
    """End a run without a result.

    A call in hand is finished, and its result dropped.
    """
    with open_engine(database) as engine:
        run = engine.cancel(run_id)
    print_json(run) if as_json else typer.echo(f'run {run.id} is cancelled')


def retry(run_id: RunId, database: Database = None, as_json: AsJson = False) -> None:
    """Let a failed run go on.

    It goes on from where it stood before the step that failed, with all results recorded so far.
    """
    with open_engine(database) as engine:
        run = engine.retry(run_id)
    print_json(run) if as_json else typer.echo(f'run {run.id} is {run.status.value} again; a worker will go on with it')


COMMANDS = (cancel, retry)
