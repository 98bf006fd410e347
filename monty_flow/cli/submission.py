"""Commands that begin a run: `submit` hands it to the workers, `run` does its work in this process."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from monty_flow.cli.choosing import parse_tags
from monty_flow.cli.database import database_url, open_engine
from monty_flow.cli.exit_codes import ExitCode
from monty_flow.cli.following import LogFollower
from monty_flow.cli.inputs import parse_inputs
from monty_flow.cli.options import (
    FUNCTIONS_HELP,
    AsJson,
    Concurrency,
    Database,
    InputFile,
    InputPairs,
    Key,
    Script,
    SecretsFile,
)
from monty_flow.cli.outcome import end_with_outcome
from monty_flow.cli.records import print_json
from monty_flow.cli.times import parse_moment, parse_moment_or_seconds, parse_seconds

if TYPE_CHECKING:
    from monty_flow.engine import Engine, Functions, Run

_STANDARD_INPUT: Final = Path('-')

Delay = Annotated[
    str | None,
    typer.Option('--delay', metavar='TIME', help='Begin it after this time, such as 5m.', show_default=False),
]
StartAt = Annotated[
    str | None, typer.Option('--at', metavar='MOMENT', help='Begin it at this moment.', show_default=False)
]
Deadline = Annotated[
    str | None,
    typer.Option(
        '--deadline', metavar='TIME', help='End it as failed after this time, or at this moment.', show_default=False
    ),
]
Namespace = Annotated[str, typer.Option('--namespace', metavar='NAME', help='Whose run it is.')]
Tags = Annotated[
    list[str] | None, typer.Option('--tag', metavar='NAME=VALUE', help='A text to find it by. Repeatable.')
]
FunctionVersions = Annotated[
    list[str] | None,
    typer.Option('--function-version', metavar='NAME=VERSION', help='Bind it to a version of a function. Repeatable.'),
]

QueueName = Annotated[str, typer.Option('--queue', metavar='NAME', help='The queue whose limits it is under.')]
Priority = Annotated[
    int, typer.Option('--priority', metavar='N', help='From -100 to 100; the higher, the sooner.', show_default=False)
]
ConcurrencyKey = Annotated[
    str | None,
    typer.Option('--concurrency-key', metavar='KEY', help='Its key among the limits of the queue.', show_default=False),
]


def submit(
    script: Script,
    inputs: InputPairs = None,
    input_file: InputFile = None,
    wait: Annotated[bool, typer.Option('--wait', help='Wait until the run has ended, and print its result.')] = False,
    key: Key = None,
    delay: Delay = None,
    start_at: StartAt = None,
    deadline: Deadline = None,
    namespace: Namespace = 'default',
    tag: Tags = None,
    queue: QueueName = 'default',
    priority: Priority = 0,
    concurrency_key: ConcurrencyKey = None,
    function_version: FunctionVersions = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Store a run of SCRIPT for the workers.

    Prints the id of the run, or its result with --wait.
    """
    ends_at, ends_in = parse_moment_or_seconds('--deadline', deadline)
    options: dict[str, Any] = {
        'delay_seconds': parse_seconds('--delay', delay),
        'start_at': parse_moment('--at', start_at),
        'deadline': ends_at,
        'deadline_seconds': ends_in,
        'namespace': namespace,
        'tags': parse_tags(tag),
        'queue': queue,
        'priority': priority,
        'concurrency_key': concurrency_key,
        'function_versions': parse_tags(function_version, '--function-version'),
    }
    source = read_source(script)
    with open_engine(database) as engine:
        stored = engine.submit(
            source, inputs=parse_inputs(inputs, input_file), script_name=script_name(script), key=key, **options
        )
        _tell_of_unserved(engine, stored, source)
        if not wait:
            print_json(stored) if as_json else typer.echo(stored.id)
            return
        typer.echo(f'run {stored.id} is submitted; waiting for a worker to finish it', err=True)
        engine.wait(stored.id)
        end_with_outcome(engine, stored.id, as_json=as_json)


