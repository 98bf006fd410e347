"""Commands by which a run goes on otherwise: `fork` and `migrate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monty_flow.cli.database import open_engine
from monty_flow.cli.inputs import parse_inputs, value_of
from monty_flow.cli.options import AsJson, Database, RunId
from monty_flow.cli.records import print_json

if TYPE_CHECKING:
    from monty_flow.engine import Forked

DryRun = Annotated[
    bool, typer.Option('--dry-run', help='Change nothing; say which line stands for which, or what does not fit.')
]


def _script(file: Path | None) -> str | None:
    if file is None:
        return None
    try:
        return file.read_text(encoding='utf-8')
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f'--script {file} cannot be read: {error}.') from None


def fork(
    run_id: RunId,
    at: Annotated[
        int | None,
        typer.Option('--at', metavar='STEP', min=0, help='After which step; else the newest. 0 is the start.'),
    ] = None,
    result: Annotated[
        str | None,
        typer.Option('--result', metavar='JSON', help='What the call comes to, instead of executing it again.'),
    ] = None,
    variables: Annotated[
        list[str] | None, typer.Option('--set', metavar='NAME=JSON', help='Another value of a variable; repeat it.')
    ] = None,
    script: Annotated[
        Path | None, typer.Option('--script', metavar='FILE', help='Another version of the script.', dir_okay=False)
    ] = None,
    dry_run: DryRun = False,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Submit a run that goes on from a step of another one, with what you change.

    The calls at which it stood there are executed once more, unless you give the result.
    """
    changes: dict[str, Any] = {} if result is None else {'result': value_of(result)}
    with open_engine(database) as engine:
        found = engine.fork(
            run_id,
            at=at,
            variables=parse_inputs(variables, None, option='--set'),
            source=_script(script),
            dry_run=dry_run,
            **changes,
        )
    _show(found, as_json, None if found.run is None else f'run {found.run.id} goes on from there')


def migrate(
    run_id: RunId,
    script: Annotated[
        Path, typer.Option('--script', metavar='FILE', help='The new version of the script.', dir_okay=False)
    ],
    dry_run: DryRun = False,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Let a waiting run go on in another version of its script.

    Every function that stands in the middle must be there, at the same call.
    """
    source = _script(script)
    assert source is not None
    with open_engine(database) as engine:
        found = engine.migrate(run_id, source, dry_run=dry_run)
    _show(found, as_json, None if found.run is None else f'run {found.run.id} goes on in {script}')


def _show(found: Forked, as_json: bool, done: str | None) -> None:
    if as_json:
        print_json(found)
        return
    for move in found.moves:
        typer.echo(f'{move.function}: line {move.old.line} goes on at line {move.new.line}')
        for name in move.gone:
            typer.echo(f'  {name} is not there any more; its value is dropped')
    for name in found.unbound:
        typer.echo(f'{name} is not bound: the statement that binds it stands before the line and is not run')
    typer.echo(done or f'it would wait for {", ".join(found.waits_for) or "its start"}')


COMMANDS = (fork, migrate)
