"""What a plain step writes on PostgreSQL, as prepared statements that travel together (`postgres_pipeline.py`).

    advance the run -> settle its call -> insert the next call -> keep the snapshot -> tell the history -> print, notify

Each looks one row up by its key, with values of its own for parameters, so that there is but one plan and it costs a tenth of what the
statement for a batch takes to set up (`postgres_step.py`: 280 us of the server for one step, 65 us for these).

None of them asks what came of the one before. The first two raise an error when their row is not as the step expects it, and the others when there is
no run any more, to which they refer; calls go only with their runs. The server then skips what follows and forgets the whole, and whoever sent it has
the steps written by the statement for a batch, which leaves the stale out. So also when a snapshot is there already, since a plain INSERT is the cheaper one.

Tried and dropped: to count the rows that an UPDATE has found, which costs the server 7 us more; of many steps a statement for each table,
with an array for each column (the server's share fell from 48 to 32 us a step, the worker's grew by 5, and 100 runs were no faster).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from struct import Struct
from typing import Any, Final

from monty_flow.engine.states import ENDED, RunStatus
from monty_flow.engine.store import written
from monty_flow.engine.store.postgres_step import CHANNEL, ENDS_CHANNEL
from monty_flow.engine.transitions import Transition

_NUMBER = Struct('>q')
#: The number of each type in PostgreSQL, and what a value becomes in its binary format.
_TYPES: Final[dict[str, tuple[int, Callable[[Any], bytes]]]] = {
    'text': (25, str.encode),
    'bytea': (17, bytes),
    'int8': (20, _NUMBER.pack),
}
#: Types of the parameters that are not numbers.
_NAMED: Final = dict.fromkeys(
    (
        'run_id', 'from_status', 'to_status', 'worker', 'call_status', 'kind', 'function', 'status', 'awaits', 'lane', 'run_status',
        'stream', 'text', 'channel', 'message',
    ),
    'text',
) | dict.fromkeys(('output', 'run_error', 'result', 'call_error', 'arguments', 'data'), 'bytea')  # fmt: skip
#: Whoever looks for the text of this error in the server's log finds what it means.
_STALE = 'a step is stale and is left out'


class Write:
    """A statement with `{name}` for each parameter, made ready to be prepared."""

    __slots__ = ('_encoders', 'formats', 'name', 'sql', 'types')

    def __init__(self, name: str, template: str) -> None:
        pieces = template.split('{')
        names: dict[str, int] = {}
        text = pieces[0]
        for piece in pieces[1:]:
            parameter, _, rest = piece.partition('}')
            text += f'${names.setdefault(parameter, len(names) + 1)}{rest}'
        self.name = f'monty_flow_{name}'.encode()
        self.sql = text.encode()
        kinds = [_TYPES[_NAMED.get(parameter, 'int8')] for parameter in names]
        self.types = [number for number, _ in kinds]
        #: All in the binary format.
        self.formats = [1] * len(kinds)
        self._encoders = [(parameter, encode) for parameter, (_, encode) in zip(names, kinds, strict=True)]

    def parameters(self, row: Mapping[str, Any]) -> list[bytes | None]:
        """Return the parameters for a row, whose keys are their names."""
        return [None if (value := row[name]) is None else encode(value) for name, encode in self._encoders]


def _if(expected: str, value: str, status: str, kind: str) -> str:
    """Return a value, and an error when a row is not as expected."""
    return f"CASE WHEN {expected} THEN {value} ELSE CAST(CAST('{_STALE}: ' || {status} AS int) AS {kind}) END"


def _insert(table: str, **columns: str) -> str:
    return f'INSERT INTO {table} ({", ".join(columns)}) VALUES ({", ".join(columns.values())})'


_MOVED = (
    'version = '
    + _if('runs.version = {from_version} AND runs.status = {from_status}', 'runs.version + 1', 'runs.status', 'int')
    + ', step = {step}, last_call = {last_call}, oldest_call = {oldest_call}, updated_at = {now}'
)
#: From one wait to the next; and to another status.
_MOVE_ON = Write('move_on', f'UPDATE runs SET {_MOVED} WHERE id = {{run_id}}')
_ADVANCE = Write(
    'advance',
    f"""UPDATE runs SET {_MOVED}, status = {{to_status}}, output = {{output}}, error = {{run_error}},
        finished_at = {{finished_at}} WHERE id = {{run_id}}""",
)
_SETTLED = _if("calls.status = 'leased' AND calls.worker = {worker}", '{call_status}', 'calls.status', 'text')
_SETTLE = Write(
    'settle',
    f"""UPDATE calls SET
        status = {_SETTLED}, result = {{result}}, error = coalesce({{call_error}}, error), attempt = {{attempt}},
        failures = {{failures}}, due_at = coalesce({{due_at}}, due_at), worker = NULL,
        started_at = coalesce({{started_at}}, started_at), finished_at = {{call_finished_at}}, step = {{taken_step}}
    WHERE run_id = {{run_id}} AND number = {{number}}""",
)
_BEGIN = Write(
    'begin',
    _insert(
        'calls', run_id='{run_id}', number='{number}', kind='{kind}', function='{function}', status='{status}',
        arguments='{arguments}', attempt='{attempt}', failures='0', due_at='{due_at}', worker='{worker}', awaits='{awaits}',
        expires_at='{expires_at}', lane='{lane}', created_at='{now}', future='{future}', part_of='{part_of}', item='{item}',
    ),
)  # fmt: skip
_KEEP = Write(
    'keep', _insert('snapshots', run_id='{run_id}', number='{number}', base='{base}', data='{data}')
)  # fmt: skip
_TELL = Write(
    'tell',
    _insert(
        'history', run_id='{run_id}', version='{version}', number='{number}', function='{function}', call_status='{call_status}',
        run_status='{run_status}', attempt='{attempt}', function_us='{function_us}', script_us='{script_us}',
        snapshot_bytes='{snapshot_bytes}', worker='{worker}', at='{at}',
    ),
)  # fmt: skip
_PRINT = Write('print', _insert('logs', run_id='{run_id}', step='{step}', stream='{stream}', text='{text}', at='{now}'))
_NOTIFY = Write('notify', 'SELECT pg_notify({channel}, {message})')
_NOTIFY_WAITERS = Write(
    'notify_waiters', 'SELECT pg_notify({channel}, {run_id}) WHERE EXISTS (SELECT 1 FROM waiters WHERE run = {run_id})'
)
WRITES: Final = (_MOVE_ON, _ADVANCE, _SETTLE, _BEGIN, _KEEP, _TELL, _PRINT, _NOTIFY, _NOTIFY_WAITERS)

#: A write, and its parameters.
Sent = tuple[Write, list[bytes | None]]


def writes_of(transitions: Sequence[Transition], sender: str | None) -> list[Sent]:
    """Return what plain steps write, in the order of their runs, so that two who write can never wait for each other.

    Others are told with `sender` as the message, unless it is None.
    """
    sent: list[Sent] = []
    for transition in sorted(transitions, key=_run_id) if len(transitions) > 1 else transitions:
        sent += _writes_of(transition)
    if sender is not None:
        sent.append((_NOTIFY, _NOTIFY.parameters({'channel': CHANNEL, 'message': sender})))
    return sent


def _run_id(transition: Transition) -> str:
    return transition.run_id


def _writes_of(transition: Transition) -> Iterator[Sent]:
    moves_on = transition.to_status is transition.from_status is RunStatus.WAITING
    advance = _MOVE_ON if moves_on else _ADVANCE
    yield advance, advance.parameters(written.advanced_run(transition))
    [call] = transition.settled
    yield _SETTLE, _SETTLE.parameters(written.settled_call(transition, call))
    for new in transition.new:
        yield _BEGIN, _BEGIN.parameters(written.new_call(transition, new))
    if transition.snapshot is not None:
        yield _KEEP, _KEEP.parameters(written.snapshot(transition))
    for row in written.history_rows(transition):
        yield _TELL, _TELL.parameters(row)
    for row in written.log_rows(transition):
        # PostgreSQL has no NUL in a text.
        row['text'] = row['text'].replace('\0', '\N{SYMBOL FOR NULL}')
        yield _PRINT, _PRINT.parameters(row)
    if transition.to_status in ENDED or transition.to_status is RunStatus.PAUSED:
        row = {'channel': ENDS_CHANNEL, 'run_id': transition.run_id}
        yield _NOTIFY_WAITERS, _NOTIFY_WAITERS.parameters(row)
