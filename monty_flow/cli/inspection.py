"""Commands that look at runs and change nothing: `ps`, `show`, `logs` and `result`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from monty_flow.cli.choosing import takes_filter
from monty_flow.cli.database import open_engine
from monty_flow.cli.items import folded
from monty_flow.cli.keeping import state_at
from monty_flow.cli.options import AsJson, Database, RunId
from monty_flow.cli.outcome import end_with_outcome
from monty_flow.cli.place import describe_place
from monty_flow.cli.records import duration, moment, output_text, print_json, shorten
from monty_flow.cli.tables import CALL_COLUMNS, RUN_COLUMNS, render
from monty_flow.late import as_shown
from monty_flow.plain import plain

if TYPE_CHECKING:
    from monty_flow.engine import Engine, Run, RunFilter
    from monty_flow.interpreter import FrameView

#: Runs that the script of a run has started, of which `show` tells in text.
SHOWN_CHILDREN = 20


@takes_filter
def ps(
    wanted: RunFilter,
    limit: Annotated[int, typer.Option('--limit', metavar='N', min=1, help='At most so many runs.')] = 20,
    older_than: Annotated[
        str | None,
        typer.Option(
            '--older-than', metavar='RUN', help='Go on after this run, the last of a page.', show_default=False
        ),
    ] = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """List runs, the newest first."""
    with open_engine(database) as engine:
        last = None if older_than is None else engine.get(older_than).id
        runs = engine.list(wanted, limit=limit, before=last)
    if as_json:
        print_json(runs)
    elif runs:
        typer.echo(render(RUN_COLUMNS, runs))
    elif wanted.is_empty:
        typer.echo('no runs', err=True)
    else:
        only = tuple(status.value for status in wanted.statuses)
        typer.echo(f'no runs that are {" or ".join(only)}' if only else 'no such runs', err=True)


def show(
    run_id: RunId,
    step: Annotated[
        int | None,
        typer.Option(
            '--step', metavar='N', min=1, help='Where it stood when it waited for its call N.', show_default=False
        ),
    ] = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Tell where a run stands.

    Its status, the source line where it waits and the variables there, its calls with attempts and timings.
    """
    with open_engine(database) as engine:
        run = engine.get(run_id)
        if step is not None:
            frames = state_at(engine, run.id, step).frames
            if as_json:
                print_json({'run_id': run.id, 'step': step, 'frames': frames})
            else:
                typer.echo(describe_place(frames, engine.source(run.id), run.script_name, ended=True))
            return
        print_json(_document(engine, run)) if as_json else typer.echo(_description(engine, run))


def logs(
    run_id: RunId,
    times: Annotated[
        bool, typer.Option('--times', help='With the time and the step before each line, and all on stdout.')
    ] = False,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Print what a run has printed so far.

    What the script wrote to stderr goes to stderr.
    """
    with open_engine(database) as engine:
        lines = engine.logs(engine.get(run_id).id)
    if as_json:
        print_json(lines)
        return
    for line in lines:
        if times:
            typer.echo(f'{moment(line.at)} UTC  step {line.step}  {line.text.rstrip()}')
            continue
        typer.echo(line.text, err=line.stream == 'stderr', nl=False)


def result(run_id: RunId, database: Database = None, as_json: AsJson = False) -> None:
    """Print the output of a run."""
    with open_engine(database) as engine:
        end_with_outcome(engine, engine.get(run_id).id, as_json=as_json)


def _document(engine: Engine, run: Run) -> dict[str, Any]:
    frames, _ = _frames(engine, run)
    return {
        **plain(run),
        'published': plain(engine.published(run.id)),
        'children': [child.id for child in engine.children(run.id)],
        'frames': plain(frames),
        'calls': plain(engine.calls(run.id)),
        'history': plain(engine.history(run.id)),
    }


def _description(engine: Engine, run: Run) -> str:
    facts = _facts(run) + [
        ('published', f'{name} = {shorten(repr(value))}') for name, value in engine.published(run.id).items()
    ]
    facts += [
        ('started', f'{child.id} {child.status.value}') for child in engine.children(run.id, limit=SHOWN_CHILDREN)
    ]
    blocks = ['\n'.join(f'{label:10} {text}' for label, text in facts)]
    frames, trouble = _frames(engine, run)
    if frames:
        blocks.append(describe_place(frames, engine.source(run.id), run.script_name, ended=run.finished_at is not None))
    elif trouble:
        blocks.append(trouble)
    if run.error is not None:
        blocks.append((run.error.traceback or str(run.error)).rstrip())
    calls, lines = folded(engine.calls(run.id))
    if calls:
        blocks.append('\n'.join([render(CALL_COLUMNS, calls), *lines]))
    return '\n\n'.join(blocks)


def _frames(engine: Engine, run: Run) -> tuple[tuple[FrameView, ...], str | None]:
    """Return the frames in which a run waits, or why they cannot be shown; the rest of a run is worth showing then."""
    from monty_flow.interpreter import SnapshotError

    try:
        state = engine.snapshot(run.id)
    except SnapshotError as error:
        return (), f'the state in which it waits cannot be read by this release: {error}'
    return (() if state is None else state.frames), None


def _facts(run: Run) -> list[tuple[str, str]]:
    run = as_shown(run)
    facts = [
        ('run', run.id),
        ('script', f'{run.script_name} ({run.script_hash[:12]})'),
        ('status', run.status.value + (f', for {run.waiting_for}' if run.waiting_for else '')),
        *([('says', run.status_text)] if run.status_text else []),
        ('step', str(run.step)),
        ('submitted', f'{moment(run.created_at)} UTC'),
        *([('parent', run.parent)] if run.parent else []),
    ]
    if run.finished_at is not None:
        facts.append(('finished', f'{moment(run.finished_at)} UTC, after {duration(run.created_at, run.finished_at)}'))
    if run.deadline is not None:
        facts.append(('deadline', f'{moment(run.deadline)} UTC'))
    if run.key is not None:
        facts.append(('key', run.key))
    if run.queue != 'default' or run.concurrency_key is not None:
        key = f', key {run.concurrency_key}' if run.concurrency_key else ''
        facts.append(('queue', f'{run.queue}{key}'))
    if run.priority:
        facts.append(('priority', str(run.priority)))
    if run.namespace != 'default':
        facts.append(('namespace', run.namespace))
    facts += [('tag', f'{name} = {value}') for name, value in run.tags.items()]
    facts += [('input', f'{name} = {value!r}') for name, value in run.inputs.items()]
    if run.output is not None:
        facts.append(('output', output_text(run.output)))
    return facts


COMMANDS = (ps, show, logs, result)
