"""Commands for who may use the server: `tokens create`, `tokens list` and `tokens revoke`."""

from __future__ import annotations

from typing import Annotated

import typer

from monty_flow.cli.database import open_engine
from monty_flow.cli.options import AsJson, Database
from monty_flow.cli.records import moment, print_json
from monty_flow.cli.tables import TOKEN_COLUMNS, render

app = typer.Typer(name='tokens', help='Who may use the server, and what for.', no_args_is_help=True)

_DAY_SECONDS = 86400


@app.command()
def create(
    name: Annotated[str, typer.Argument(metavar='NAME', help='Whose token it is, for people.')],
    role: Annotated[
        str,
        typer.Option(
            '--role', metavar='ROLE', help='read, submit, operate or admin; each may do what those before it may.'
        ),
    ] = 'read',
    namespace: Annotated[
        str, typer.Option('--namespace', metavar='NAME', help='The namespace whose runs it sees; * for all.')
    ] = 'default',
    days: Annotated[
        float | None,
        typer.Option(
            '--days', metavar='DAYS', min=0, help='After so many days it ends; else never.', show_default=False
        ),
    ] = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Make a token and print it.

    It is shown this once; the database keeps a digest of it only.
    """
    with open_engine(database) as engine:
        seconds = None if days is None else days * _DAY_SECONDS
        made = engine.create_token(name, role, namespace=namespace, valid_seconds=seconds)
    if as_json:
        print_json({'text': made.text, 'token': made.token})
        return
    typer.echo(made.text)
    ends = '' if made.token.expires_at is None else f' until {moment(made.token.expires_at)} UTC'
    typer.echo(f'keep it: it is shown this once. It is good for {made.token.role.value}{ends}', err=True)


@app.command(name='list')
def list_tokens(database: Database = None, as_json: AsJson = False) -> None:
    """List the tokens, also those that have ended."""
    with open_engine(database) as engine:
        found = engine.tokens()
    if as_json:
        print_json(found)
    elif found:
        typer.echo(render(TOKEN_COLUMNS, found))
    else:
        typer.echo('no tokens: the server hears this machine only', err=True)


@app.command()
def revoke(
    token_id: Annotated[str, typer.Argument(metavar='ID', help='The id of a token, as `tokens list` shows it.')],
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """End a token at once."""
    with open_engine(database) as engine:
        engine.revoke_token(token_id)
    print_json({'revoked': token_id}) if as_json else typer.echo(f'token {token_id} is good no more')
