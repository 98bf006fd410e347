"""What callers may give to the methods of `Engine`: one row for each name of a parameter.

A database takes what it is given: SQLite compares any text with a number and finds nothing, PostgreSQL raises an error of its own. So what cannot
be is refused before, in words. What a submission, a schedule, a signal or a token is made of is looked at where it is made.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from monty_flow.engine.errors import ArgumentRefused
from monty_flow.engine.filters import RunFilter, is_text
from monty_flow.engine.records import Submission
from monty_flow.engine.submitting import MAX_SECONDS
from monty_flow.interpreter import KeyRing

Checked = TypeVar('Checked', bound=type)

#: Numbers of calls and steps are below, and counts of rows.
_MOST_NUMBER, _MOST_COUNT = 1 << 31, 1 << 63
_ID: Final = re.compile('[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}')


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of argument: what it is in words, and which values are of it."""

    words: str
    fits: Callable[[Any], bool]

    @property
    def or_none(self) -> Kind:
        """The same, or None."""
        fits = self.fits
        return Kind(f'{self.words}, or None', lambda value: value is None or fits(value))


def _is_number(value: Any) -> bool:
    return type(value) is int and 0 <= value < _MOST_NUMBER


TEXT = Kind('a text that can be stored', is_text)
ID = Kind('the whole id of a run', lambda value: isinstance(value, str) and _ID.fullmatch(value) is not None)
NUMBER = Kind('a whole number from 0 on', _is_number)
COUNT = Kind('a whole number from 0 on', lambda value: type(value) is int and 0 <= value < _MOST_COUNT)
SECONDS = Kind('a number of seconds from 0 on', lambda value: type(value) in (int, float) and 0 <= value <= MAX_SECONDS)
FLAG = Kind('True or False', lambda value: isinstance(value, bool))
FILTER = Kind('a RunFilter', lambda value: isinstance(value, RunFilter))
MOMENT = Kind(
    'a moment: a datetime with a time zone', lambda value: isinstance(value, datetime) and value.tzinfo is not None
)
NAMES = Kind('names with values: a dict', lambda value: isinstance(value, Mapping))
TEXTS = Kind('a list of texts', lambda value: isinstance(value, (list, tuple)) and all(map(is_text, value)))
SUBMISSIONS = Kind(
    'a list of Submissions',
    lambda value: isinstance(value, (list, tuple)) and all(isinstance(each, Submission) for each in value),
)
KEYS = Kind('a KeyRing', lambda value: isinstance(value, KeyRing))
BYTES = Kind('bytes', lambda value: isinstance(value, bytes))

#: By the name of the parameter, or of method and parameter where one has a meaning of its own.
ARGUMENTS: Final[dict[str, Kind]] = {
    'run_id': TEXT,
    'prune.run_id': TEXT.or_none,
    'approvals.run_id': TEXT.or_none,
    'run_ids': TEXTS,
    'after': NUMBER,
    'step': NUMBER,
    'snapshot.step': NUMBER.or_none,
    'fork.at': NUMBER.or_none,
    'call': NUMBER,
    'limit': COUNT,
    'before': ID.or_none,
    'cursor': ID.or_none,
    'filter': FILTER,
    'list.filter': FILTER.or_none,
    'criteria': FILTER.or_none,
    'namespace': TEXT.or_none,
    'seconds': SECONDS,
    'grace_seconds': SECONDS,
    'timeout_seconds': SECONDS.or_none,
    'ended_before': MOMENT.or_none,
    'dry_run': FLAG,
    'function': TEXT.or_none,
    'session': TEXT,
    'token_id': TEXT,
    'fork.source': TEXT.or_none,
    'fork.variables': NAMES.or_none,
    'migrate.source': TEXT,
    'data': BYTES,
    'schedule.name': TEXT,
    'schedule_submission.name': TEXT,
    'pause_schedule.name': TEXT,
    'resume_schedule.name': TEXT,
    'trigger_schedule.name': TEXT,
    'delete_schedule.name': TEXT,
    'queue.name': TEXT,
    'delete_queue.name': TEXT,
    'submissions': SUBMISSIONS,
    'keys': KEYS.or_none,
    'create_token.name': TEXT,
    'create_token.namespace': TEXT,
    'create_token.valid_seconds': Kind('a number of seconds', lambda value: type(value) in (int, float)).or_none,
    'token_of.text': Kind('a text', lambda value: isinstance(value, str)),
}
#: Those that have a name of the table and are looked at where something is made of them, with an error of its own.
ELSEWHERE: Final = frozenset({
    'submit.namespace', 'set_retention.namespace', 'clear_retention.namespace', 'purge.namespace',
    'list.limit',
})  # fmt: skip


def checks_arguments(kind: Checked) -> Checked:
    """Have the public methods of a class look at their arguments by `ARGUMENTS` first, and raise ArgumentRefused."""
    for name, method in inspect.getmembers(kind, inspect.isfunction):
        rows = {} if name.startswith('_') else rows_of(name, method)
        if rows:
            setattr(kind, name, _checking(method, rows))
    return kind


def rows_of(name: str, method: Callable[..., Any]) -> dict[str, Kind]:
    """Return the kinds of the parameters of a method that have one."""
    rows = {}
    for parameter in inspect.signature(method).parameters:
        place = f'{name}.{parameter}'
        kind = ARGUMENTS.get(place, ARGUMENTS.get(parameter))
        if kind is not None and place not in ELSEWHERE:
            rows[parameter] = kind
    return rows


def _checking(method: Callable[..., Any], rows: dict[str, Kind]) -> Callable[..., Any]:
    _, *names = inspect.signature(method).parameters

    @functools.wraps(method)
    def checked(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        given = [*zip(names, args, strict=False), *kwargs.items()] if args else kwargs.items()
        for name, value in given:
            kind = rows.get(name)
            if kind is not None and not kind.fits(value):
                raise ArgumentRefused(name, value, kind.words)
        return method(self, *args, **kwargs)

    return checked
