"""Commands for the schema of the database: `db upgrade`, `db current` and `db check`."""

from __future__ import annotations

import typer

from monty_flow.cli.database import database_url, shown
from monty_flow.cli.exit_codes import ExitCode
from monty_flow.cli.options import AsJson, Database
from monty_flow.cli.records import print_json

app = typer.Typer(name='db', help="Bring the database's schema to this release, or look at it.", no_args_is_help=True)


@app.command()
def upgrade(database: Database = None, as_json: AsJson = False) -> None:
    """Bring the tables to this release."""
    from monty_flow.engine import database as schema

    url = database_url(database)
    schema.upgrade(url)
    _print_revision(url, as_json=as_json)


@app.command()
def current(database: Database = None, as_json: AsJson = False) -> None:
    """Print the revision of the schema."""
    _print_revision(database_url(database), as_json=as_json)


@app.command()
def check(database: Database = None, as_json: AsJson = False) -> None:
    """Tell whether the schema fits this release."""
    from monty_flow.engine import database as schema

    url = database_url(database)
    differences = schema.check(url)
    if as_json:
        print_json({'database': shown(url), 'ok': not differences, 'differences': differences})
    elif not differences:
        typer.echo(f'{shown(url)} has the schema of this release')
    if differences:
        listed = ''.join(f'\n  {difference}' for difference in differences)
        typer.echo(
            f'the tables of {shown(url)} are not as monty-flow makes them; undo what others changed:{listed}', err=True
        )
        raise typer.Exit(ExitCode.DATABASE)


def _print_revision(url: str, *, as_json: bool) -> None:
    from monty_flow.engine import database as schema

    revision = schema.current(url)
    if as_json:
        print_json({'database': shown(url), 'revision': revision})
    else:
        typer.echo(
            f'{shown(url)} is at revision {revision}' if revision else f'{shown(url)} has no tables of monty-flow yet'
        )
