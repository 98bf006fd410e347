"""A batch of plain steps as one statement of PostgreSQL: one round trip, one transaction, one commit record.

Plain steps settle one call and begin one at most (`Transition.is_plain`); others are written statement by statement.

The rows come as one array for each column, so that a batch of any size is the same prepared statement. `held` locks
the runs and calls that are still as their transitions expect, and everything else is written for these only:

    input -> held (locked) -> runs, calls (settled), calls (next), snapshots, history, logs

A status to which nothing is added would let the planner take the index of leased calls for the shorter way: it then goes through all that
were leased since the last vacuum, for each step. By its key a call is found at once.

`held` looks at a locked row again in its newest state, so a transition that became stale while this statement waited
for the lock falls out here. The run is locked before its call, as by everyone else, so two can never wait for each other.

A few steps that all stand are written at less cost row by row (`postgres_writes.py`); this is for many, for steps within a transaction,
and for batches of which one turned out to be stale.

Tried and dropped: rows as `VALUES` with parameters of their own, which is another statement for each size
of a batch and each NULL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from struct import Struct
from typing import Any

from psycopg.abc import AdaptContext
from psycopg.adapt import Dumper
from psycopg.pq import Format

from monty_flow.engine.codec import base_of
from monty_flow.engine.store.written import advanced_run, log_rows, new_call, settled_call
from monty_flow.engine.transitions import Transition

#: The channel on which workers hear that there are pending calls.
CHANNEL = 'monty_flow'
#: The channel on which those who wait hear that a run has ended or was paused, with its id as the message.
ENDS_CHANNEL = 'monty_flow_ends'


class Array:
    """Bytes of an array in PostgreSQL's binary format."""

    __slots__ = ('data',)

    def __init__(self, data: bytes) -> None:
        self.data = data


class Texts(Array):
    """A `text[]`."""


class Blobs(Array):
    """A `bytea[]`."""


class Numbers(Array):
    """An `int8[]`."""


_TEXT, _BYTEA, _INT8 = 25, 17, 20
# Dimensions, whether there are NULLs, type of the elements, length, first index.
_HEADER = Struct('>iiIii')
_LENGTH = Struct('>i')
_NUMBER = Struct('>iq')
_NULL = _LENGTH.pack(-1)
#: The same of one element, as most batches have: of a number, and what stands before the bytes of another value.
_ONE_NUMBER = Struct('>iiIiiiq')
_ONE = Struct('>iiIiii')
_ONE_NULL = {element: _ONE.pack(1, 1, element, 1, 1, -1) for element in (_TEXT, _BYTEA, _INT8)}


def texts(values: Sequence[str | None]) -> Texts:
    """Return texts as an array."""
    return Texts(_array(_TEXT, [None if value is None else value.encode() for value in values]))


def blobs(values: Sequence[bytes | None]) -> Blobs:
    """Return bytes as an array."""
    return Blobs(_array(_BYTEA, values))


def numbers(values: Sequence[int | None]) -> Numbers:
    """Return whole numbers as an array."""
    if len(values) == 1:
        [only] = values
        return Numbers(_ONE_NULL[_INT8] if only is None else _ONE_NUMBER.pack(1, 0, _INT8, 1, 1, 8, only))
    parts = [_HEADER.pack(1, None in values, _INT8, len(values), 1)]
    parts += [_NULL if value is None else _NUMBER.pack(8, value) for value in values]
    return Numbers(b''.join(parts))


def _array(element: int, values: Sequence[bytes | None]) -> bytes:
    if len(values) == 1:
        [only] = values
        return _ONE_NULL[element] if only is None else _ONE.pack(1, 0, element, 1, 1, len(only)) + only
    parts = [_HEADER.pack(1, None in values, element, len(values), 1)]
    for value in values:
        if value is None:
            parts.append(_NULL)
        else:
            parts += (_LENGTH.pack(len(value)), value)
    return b''.join(parts)


class _ArrayDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Array) -> bytes:
        return obj.data


class _TextsDumper(_ArrayDumper):
    oid = 1009


class _BlobsDumper(_ArrayDumper):
    oid = 1001


