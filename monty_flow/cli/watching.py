"""Commands that tell how everything does: `stats` once, `top` again and again."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monty_flow.cli.database import open_engine
from monty_flow.cli.options import AsJson, Database
from monty_flow.cli.records import print_json
from monty_flow.cli.tables import FUNCTION_COLUMNS, QUEUE_COLUMNS, WORKER_COLUMNS, render

if TYPE_CHECKING:
    from monty_flow.engine import Engine

#: Goes to the corner of a terminal and clears what is below.
_HOME = '\x1b[H\x1b[J'


def stats(database: Database = None, as_json: AsJson = False) -> None:
    """Tell how everything does: runs by status, queues, workers, and the functions that the newest runs called."""
    with open_engine(database) as engine:
        print_json(_document(engine)) if as_json else typer.echo(_page(engine))


def top(
    interval: Annotated[float, typer.Option('--interval', metavar='SECONDS', min=0.1, help='How often.')] = 2.0,
    times: Annotated[
        int | None,
        typer.Option('--times', metavar='N', min=1, help='So often, and end; else until Ctrl-C.', show_default=False),
    ] = None,
    database: Database = None,
) -> None:
    """Show what `stats` tells, live."""
    shown = 0
    with open_engine(database) as engine:
        try:
            while True:
                typer.echo((_HOME if sys.stdout.isatty() else '') + _page(engine))
                shown += 1
                if shown == times:
                    return
                threading.Event().wait(interval)
        except KeyboardInterrupt:
            return


def _document(engine: Engine) -> dict[str, Any]:
    return {
        'runs': {status.value: count for status, count in engine.counts().items()},
        'queues': engine.queues(),
        'workers': engine.workers(),
        'functions': engine.function_uses(),
    }


def _page(engine: Engine) -> str:
    from monty_flow.engine.overview import COUNT_LIMIT

    counts = [
        f'{count}{"+" if count >= COUNT_LIMIT else ""} {status.value}'
        for status, count in engine.counts().items()
        if count
    ]
    blocks = ['runs: ' + (', '.join(counts) or 'none')]
    for columns, rows, nothing in (
        (QUEUE_COLUMNS, engine.queues(), ''),
        (WORKER_COLUMNS, engine.workers(), 'no workers'),
        (FUNCTION_COLUMNS, engine.function_uses(), ''),
    ):
        text = render(columns, rows) if rows else nothing
        if text:
            blocks.append(text)
    return '\n\n'.join(blocks)


COMMANDS = (stats, top)
