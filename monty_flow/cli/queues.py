"""Commands about queues: `queues list`, `set`, `pause`, `resume` and `delete`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from monty_flow.cli.database import open_engine
from monty_flow.cli.options import AsJson, Database
from monty_flow.cli.records import print_json
from monty_flow.cli.tables import QUEUE_COLUMNS, render
from monty_flow.cli.times import parse_seconds

if TYPE_CHECKING:
    from monty_flow.engine import Queue

app = typer.Typer(name='queues', help='Look at queues, and say what bounds them.', no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar='QUEUE', help='The name of the queue.')]


def _limit(option: str, help: str) -> Any:
    return typer.Option(option, metavar='N|none', help=help, show_default=False)


@app.command(name='list')
def list_queues(database: Database = None, as_json: AsJson = False) -> None:
    """List queues with their limits, and what is in them."""
    with open_engine(database) as engine:
        queues = engine.queues()
    print_json(queues) if as_json else typer.echo(render(QUEUE_COLUMNS, queues))


@app.command(name='set')
def set_queue(
    name: Name,
    concurrency: Annotated[str | None, _limit('--concurrency', 'Calls in hand at once, over all workers.')] = None,
    key_concurrency: Annotated[
        str | None, _limit('--key-concurrency', 'Calls in hand at once of those that have the same key.')
    ] = None,
    rate: Annotated[
        str | None,
        typer.Option(
            '--rate',
            metavar='N/TIME|none',
            help='Calls that are begun in any such time, as 100/1m.',
            show_default=False,
        ),
    ] = None,
    max_pending: Annotated[
        str | None, _limit('--max-pending', 'Calls that may wait; more submissions are refused.')
    ] = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Say what bounds a queue.

    What is not given stays as it is; none lifts a limit. Calls in hand are not ended.
    """
    limits: dict[str, Any] = {}
    for option, text in {
        'concurrency': concurrency,
        'key_concurrency': key_concurrency,
        'max_pending': max_pending,
    }.items():
        if text is not None:
            limits[option] = _number(f'--{option.replace("_", "-")}', text)
    if rate is not None:
        limits |= _rate(rate)
    with open_engine(database) as engine:
        _tell(engine.set_queue(name, **limits), as_json)


@app.command()
def pause(name: Name, database: Database = None, as_json: AsJson = False) -> None:
    """Let no call of a queue be begun until it is resumed; those in hand go on."""
    with open_engine(database) as engine:
        _tell(engine.pause_queue(name), as_json)


@app.command()
def resume(name: Name, database: Database = None, as_json: AsJson = False) -> None:
    """Let the calls of a queue be begun again."""
    with open_engine(database) as engine:
        _tell(engine.resume_queue(name), as_json)


@app.command()
def delete(name: Name, database: Database = None) -> None:
    """Forget what was said of a queue; it has no limits then."""
    with open_engine(database) as engine:
        engine.delete_queue(name)
    typer.echo(f'the queue {name} has no limits any more')


def _tell(queue: Queue, as_json: bool) -> None:
    print_json(queue) if as_json else typer.echo(render(QUEUE_COLUMNS, [queue]))


def _number(option: str, text: str) -> int | None:
    if text == 'none':
        return None
    if not text.isdecimal():
        raise typer.BadParameter(f'{option} {text!r} is no number; write one, or none to lift the limit.')
    return int(text)


def _rate(text: str) -> dict[str, Any]:
    if text == 'none':
        return {'rate': None}
    number, sign, period = text.partition('/')
    if not sign or not number.isdecimal():
        raise typer.BadParameter(f'--rate {text!r} is no rate; write one such as 100/1m, or none to lift it.')
    return {'rate': int(number), 'period_seconds': parse_seconds('--rate', period)}