class _NumbersDumper(_ArrayDumper):
    oid = 1016


def register_arrays(context: AdaptContext) -> None:
    """Let a connection take the arrays of this module as parameters."""
    context.adapters.register_dumper(Texts, _TextsDumper)
    context.adapters.register_dumper(Blobs, _BlobsDumper)
    context.adapters.register_dumper(Numbers, _NumbersDumper)


_KINDS: dict[str, Callable[[Any], Array]] = {'text': texts, 'bytea': blobs, 'int8': numbers}

#: What a step brings, by name, with its type; the names are those of `written`, and `next_` is what belongs to the new call.
_COLUMNS = {
    'place': 'int8',
    'run_id': 'text',
    'from_version': 'int8',
    'from_status': 'text',
    'to_status': 'text',
    'number': 'int8',
    'worker': 'text',
    'step': 'int8',
    'last_call': 'int8',
    'oldest_call': 'int8',
    'output': 'bytea',
    'run_error': 'bytea',
    'now': 'int8',
    'finished_at': 'int8',
    'call_status': 'text',
    'result': 'bytea',
    'call_error': 'bytea',
    'attempt': 'int8',
    'failures': 'int8',
    'due_at': 'int8',
    'started_at': 'int8',
    'call_finished_at': 'int8',
    'taken_step': 'int8',
    'function': 'text',
    'function_us': 'int8',
    'script_us': 'int8',
    'snapshot_bytes': 'int8',
    'snapshot': 'bytea',
    'base': 'int8',
    'next_number': 'int8',
    'next_kind': 'text',
    'next_function': 'text',
    'next_status': 'text',
    'next_arguments': 'bytea',
    'next_attempt': 'int8',
    'next_due_at': 'int8',
    'next_worker': 'text',
    'next_awaits': 'text',
    'next_expires_at': 'int8',
    'next_lane': 'text',
    'next_future': 'int8',
    'next_part_of': 'int8',
    'next_item': 'int8',
    'leaves_work': 'int8',
}
_LOG_COLUMNS = {'place': 'int8', 'run_id': 'text', 'step': 'int8', 'stream': 'text', 'text': 'text', 'now': 'int8'}
_NEXT = (
    'number',
    'kind',
    'function',
    'status',
    'arguments',
    'attempt',
    'due_at',
    'worker',
    'awaits',
    'expires_at',
    'lane',
    'future',
    'part_of',
    'item',
)
_NO_NEXT: dict[str, Any] = {f'next_{name}': None for name in _NEXT}


def _unnest(columns: dict[str, str]) -> str:
    return f'unnest({", ".join(f"%s::{kind}[]" for kind in columns.values())})'


def _names(columns: dict[str, str]) -> str:
    return ', '.join(columns)