def run(
    script: Script,
    functions: Annotated[
        str | None,
        typer.Option('--functions', '-f', metavar='MODULE:NAME', help=FUNCTIONS_HELP, show_default=False),
    ] = None,
    inputs: InputPairs = None,
    input_file: InputFile = None,
    key: Key = None,
    concurrency: Concurrency = 10,
    secrets_file: SecretsFile = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Run SCRIPT here until it has ended.

    Submits it and does its work in this process; what it prints comes to stdout as it prints it, then its result.
    A script that calls no functions needs none.
    """
    from monty_flow.cli.serving import registered_functions
    from monty_flow.engine import Functions, Worker, load_secrets

    registered = Functions() if functions is None else registered_functions(functions)
    source = read_source(script)
    with open_engine(database) as engine:
        stored = engine.submit(
            source, inputs=parse_inputs(inputs, input_file), script_name=script_name(script), key=key
        )
        _tell_of_missing(stored, source, registered, functions)
        # With --json stdout holds the one document, so that the prints go to stderr.
        with LogFollower(engine, stored.id, out=sys.stderr if as_json else sys.stdout):
            worker = Worker(
                database_url(database), registered, concurrency=concurrency, secrets=load_secrets(secrets_file)
            )
            try:
                worker.run_until(stored.id)
            except KeyboardInterrupt:
                place = functions or 'MODULE:NAME'
                typer.echo(f'run {stored.id} is stored; `monty-flow worker {place}` goes on with it', err=True)
                raise typer.Exit(ExitCode.INTERRUPTED) from None
        end_with_outcome(engine, stored.id, as_json=as_json)


def _tell_of_unserved(engine: Engine, run: Run, source: str) -> None:
    """Say which functions a run may wait for that no running worker serves: a name may be misspelt."""
    served = {name.partition('@')[0] for worker in engine.workers() for name in worker.functions if name}
    missing = _missing(run, source, served) if served else []
    if missing:
        close = [each for name in missing for each in difflib.get_close_matches(name, served, 1)]
        hint = f'; did you mean {", ".join(close)}?' if close else ''
        typer.echo(f'no running worker serves {", ".join(missing)}{hint}', err=True)


def _missing(run: Run, source: str, served: Collection[str]) -> list[str]:
    """Return the functions that a script calls and that are not among those that are served."""
    from monty_flow.interpreter import Monty

    called = Monty(source, inputs=run.inputs, script_name=run.script_name).external_functions
    return sorted(called.difference(served))


def _tell_of_missing(run: Run, source: str, functions: Functions, place: str | None) -> None:
    """Say which functions a run may wait for that are not here: it would wait for them without a word."""
    missing = _missing(run, source, functions.names)
    if missing:
        where = f'{place} does not have' if place else 'nobody has here: name functions with -f'
        typer.echo(
            f'the script calls {", ".join(missing)}, which {where}; a call of it waits for a worker that has it',
            err=True,
        )


def read_source(script: Path) -> str:
    """Return the text of a script, of standard input for `-`, or end with a sentence when it cannot be read or is not UTF-8."""
    try:
        data = sys.stdin.buffer.read() if script == _STANDARD_INPUT else script.read_bytes()
        return data.decode('utf-8')
    except OSError as error:
        raise typer.BadParameter(f'{script} cannot be read: {error.strerror}.') from None
    except UnicodeDecodeError as error:
        typer.echo(f'{script} is not UTF-8 text (byte {error.start}); save it as UTF-8 and try again.', err=True)
        raise typer.Exit(ExitCode.SCRIPT_REFUSED) from None


def script_name(script: Path) -> str:
    """Return what runs of a script are listed and traced by."""
    return '<stdin>' if script == _STANDARD_INPUT else script.name


COMMANDS = (submit, run)
