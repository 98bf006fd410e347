"""The columns of every table that a command prints, and how a table is laid out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from monty_flow.cli.records import duration, moment, shorten
from monty_flow.late import as_shown

if TYPE_CHECKING:
    from monty_flow.engine import Approval, Call, Queue, Run, Schedule


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, the text of a row, and on which side it is flush."""

    title: str
    text: Callable[[Any], str]
    flush_right: bool = False


def _call_text(call: Call | Approval) -> str:
    call = as_shown(call)
    arguments = [repr(item) for item in call.args] + [f'{name}={item!r}' for name, item in call.kwargs.items()]
    return shorten(f'{call.function}({", ".join(arguments)})', 48)


def _call_outcome(call: Call) -> str:
    call = as_shown(call)
    if call.progress is not None and call.finished_at is None:
        said = shorten(f'at {call.progress!r}', 48)
        return said if call.error is None else shorten(f'{said} after {call.error}', 48)
    if call.error is not None and call.status != 'done':
        return shorten(str(call.error), 48)
    return '' if call.result is None else shorten(repr(call.result), 48)


def _run_outcome(run: Run) -> str:
    run = as_shown(run)
    if run.waiting_for:
        said = f'{run.status_text}; ' if run.status_text else ''
        return shorten(said + run.waiting_for)
    if run.error is not None:
        return shorten(str(run.error))
    return shorten(repr(run.output)) if run.output is not None else ''


RUN_COLUMNS = (
    Column('RUN', lambda run: run.id),
    Column('STATUS', lambda run: run.status.value),
    Column('SCRIPT', lambda run: shorten(run.script_name, 48)),
    Column('STEP', lambda run: str(run.step), flush_right=True),
    Column('SUBMITTED (UTC)', lambda run: moment(run.created_at)),
    Column('TOOK', lambda run: duration(run.created_at, run.finished_at), flush_right=True),
    Column('WAITS FOR / OUTCOME', _run_outcome),
)

CALL_COLUMNS = (
    Column('CALL', lambda call: str(call.number), flush_right=True),
    Column('STATUS', lambda call: call.status.value),
    Column('ATTEMPTS', lambda call: str(call.attempts), flush_right=True),
    Column('TOOK', lambda call: duration(call.started_at, call.finished_at), flush_right=True),
    Column('WHAT', _call_text),
    Column('RESULT / ERROR', _call_outcome),
)


TOKEN_COLUMNS = (
    Column('ID', lambda token: token.id),
    Column('NAME', lambda token: shorten(token.name, 32)),
    Column('ROLE', lambda token: token.role.value),
    Column('NAMESPACE', lambda token: token.namespace),
    Column('MADE (UTC)', lambda token: moment(token.created_at)),
    Column('ENDS (UTC)', lambda token: moment(token.expires_at)),
    Column('REVOKED (UTC)', lambda token: moment(token.revoked_at)),
)

SIGNAL_COLUMNS = (
    Column('SIGNAL', lambda signal: signal.name),
    Column('SENT (UTC)', lambda signal: moment(signal.sent_at)),
    Column('TAKEN BY CALL', lambda signal: '-' if signal.taken_by is None else str(signal.taken_by), flush_right=True),
    Column('KEY', lambda signal: signal.key or ''),
    Column('VALUE', lambda signal: '' if signal.value is None else shorten(repr(signal.value))),
)

APPROVAL_COLUMNS = (
    Column('RUN', lambda asked: asked.run_id),
    Column('CALL', lambda asked: str(asked.call), flush_right=True),
    Column('SCRIPT', lambda asked: shorten(asked.script_name, 48)),
    Column('ASKED (UTC)', lambda asked: moment(asked.asked_at)),
    Column('UNTIL', lambda asked: moment(asked.expires_at)),
    Column('WHAT', lambda asked: shorten(_call_text(asked) if asked.question is None else asked.question)),
)


def _limit(value: int | None) -> str:
    return '-' if value is None else str(value)


def _rate(queue: Queue) -> str:
    return '-' if queue.rate is None else f'{queue.rate}/{queue.period_seconds:g}s'


