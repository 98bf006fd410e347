"""Commands about workers: `workers` lists them, and `workers drain` lets one finish."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from monty_flow.cli.database import open_engine
from monty_flow.cli.options import AsJson, Database
from monty_flow.cli.records import print_json
from monty_flow.cli.tables import WORKER_COLUMNS, render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monty_flow.engine import WorkerInfo

app = typer.Typer(name='workers', help='List the workers that live, and let one finish.', invoke_without_command=True)


@app.callback()
def workers(context: typer.Context, database: Database = None, as_json: AsJson = False) -> None:
    """List the workers that live, and let one finish.

    With what each has in hand, its queues and functions, and until when its lease runs unless it renews it.
    """
    if context.invoked_subcommand is None:
        list_workers(database, as_json)
    elif database is not None or as_json:
        raise typer.BadParameter(f'write the options behind "workers {context.invoked_subcommand}".')


@app.command(name='list')
def list_workers(database: Database = None, as_json: AsJson = False) -> None:
    """List the workers that live."""
    with open_engine(database) as engine:
        found = engine.workers()
    if as_json:
        print_json(found)
    elif found:
        typer.echo(render(WORKER_COLUMNS, found))
    else:
        typer.echo('no workers', err=True)


@app.command()
def drain(
    worker: Annotated[
        str, typer.Argument(metavar='WORKER', help='Its name, or its session, or a beginning of that only it has.')
    ],
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Let a worker finish: it takes no more calls, ends those in hand, and then itself, as on SIGTERM."""
    with open_engine(database) as engine:
        chosen = _meant(worker, engine.workers())
        engine.drain_worker(chosen.session)
    if as_json:
        print_json({'session': chosen.session, 'name': chosen.name, 'in_hand': chosen.in_hand})
    else:
        typer.echo(
            f'the worker {chosen.name} takes no more calls, and ends when it has none in hand; {chosen.in_hand} now'
        )


def _meant(text: str, living: Sequence[WorkerInfo]) -> WorkerInfo:
    from monty_flow.engine import WorkerNotFound

    found = [each for each in living if each.name == text] or [each for each in living if each.session.startswith(text)]
    if not text or not found:
        raise WorkerNotFound(text)
    if len(found) > 1:
        sessions = ', '.join(each.session for each in found)
        raise typer.BadParameter(f'{text!r} means several workers; name one by its session: {sessions}.')
    return found[0]
