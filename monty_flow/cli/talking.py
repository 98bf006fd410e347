"""Commands that speak with runs: `signal`, `signals`, `approvals`, `approve` and `reject`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from monty_flow.cli.database import open_engine
from monty_flow.cli.inputs import value_of
from monty_flow.cli.options import AsJson, Database, RunId
from monty_flow.cli.records import print_json, shorten
from monty_flow.cli.tables import APPROVAL_COLUMNS, SIGNAL_COLUMNS, render

if TYPE_CHECKING:
    from monty_flow.engine import Approval, Engine


Call = Annotated[
    int | None,
    typer.Argument(
        metavar='[CALL]',
        min=1,
        help='The number of the call, as "approvals" lists it; not needed where one call of the run waits.',
        show_default=False,
    ),
]
By = Annotated[str | None, typer.Option('--by', metavar='NAME', help='Who decides.', show_default=False)]
Comment = Annotated[str | None, typer.Option('--comment', metavar='TEXT', help='Why.', show_default=False)]


def signal(
    run_id: RunId,
    name: Annotated[str, typer.Argument(metavar='NAME', help='The name that the script waits for.')],
    value: Annotated[
        str | None, typer.Argument(metavar='[JSON]', help='What it gets: JSON, else text.', show_default=False)
    ] = None,
    key: Annotated[
        str | None, typer.Option('--key', metavar='KEY', help='Send once only: the same key changes nothing.')
    ] = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Send a signal to a run.

    It is kept until the script takes it with flow.wait_signal(NAME).
    """
    with open_engine(database) as engine:
        sent = engine.signal(run_id, name, None if value is None else value_of(value), key=key)
    if as_json:
        print_json(sent)
        return
    what = f'call {sent.taken_by} gets it' if sent.taken_by is not None else 'it is kept until the script takes it'
    typer.echo(f'the signal {name!r} is sent to run {sent.run_id}; {what}')


def signals(run_id: RunId, database: Database = None, as_json: AsJson = False) -> None:
    """List the signals that were sent to a run."""
    with open_engine(database) as engine:
        found = engine.signals(run_id)
    if as_json:
        print_json(found)
    elif found:
        typer.echo(render(SIGNAL_COLUMNS, found))
    else:
        typer.echo('no signals', err=True)


def approvals(
    run_id: Annotated[
        str | None, typer.Argument(metavar='[RUN]', help='Only those of one run.', show_default=False)
    ] = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """List the calls that wait until a person has decided upon them."""
    with open_engine(database) as engine:
        found = engine.approvals(run_id)
    if as_json:
        print_json(found)
    elif found:
        typer.echo(render(APPROVAL_COLUMNS, found))
    else:
        typer.echo('nothing waits for an approval', err=True)


def _decision(name: str, help: str, participle: str) -> Callable[..., None]:
    """Return the command that decides upon a call."""

    def command(
        run_id: RunId,
        call: Call = None,
        by: By = None,
        comment: Comment = None,
        database: Database = None,
        as_json: AsJson = False,
    ) -> None:
        with open_engine(database) as engine:
            number = _only_call(engine, run_id) if call is None else call
            decided: Approval = getattr(engine, name)(run_id, number, by=by, comment=comment)
        _tell(decided, participle, as_json=as_json)

    command.__name__, command.__doc__ = name, help
    return command


def _only_call(engine: Engine, run_id: str) -> int:
    """Return the number of the one call of a run that waits for an approval, or end with a sentence."""
    waiting = engine.approvals(run_id)
    if len(waiting) == 1:
        return waiting[0].call
    if not waiting:
        from monty_flow.engine import ApprovalNotFound

        raise ApprovalNotFound(run_id, None)
    numbers = ', '.join(str(approval.call) for approval in waiting)
    raise typer.BadParameter(f'the calls {numbers} of run {run_id} wait for an approval; say which one you mean.')


def _tell(decided: Approval, what: str, *, as_json: bool) -> None:
    if as_json:
        print_json(decided)
        return
    asked = decided.function if decided.question is None else repr(shorten(decided.question))
    typer.echo(f'call {decided.call} of run {decided.run_id} ({asked}) is {what}')


COMMANDS = (
    signal,
    signals,
    approvals,
    _decision('approve', 'Let a call go on that waits for an approval.', 'approved'),
    _decision('reject', 'Refuse a call that waits for an approval.', 'rejected'),
)
