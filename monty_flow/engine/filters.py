"""Which runs are meant: the one way to say it, for lists and for operations on many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from monty_flow.engine.clock import microseconds
from monty_flow.engine.errors import FilterRefused
from monty_flow.engine.states import RunStatus

#: Tags that a run has at most.
MAX_TAGS = 50
_TEXTS = ('script_name', 'text', 'namespace', 'key', 'queue')


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Runs that meet every condition that is given; all runs when none is.

    Raises FilterRefused for a condition that no run could meet as it is written.
    """

    #: One status or several, of which the run has one.
    status: RunStatus | str | Iterable[RunStatus | str] | None = None
    script_name: str | None = None
    #: A part of its id, key or script name, or of the value of a tag, in letters of any case.
    text: str | None = None
    #: Aware moments between which it was submitted; the first belongs to it.
    submitted_after: datetime | None = None
    submitted_before: datetime | None = None
    namespace: str | None = None
    key: str | None = None
    #: The queue whose limits its calls are under, but those of functions that have one of their own.
    queue: str | None = None
    #: Tags that the run has, all of them.
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ('submitted_after', 'submitted_before'):
            _moment(name, getattr(self, name))
        for name in _TEXTS:
            value = getattr(self, name)
            if value is not None and not is_text(value):
                raise FilterRefused(f'{name}={value!r} is not a text')
        if not isinstance(self.tags, Mapping) or not all(is_text(part) for tag in self.tags.items() for part in tag):
            raise FilterRefused(f'tags={self.tags!r} are not names with texts')
        if len(self.tags) > MAX_TAGS:
            raise FilterRefused(f'no run has {len(self.tags)} tags; ask for {MAX_TAGS} at most')
        object.__setattr__(self, 'status', _statuses(self.status))
        object.__setattr__(self, 'tags', dict(self.tags))
        object.__setattr__(self, 'text', self.text or None)

    @property
    def statuses(self) -> tuple[RunStatus, ...]:
        """The statuses, of which the run has one; none for any."""
        return self.status  # type: ignore[return-value]

    @property
    def is_empty(self) -> bool:
        """Tell whether it means all runs."""
        return self == RunFilter()

    @property
    def searches(self) -> bool:
        """Tell whether no index leads to the runs that are meant."""
        return self.text is not None or self.queue is not None

    def within(self, statuses: Iterable[RunStatus]) -> RunFilter | None:
        """Return the filter for those of its runs that are in `statuses`, None when there can be none."""
        both = tuple(status for status in statuses if not self.statuses or status in self.statuses)
        return RunFilter(**(self.conditions() | {'status': both})) if both else None

    def conditions(self) -> dict[str, Any]:
        """Return the conditions by name."""
        return {name: getattr(self, name) for name in self.__slots__}

    @property
    def after(self) -> int | None:
        """The first moment of its submission."""
        return _moment('submitted_after', self.submitted_after)

    @property
    def before(self) -> int | None:
        """The moment before which it was submitted."""
        return _moment('submitted_before', self.submitted_before)


def is_text(value: Any) -> bool:
    """Tell whether a value is a text that every database can hold."""
    if not isinstance(value, str) or '\0' in value:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _statuses(status: RunStatus | str | Iterable[RunStatus | str] | None) -> tuple[RunStatus, ...]:
    if status is None:
        return ()
    if not isinstance(status, Iterable):
        raise FilterRefused(f'status={status!r} is neither a status nor several')
    names = (status,) if isinstance(status, str) else tuple(status)
    try:
        return tuple(dict.fromkeys(RunStatus(name) for name in names))
    except ValueError:
        known = ', '.join(each.value for each in RunStatus)
        wrong = next(name for name in names if name not in set(RunStatus))
        raise FilterRefused(f'{wrong!r} is no status of a run; there are {known}') from None


def _moment(name: str, value: Any) -> int | None:
    if value is None:
        return None
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise FilterRefused(f'{name}={value!r} is not a moment; give a datetime with a time zone')
    return microseconds(value)