QUEUE_COLUMNS = (
    Column('QUEUE', lambda queue: queue.name),
    Column('WAITING', lambda queue: str(queue.waiting), flush_right=True),
    Column('IN HAND', lambda queue: str(queue.in_hand), flush_right=True),
    Column('AT ONCE', lambda queue: _limit(queue.concurrency), flush_right=True),
    Column('OF A KEY', lambda queue: _limit(queue.key_concurrency), flush_right=True),
    Column('RATE', _rate, flush_right=True),
    Column('MAY WAIT', lambda queue: _limit(queue.max_pending), flush_right=True),
    Column('', lambda queue: 'paused' if queue.paused else ''),
)


RETENTION_COLUMNS = (
    Column('NAMESPACE', lambda rule: rule.namespace or 'any'),
    Column('STATUS', lambda rule: rule.status or 'any'),
    Column('KEPT FOR', lambda rule: 'ever' if rule.keep is None else _length(rule.keep.total_seconds())),
)


def _length(seconds: float) -> str:
    for unit, size in (('d', 86400), ('h', 3600), ('m', 60)):
        if seconds >= size and seconds % size == 0:
            return f'{seconds / size:g}{unit}'
    return f'{seconds:g}s'


def _when(schedule: Schedule) -> str:
    if schedule.cron is not None:
        return f'{schedule.cron} {schedule.timezone}'
    if schedule.every_seconds is not None:
        return f'every {schedule.every_seconds:g}s'
    return f'once, {moment(schedule.at)}'


SCHEDULE_COLUMNS = (
    Column('SCHEDULE', lambda schedule: schedule.name),
    Column('WHEN', _when),
    Column('NEXT (UTC)', lambda schedule: 'paused' if schedule.paused else moment(schedule.next_at)),
    Column('RUNS', lambda schedule: str(schedule.fired), flush_right=True),
    Column('SKIPPED', lambda schedule: str(schedule.skipped), flush_right=True),
    Column('SCRIPT', lambda schedule: shorten(schedule.script_name, 48)),
    Column('LAST RUN', lambda schedule: schedule.last_run or '-'),
)

WORKER_COLUMNS = (
    Column('WORKER', lambda worker: worker.name),
    Column('STATE', lambda worker: 'finishing' if worker.is_draining else 'works'),
    Column('IN HAND', lambda worker: f'{worker.in_hand}/{_limit(worker.concurrency)}', flush_right=True),
    Column('SINCE (UTC)', lambda worker: moment(worker.started_at)),
    Column('LEASE UNTIL', lambda worker: moment(worker.expires_at)),
    Column('QUEUES', lambda worker: 'all' if worker.queues is None else ', '.join(worker.queues)),
    Column('FUNCTIONS', lambda worker: shorten(', '.join(worker.functions))),
)

FUNCTION_COLUMNS = (
    Column('FUNCTION', lambda use: use.function),
    Column('ATTEMPTS', lambda use: str(use.attempts), flush_right=True),
    Column('ERRORS', lambda use: str(use.errors), flush_right=True),
    Column('HALF IN', lambda use: _milliseconds(use.p50_seconds), flush_right=True),
    Column('90 % IN', lambda use: _milliseconds(use.p90_seconds), flush_right=True),
    Column('99 % IN', lambda use: _milliseconds(use.p99_seconds), flush_right=True),
)


def _milliseconds(seconds: float) -> str:
    return f'{seconds * 1000:,.1f} ms'


def render(columns: Sequence[Column], rows: Sequence[Any]) -> str:
    """Return a table of text with a line of headings; columns are as wide as what they hold."""
    cells = [[column.title for column in columns]] + [[column.text(row) for column in columns] for row in rows]
    widths = [max(len(line[place]) for line in cells) for place in range(len(columns))]
    return '\n'.join(
        '  '.join(
            cell.rjust(width) if column.flush_right else cell.ljust(width)
            for cell, width, column in zip(line, widths, columns, strict=True)
        ).rstrip()
        for line in cells
    )
