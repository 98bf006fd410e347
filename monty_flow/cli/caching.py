"""The command about results of functions that are kept for a time: `clear-cache`."""

from __future__ import annotations

from typing import Annotated

import typer

from monty_flow.cli.database import open_engine
from monty_flow.cli.options import AsJson, Database
from monty_flow.cli.records import print_json


def clear_cache(
    function: Annotated[
        str | None, typer.Argument(metavar='[FUNCTION]', help='Of one function; else of all.', show_default=False)
    ] = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Forget results of functions that are kept for a time."""
    with open_engine(database) as engine:
        forgotten = engine.clear_cache(function)
    print_json({'forgotten': forgotten}) if as_json else typer.echo(f'{forgotten} results forgotten')
