"""Commands for what is kept of runs: `diff`, `prune`, `export`, `import`, and `keys rotate|list|adopt`."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monty_flow.cli.database import database_url, open_engine, shown
from monty_flow.cli.options import AsJson, Database, RunId
from monty_flow.cli.records import print_json
from monty_flow.cli.retaining import older_than

if TYPE_CHECKING:
    from monty_flow.engine import Engine
    from monty_flow.interpreter import FutureSnapshot, KeyRing, Snapshot

KeyFile = Annotated[
    Path | None,
    typer.Option(
        '--keys', metavar='FILE', help="A key file other than the database's own.", exists=True, dir_okay=False
    ),
]


def diff(
    run_id: RunId,
    step_a: Annotated[int, typer.Argument(metavar='STEP_A', min=1, help='A step whose state is kept.')],
    step_b: Annotated[int, typer.Argument(metavar='STEP_B', min=1, help='Another one.')],
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Show which variables of a run differ between two of its steps, and where in them."""
    from monty_flow.interpreter import differences

    with open_engine(database) as engine:
        run = engine.get(run_id)
        changes = differences(*(state_at(engine, run.id, step) for step in (step_a, step_b)))
    if as_json:
        print_json(changes)
        return
    function = None
    for change in changes:
        if change.function != function:
            function = change.function
            typer.echo(f'in {function}')
        for place in change.places:
            for sign, text in (('-', place.before), ('+', place.after)):
                if text is not None:
                    typer.echo(f'  {sign} {place.path} = {text}')
        if change.more:
            typer.echo(f'    {change.variable} may differ at more places')
    if not changes:
        typer.echo(f'no variable differs between the steps {step_a} and {step_b}', err=True)


def state_at(engine: Engine, run_id: str, step: int) -> Snapshot | FutureSnapshot:
    """Return the state of a run at a step, or end with the steps whose states are kept."""
    state = engine.snapshot(run_id, step=step)
    if state is None:
        kept = [each.number for each in engine.steps(run_id)]
        known = f'it has those from {kept[0]} to {kept[-1]}' if kept else 'it has none'
        raise typer.BadParameter(f'the state of step {step} of run {run_id} is not kept; {known}.')
    return state


