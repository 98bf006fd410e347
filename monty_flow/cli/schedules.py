"""Commands about schedules: `schedules create`, `list`, `show`, `pause`, `resume`, `trigger` and `delete`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from monty_flow.cli.choosing import parse_tags
from monty_flow.cli.database import open_engine
from monty_flow.cli.inputs import parse_inputs
from monty_flow.cli.options import AsJson, Database, InputFile, InputPairs, Script
from monty_flow.cli.records import moment, print_json
from monty_flow.cli.submission import Deadline, Namespace, Priority, QueueName, read_source, script_name
from monty_flow.cli.submission import Tags as NewTags
from monty_flow.cli.tables import SCHEDULE_COLUMNS, render
from monty_flow.cli.times import parse_moment, parse_seconds

if TYPE_CHECKING:
    from monty_flow.engine import Schedule

app = typer.Typer(name='schedules', help='Have scripts run at moments.', no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar='NAME', help='The name of the schedule.')]


@app.command()
def create(
    name: Name,
    script: Script,
    cron: Annotated[
        str | None,
        typer.Option('--cron', metavar='EXPRESSION', help="Such as '30 6 * * MON-FRI'.", show_default=False),
    ] = None,
    timezone: Annotated[str, typer.Option('--timezone', metavar='ZONE', help='Whose clocks cron goes by.')] = 'UTC',
    every: Annotated[
        str | None, typer.Option('--every', metavar='TIME', help='An interval, such as 15m.', show_default=False)
    ] = None,
    at: Annotated[
        str | None,
        typer.Option('--at', metavar='MOMENT', help='The one moment, or the first of --every.', show_default=False),
    ] = None,
    overlap: Annotated[
        str,
        typer.Option(
            '--overlap', metavar='skip|queue|cancel|allow', help='What to do while the run before is under way.'
        ),
    ] = 'skip',
    catch_up: Annotated[
        str, typer.Option('--catch-up', metavar='none|last|all', help='What to do with the moments of a downtime.')
    ] = 'last',
    max_catch_up: Annotated[
        int, typer.Option('--max-catch-up', metavar='N', help='Moments that are made up for at most.')
    ] = 100,
    jitter: Annotated[
        str, typer.Option('--jitter', metavar='TIME', help='Put each moment off by up to this time.')
    ] = '0',
    paused: Annotated[bool, typer.Option('--paused', help='Make no runs until it is resumed.')] = False,
    replace: Annotated[bool, typer.Option('--replace', help='Describe an existing schedule anew.')] = False,
    inputs: InputPairs = None,
    input_file: InputFile = None,
    deadline: Deadline = None,
    namespace: Namespace = 'default',
    tag: NewTags = None,
    queue: QueueName = 'default',
    priority: Priority = 0,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Have runs of SCRIPT made at moments.

    A script that uses the name scheduled_at gets the moment as that input.
    """
    from monty_flow.engine import Submission

    submission = Submission(
        read_source(script),
        parse_inputs(inputs, input_file),
        script_name(script),
        namespace=namespace,
        tags=parse_tags(tag),
        deadline_seconds=parse_seconds('--deadline', deadline),
        queue=queue,
        priority=priority,
    )
    with open_engine(database) as engine:
        made = engine.create_schedule(
            name,
            submission,
            cron=cron,
            timezone=timezone,
            every_seconds=parse_seconds('--every', every),
            at=parse_moment('--at', at),
            overlap=overlap,
            catch_up=catch_up,
            max_catch_up=max_catch_up,
            jitter_seconds=parse_seconds('--jitter', jitter) or 0,
            paused=paused,
            replace=replace,
        )
    _tell(made, as_json)


@app.command(name='list')
def list_schedules(database: Database = None, as_json: AsJson = False) -> None:
    """List schedules, by name."""
    with open_engine(database) as engine:
        found = engine.schedules()
    if as_json:
        print_json(found)
    elif found:
        typer.echo(render(SCHEDULE_COLUMNS, found))
    else:
        typer.echo('no schedules', err=True)


@app.command()
def show(name: Name, database: Database = None, as_json: AsJson = False) -> None:
    """Tell all about a schedule, with its newest runs."""
    with open_engine(database) as engine:
        schedule = engine.schedule(name)
        runs = engine.list(tags={'schedule': name}, limit=10)
    if as_json:
        print_json({'schedule': schedule, 'runs': runs})
        return
    typer.echo('\n'.join(f'{label:12} {text}' for label, text in _facts(schedule)))
    for run in runs:
        typer.echo(f'{"run":12} {run.id} {run.status.value}, made {moment(run.created_at)} UTC')


@app.command()
def pause(name: Name, database: Database = None, as_json: AsJson = False) -> None:
    """Let a schedule make no runs until it is resumed."""
    with open_engine(database) as engine:
        _tell(engine.pause_schedule(name), as_json)


@app.command()
def resume(name: Name, database: Database = None, as_json: AsJson = False) -> None:
    """Let a schedule make runs again, from its next moment on."""
    with open_engine(database) as engine:
        _tell(engine.resume_schedule(name), as_json)


@app.command()
def trigger(name: Name, database: Database = None, as_json: AsJson = False) -> None:
    """Make a run of a schedule now, beside its moments, and print its id."""
    with open_engine(database) as engine:
        run = engine.trigger_schedule(name)
    print_json(run) if as_json else typer.echo(run.id)


@app.command()
def delete(name: Name, database: Database = None) -> None:
    """Delete a schedule; its runs stay."""
    with open_engine(database) as engine:
        engine.delete_schedule(name)
    typer.echo(f'the schedule {name} is deleted')


def _tell(schedule: Schedule, as_json: bool) -> None:
    print_json(schedule) if as_json else typer.echo(render(SCHEDULE_COLUMNS, [schedule]))


def _facts(schedule: Schedule) -> list[tuple[str, str]]:
    [when, state] = [column.text(schedule) for column in SCHEDULE_COLUMNS if column.title in ('WHEN', 'NEXT (UTC)')]
    facts = [
        ('schedule', schedule.name),
        ('script', schedule.script_name),
        ('when', when),
        ('next', state),
        ('overlap', schedule.overlap.value),
        ('catch-up', f'{schedule.catch_up.value}, {schedule.max_catch_up} at most'),
        ('made', f'{schedule.fired} runs, {schedule.skipped} moments skipped'),
    ]
    if schedule.error is not None:
        facts.append(('error', schedule.error))
    return facts + [('input', f'{name} = {value!r}') for name, value in schedule.inputs.items()]
