"""The `monty-flow` command: its groups put together."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from monty_flow.cli import (
    about,
    branching,
    caching,
    db,
    doctor,
    inspection,
    keeping,
    queues,
    retaining,
    schedules,
    serving,
    steering,
    submission,
    talking,
    tokens,
    watching,
    web,
    workers,
)
from monty_flow.cli.failures import explain


class Commands(TyperGroup):
    """Commands whose foreseen errors end in a sentence on stderr and an exit code of the table."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            failure = explain(error)
            if failure is None:
                raise
            typer.echo(failure.text, err=True)
            raise typer.Exit(failure.code) from error


app = typer.Typer(
    name='monty-flow',
    cls=Commands,
    help='Run Python scripts that survive: each call is recorded, each wait is a row in a database.',
    no_args_is_help=True,
    add_completion=False,
    # Rich would double the time that --help takes, and paint over errors of ours.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for group in (submission, serving, web, inspection, steering, branching, keeping, talking, watching):
    for command in group.COMMANDS:
        app.command()(command)
app.command(name='import')(keeping.import_run)
app.command(name='clear-cache')(caching.clear_cache)
app.add_typer(keeping.app)
app.add_typer(queues.app)
app.add_typer(workers.app)
app.add_typer(retaining.app)
app.add_typer(schedules.app)
app.add_typer(db.app)
app.add_typer(tokens.app)
for command in (*about.COMMANDS, *doctor.COMMANDS):
    app.command()(command)
