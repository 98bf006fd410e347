"""How a command ends that shows the result of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from monty_flow.cli.exit_codes import ExitCode
from monty_flow.cli.records import output_text, print_json
from monty_flow.plain import plain

if TYPE_CHECKING:
    from monty_flow.engine import Engine


def end_with_outcome(engine: Engine, run_id: str, *, as_json: bool) -> None:
    """Print the result of a run; raise what the table of failures turns into an exit code when there is none."""
    run = engine.get(run_id)
    if run.status == 'paused':
        reason = f' because of {run.error}' if run.error is not None else ''
        typer.echo(f'run {run.id} was set aside{reason}; mend the cause, then: monty-flow retry {run.id}', err=True)
    if not as_json:
        if run.status == 'paused':
            raise typer.Exit(ExitCode.NOT_FINISHED)
        typer.echo(output_text(engine.result(run_id)))
        return
    print_json({'id': run.id, 'status': plain(run.status), 'output': run.output, 'error': run.error})
    code = _CODES.get(str(plain(run.status)), ExitCode.NOT_FINISHED)
    if code is not ExitCode.OK:
        raise typer.Exit(code)


#: The exit code for each status in which a run ends.
_CODES = {'succeeded': ExitCode.OK, 'failed': ExitCode.RUN_FAILED, 'cancelled': ExitCode.RUN_CANCELLED}