_STEPS = f"""
WITH input AS MATERIALIZED (
    SELECT * FROM {_unnest(_COLUMNS)} AS given({_names(_COLUMNS)})
), held AS MATERIALIZED (
    SELECT input.*
    FROM input
    JOIN runs ON runs.id = input.run_id AND runs.version = input.from_version AND runs.status = input.from_status
    JOIN calls ON calls.run_id = input.run_id AND calls.number = input.number
        AND calls.status || '' = 'leased' AND calls.worker = input.worker
    ORDER BY input.run_id
    FOR NO KEY UPDATE OF runs FOR NO KEY UPDATE OF calls
), advanced AS (
    UPDATE runs SET
        status = held.to_status, version = runs.version + 1, step = held.step, last_call = held.last_call,
        oldest_call = held.oldest_call, output = held.output, error = held.run_error, updated_at = held.now,
        finished_at = held.finished_at
    FROM held WHERE runs.id = held.run_id
), settled AS (
    UPDATE calls SET
        status = held.call_status, result = held.result, error = coalesce(held.call_error, calls.error),
        attempt = held.attempt, failures = held.failures, due_at = coalesce(held.due_at, calls.due_at), worker = NULL,
        started_at = coalesce(held.started_at, calls.started_at), finished_at = held.call_finished_at,
        step = held.taken_step
    FROM held WHERE calls.run_id = held.run_id AND calls.number = held.number
), following AS (
    INSERT INTO calls
        (run_id, number, kind, function, status, arguments, attempt, failures, due_at, worker, awaits, expires_at, lane,
        created_at, future, part_of, item)
    SELECT run_id, next_number, next_kind, next_function, next_status, next_arguments, next_attempt, 0, next_due_at,
        next_worker, next_awaits, next_expires_at, next_lane, now, next_future, next_part_of,
        next_item
    FROM held WHERE next_kind IS NOT NULL
), kept AS (
    INSERT INTO snapshots (run_id, number, base, data)
    SELECT run_id, step, base, snapshot FROM held WHERE snapshot IS NOT NULL
    ON CONFLICT (run_id, number) DO UPDATE SET base = excluded.base, data = excluded.data
), told AS (
    INSERT INTO history
        (run_id, version, number, function, call_status, run_status, attempt, function_us, script_us, snapshot_bytes,
        worker, at)
    SELECT run_id, from_version + 1, number, function, call_status, to_status, attempt, function_us, script_us,
        snapshot_bytes, worker, now
    FROM held
)"""
_LOGS = f""", written AS (
    INSERT INTO logs (run_id, step, stream, text, at)
    SELECT line.run_id, line.step, line.stream, line.text, line.now
    FROM {_unnest(_LOG_COLUMNS)} WITH ORDINALITY AS line({_names(_LOG_COLUMNS)}, written)
    WHERE EXISTS (SELECT 1 FROM held WHERE held.place = line.place)
    ORDER BY line.written
)"""
_RESULT = """
SELECT place, CASE WHEN leaves_work = 1 THEN pg_notify(%s, %s) END,
    CASE WHEN (finished_at IS NOT NULL OR to_status = 'paused') AND EXISTS (SELECT 1 FROM waiters WHERE run = run_id)
        THEN pg_notify(%s, run_id) END
FROM held"""
_WITHOUT_LOGS = (_STEPS + _RESULT).encode()
_WITH_LOGS = (_STEPS + _LOGS + _RESULT).encode()


def step_statement(transitions: Sequence[Transition], sender: str) -> tuple[bytes, list[Any]]:
    """Return the statement that writes transitions, and its parameters.

    Its rows begin with the place in `transitions` of each that stood. Where one leaves work, others are told with
    `sender` as the message.
    """
    taken = [_row(place, transition) for place, transition in enumerate(transitions)]
    parameters = _arrays(_COLUMNS, taken)
    lines = [
        row | {'place': place}
        for place, transition in enumerate(transitions)
        if transition.logs
        for row in log_rows(transition)
    ]
    for line in lines:
        # PostgreSQL has no NUL in a text.
        line['text'] = line['text'].replace('\0', '\N{SYMBOL FOR NULL}')
    if lines:
        parameters += _arrays(_LOG_COLUMNS, lines)
    return _WITH_LOGS if lines else _WITHOUT_LOGS, [*parameters, CHANNEL, sender, ENDS_CHANNEL]


def _row(place: int, transition: Transition) -> dict[str, Any]:
    [call] = transition.settled
    row = advanced_run(transition) | settled_call(transition, call)
    row['place'] = place
    row['function'] = call.function
    row['function_us'] = call.function_us
    row['script_us'] = transition.script_us
    row['leaves_work'] = int(transition.leaves_work)
    data = transition.snapshot
    row['snapshot'] = data
    row['base'] = None if data is None else base_of(data)
    row['snapshot_bytes'] = 0 if data is None else len(data)
    if not transition.new:
        return row | _NO_NEXT
    following = new_call(transition, transition.new[0])
    for name in _NEXT:
        row[f'next_{name}'] = following[name]
    return row


def _arrays(columns: dict[str, str], taken: Iterable[dict[str, Any]]) -> list[Array]:
    taken = list(taken)
    if len(taken) == 1:
        [row] = taken
        return [_KINDS[kind]([row[name]]) for name, kind in columns.items()]
    return [_KINDS[kind]([row[name] for row in taken]) for name, kind in columns.items()]
