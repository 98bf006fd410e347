"""Commands about how long runs are kept: `retention list`, `set` and `clear`."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from monty_flow.cli.database import open_engine
from monty_flow.cli.options import AsJson, Database
from monty_flow.cli.records import print_json
from monty_flow.cli.tables import RETENTION_COLUMNS, render
from monty_flow.cli.times import parse_seconds

if TYPE_CHECKING:
    from monty_flow.engine import Retention

app = typer.Typer(name='retention', help='Say for how long runs are kept after they have ended.', no_args_is_help=True)

Status = Annotated[
    str | None,
    typer.Option('--status', metavar='STATUS', help='Of runs that ended so; else of all.', show_default=False),
]
Namespace = Annotated[
    str | None, typer.Option('--namespace', metavar='NAME', help='Of this namespace; else of all.', show_default=False)
]


@app.command(name='list')
def list_rules(database: Database = None, as_json: AsJson = False) -> None:
    """List the rules; the most special one counts."""
    with open_engine(database) as engine:
        rules = engine.retention()
    if as_json or rules:
        _tell(rules, as_json)
    else:
        typer.echo('there are no rules, so runs are kept for ever', err=True)


@app.command(name='set')
def set_rule(
    keep: Annotated[str, typer.Argument(metavar='TIME|forever', help='Such as 12h, 30d or 52w.')],
    status: Status = None,
    namespace: Namespace = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Have workers delete runs, with all that is stored of them, so long after their end."""
    with open_engine(database) as engine:
        rule = engine.set_retention(_keep(keep), status=status, namespace=namespace)
    _tell([rule], as_json)


@app.command()
def clear(status: Status = None, namespace: Namespace = None, database: Database = None) -> None:
    """Delete a rule, so that a more general one counts, or none."""
    with open_engine(database) as engine:
        if not engine.clear_retention(status=status, namespace=namespace):
            raise typer.BadParameter('there is no such rule; see them with "monty-flow retention list".')
    typer.echo('the rule is gone')


def older_than(option: str, text: str) -> timedelta:
    """Return a length of time that an option is given."""
    seconds = parse_seconds(option, text)
    assert seconds is not None
    try:
        return timedelta(seconds=seconds)
    except OverflowError:
        raise typer.BadParameter(f'{option} {text!r} is too long a time.') from None


def _keep(text: str) -> timedelta | None:
    return None if text == 'forever' else older_than('TIME', text)


def _tell(rules: list[Retention], as_json: bool) -> None:
    if as_json:
        print_json(
            [
                {
                    'namespace': rule.namespace,
                    'status': rule.status,
                    'keep_seconds': None if rule.keep is None else rule.keep.total_seconds(),
                }
                for rule in rules
            ]
        )
    else:
        typer.echo(render(RETENTION_COLUMNS, rules))
