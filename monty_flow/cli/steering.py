"""Commands that change the way of runs, of one or of all that are chosen: `cancel`, `pause`, `retry` and their like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monty_flow.cli.choosing import takes_filter
from monty_flow.cli.database import open_engine
from monty_flow.cli.options import AsJson, Database
from monty_flow.cli.records import print_json
from monty_flow.cli.times import parse_seconds

if TYPE_CHECKING:
    from monty_flow.engine import Engine, Run, RunFilter


@dataclass(frozen=True, slots=True)
class Verb:
    """What can be done to runs: the name of the command and of the engine's method, and what is said of it."""

    name: str
    help: str
    #: What is said of a run to which it was done, and of several.
    done: Callable[[Run], str]
    participle: str


CANCEL = Verb(
    'cancel',
    'Cancel runs.\n\nEach script is told where it waits and has the time of grace to clean up; a run that was not begun ends at once.',
    lambda run: (
        f'run {run.id} is cancelled' if run.finished_at else f'run {run.id} is being cancelled: its script cleans up'
    ),
    'cancelled',
)
VERBS = (
    Verb(
        'terminate',
        'End runs at once, whatever they do.\n\nTheir scripts are not asked.',
        lambda run: f'run {run.id} is cancelled',
        'terminated',
    ),
    Verb(
        'pause',
        'Hold runs until they are resumed.\n\nA call in hand is finished and its result recorded; no further one is begun.',
        lambda run: f'run {run.id} is paused; `monty-flow resume {run.id}` lets it go on',
        'paused',
    ),
    Verb(
        'resume',
        'Let paused runs go on from where they stand.',
        lambda run: f'run {run.id} is {run.status.value} again; a worker will go on with it',
        'resumed',
    ),
    Verb(
        'retry',
        'Let failed runs go on.\n\n'
        'Each goes on from where it stood before the step that failed, with all results recorded so far.',
        lambda run: f'run {run.id} is {run.status.value} again; a worker will go on with it',
        'retried',
    ),
    Verb(
        'delete',
        'Delete runs that have ended, with all that is stored of them.',
        lambda run: f'run {run.id} is deleted',
        'deleted',
    ),
)

SomeRun = Annotated[
    str | None,
    typer.Argument(
        metavar='[RUN]',
        help='One run, by its id or the beginning of it; else those of the options.',
        show_default=False,
    ),
]
EveryRun = Annotated[bool, typer.Option('--all', help='All runs for which it can be done.')]
Grace = Annotated[
    str,
    typer.Option('--grace', metavar='TIME', help='How long the script may clean up, as 90s or 5m; 0 ends it at once.'),
]
DryRun = Annotated[bool, typer.Option('--dry-run', help='Only tell how many runs it would be.')]


def _command(verb: Verb) -> Callable[..., None]:
    @takes_filter
    def command(
        wanted: RunFilter,
        run_id: SomeRun = None,
        every: EveryRun = False,
        dry_run: DryRun = False,
        database: Database = None,
        as_json: AsJson = False,
    ) -> None:
        chosen = Choice(run_id, wanted, every, dry_run)
        _carry_out(verb, chosen, database, as_json)

    command.__name__ = verb.name
    command.__doc__ = verb.help
    return command


@takes_filter
def _cancel(
    wanted: RunFilter,
    run_id: SomeRun = None,
    grace: Grace = '30s',
    every: EveryRun = False,
    dry_run: DryRun = False,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    chosen = Choice(run_id, wanted, every, dry_run)
    _carry_out(CANCEL, chosen, database, as_json, grace_seconds=parse_seconds('--grace', grace))


_cancel.__name__, _cancel.__doc__ = CANCEL.name, CANCEL.help


@dataclass(frozen=True, slots=True)
class Choice:
    """Which runs a command means: one, or those of a filter."""

    run_id: str | None
    filter: RunFilter
    every: bool
    dry_run: bool


def _carry_out(verb: Verb, chosen: Choice, database: str | None, as_json: bool, **settings: Any) -> None:
    _check_choice(chosen.run_id, chosen.every, chosen.filter.is_empty, chosen.dry_run)
    with open_engine(database) as engine:
        if chosen.run_id is not None:
            _one(engine, verb, chosen.run_id, as_json, settings)
            return
        runs = getattr(engine, f'{verb.name}_many')(chosen.filter, dry_run=chosen.dry_run, **settings)
    if as_json:
        print_json({'runs': runs, 'dry_run': chosen.dry_run})
    elif chosen.dry_run:
        typer.echo(f'{_number(runs)} would be {verb.participle}')
    else:
        typer.echo(f'{_number(runs)} {"was" if runs == 1 else "were"} {verb.participle}')


def _check_choice(run_id: str | None, every: bool, is_empty: bool, dry_run: bool) -> None:
    if (run_id is not None) + every + (not is_empty) != 1:
        raise typer.BadParameter('name one run, or choose runs by options such as --tag, or take --all; one of these.')
    if run_id is not None and dry_run:
        raise typer.BadParameter('--dry-run is for runs that are chosen by options.')


def _one(engine: Engine, verb: Verb, run_id: str, as_json: bool, settings: Mapping[str, Any]) -> None:
    before = engine.get(run_id)
    # What is deleted can be shown as it was.
    run: Run = getattr(engine, verb.name)(before.id, **settings) or before
    print_json(run) if as_json else typer.echo(verb.done(run))


def _number(runs: int) -> str:
    return f'{runs} run{"" if runs == 1 else "s"}'


COMMANDS = (_cancel, *map(_command, VERBS))