def prune(
    run_id: Annotated[
        str | None, typer.Argument(metavar='[RUN]', help='One run; else all.', show_default=False)
    ] = None,
    keep: Annotated[
        str | None,
        typer.Option('--keep', metavar='WHAT', help='last, or last N, of each run; else what its own setting says.'),
    ] = None,
    ended_days: Annotated[
        float | None,
        typer.Option('--ended-days', metavar='DAYS', min=0, help='Only runs that ended so many days ago.'),
    ] = None,
    older: Annotated[
        str | None,
        typer.Option(
            '--older-than',
            metavar='TIME',
            help='Delete runs, with all that is stored of them, that ended so long ago, as 30d.',
            show_default=False,
        ),
    ] = None,
    status: Annotated[
        list[str] | None,
        typer.Option('--status', metavar='STATUS', help='With --older-than: runs that ended so. Repeatable.'),
    ] = None,
    namespace: Annotated[
        str | None,
        typer.Option(
            '--namespace', metavar='NAME', help='With --older-than: runs of this namespace.', show_default=False
        ),
    ] = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Delete states of runs that need not be kept for looking back; with --older-than, runs.

    The newest state of a run that stays always stays. No worker waits for this.
    """
    if older is not None:
        if run_id is not None or keep is not None or ended_days is not None:
            raise typer.BadParameter('--older-than deletes runs; give it without RUN, --keep and --ended-days.')
        with open_engine(database) as engine:
            deleted = engine.purge(older_than('--older-than', older), statuses=status or (), namespace=namespace)
        print_json({'runs': deleted}) if as_json else typer.echo(f'{deleted} runs deleted')
        return
    if status or namespace is not None:
        raise typer.BadParameter('--status and --namespace choose runs for --older-than.')
    from monty_flow.engine import SystemClock
    from monty_flow.engine.clock import moment
    from monty_flow.engine.retention import parse_keep

    try:
        number = None if keep is None else parse_keep(keep)
    except ValueError as error:
        raise typer.BadParameter(f'--keep: {error}.') from None
    before = None if ended_days is None else moment(SystemClock().now()) - timedelta(days=ended_days)
    with open_engine(database) as engine:
        pruned = engine.prune(run_id, keep=number, ended_before=before)
    if as_json:
        print_json(pruned)
    else:
        values = f', and {pruned.large} large values that nothing names' if pruned.large else ''
        typer.echo(f'{pruned.snapshots} states of {pruned.runs} runs deleted{values}')


def export(
    run_id: RunId,
    output: Annotated[
        Path | None, typer.Option('--output', '-o', metavar='FILE', help='Where to; else stdout.', dir_okay=False)
    ] = None,
    keys: KeyFile = None,
    database: Database = None,
) -> None:
    """Write a run as a file, which `import` takes into another database."""
    with open_engine(database) as engine:
        data = engine.export(run_id, keys=_ring(keys))
    if output is not None:
        output.write_bytes(data)
        return
    if sys.stdout.isatty():
        raise typer.BadParameter('a run is bytes, not text for a terminal; name a file with --output.')
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def import_run(
    file: Annotated[Path, typer.Argument(metavar='FILE', help='What export wrote.', exists=True, dir_okay=False)],
    keys: KeyFile = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Take a run from a file; workers here go on with it.

    Cancel it where it came from, or both do what it does.
    """
    with open_engine(database) as engine:
        run = engine.import_run(file.read_bytes(), keys=_ring(keys))
    print_json(run) if as_json else typer.echo(run.id)


def _ring(path: Path | None) -> KeyRing | None:
    if path is None:
        return None
    from monty_flow.engine import keys

    file = keys.read(path)
    assert file is not None
    return file.ring


app = typer.Typer(name='keys', help='The keys that sign what the database holds.', no_args_is_help=True)


@app.command(name='list')
def list_keys(database: Database = None, as_json: AsJson = False) -> None:
    """List the keys of the database; the current one signs."""
    from monty_flow.engine import keys

    path = _key_path(database)
    file = keys.read(path)
    found = [] if file is None else [
        {'id': key.id, 'made': key.made, 'current': key.id == file.current} for key in file.keys
    ]  # fmt: skip
    if as_json:
        print_json({'file': str(path), 'encrypts': file is not None and file.encrypts, 'keys': found})
        return
    for key in found:
        typer.echo(f'{key["id"]}  {key["made"]}{"  current" if key["current"] else ""}')
    if file is None:
        typer.echo(f'there is no key file {path} yet; a worker makes it', err=True)
    elif file.encrypts:
        typer.echo('states of runs are encrypted')


@app.command()
def rotate(
    encrypt: Annotated[
        bool | None,
        typer.Option(
            '--encrypt/--no-encrypt', help='Encrypt states of runs from now on, or no longer.', show_default=False
        ),
    ] = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Make a new key that signs from now on; older ones stay to check what they have signed.

    Workers take it up when they are started again. Where they run on other machines, copy the key file there before.
    """
    from monty_flow.engine import SystemClock, keys

    path = _key_path(database)
    file = keys.rotate(path, SystemClock(), encrypts=encrypt)
    if as_json:
        print_json({'file': str(path), 'current': file.current, 'encrypts': file.encrypts})
    else:
        typer.echo(f'{file.current} signs from now on; keep a copy of {path} in a safe place')


@app.command()
def adopt(database: Database = None, as_json: AsJson = False) -> None:
    """Sign what the database holds unsigned, from before it had keys.

    Do this only when you trust whoever could write to the database so far.
    """
    with open_engine(database) as engine:
        adopted = engine.adopt()
    print_json({'signed': adopted}) if as_json else typer.echo(f'{adopted} states signed')


def _key_path(database: str | None) -> Path:
    from monty_flow.engine import keys

    url = database_url(database)
    path = keys.place_of(url)
    if path is None:
        raise typer.BadParameter(
            f'{shown(url)} is not a file, so its keys have no place of their own; name one by ${keys.VARIABLE}.'
        )
    return path


COMMANDS = (diff, prune, export)
