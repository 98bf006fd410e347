"""The filters of the list as its address holds them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import Depends, Query

from monty_flow.engine import RunFilter, RunStatus
from monty_flow.server.access import Desk

#: The choices of the filter of time: name, and how long ago.
PERIODS = {
    '1h': ('the last hour', timedelta(hours=1)),
    '24h': ('the last 24 hours', timedelta(hours=24)),
    '7d': ('the last 7 days', timedelta(days=7)),
}
#: That of the plot, when none is chosen.
DEFAULT_PERIOD = '24h'


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person has typed or chosen, '' for nothing; what makes no sense is as nothing."""

    status: Annotated[str, Query()] = ''
    script: Annotated[str, Query(max_length=200)] = ''
    text: Annotated[str, Query(max_length=200)] = ''
    #: As name=text.
    tag: Annotated[str, Query(max_length=600)] = ''
    period: Annotated[str, Query()] = ''
    queue: Annotated[str, Query(max_length=100)] = ''
    #: Moments as browsers write them, in UTC.
    since: Annotated[str, Query(max_length=40)] = ''
    until: Annotated[str, Query(max_length=40)] = ''

    @property
    def kept(self) -> dict[str, str]:
        """Return the filters that are set, for addresses."""
        return {name: value for name, value in asdict(self).items() if value}

    def without(self, *names: str) -> dict[str, str]:
        """Return the filters that are set but these."""
        return {name: value for name, value in self.kept.items() if name not in names}

    def filter(self, desk: Desk) -> RunFilter:
        """Return the runs that are meant, of those that the caller may see."""
        period = PERIODS.get(self.period)
        return RunFilter(
            status=RunStatus(self.status) if self.status in list(RunStatus) else None,
            script_name=_searchable(self.script),
            text=_searchable(self.text),
            queue=_searchable(self.queue),
            submitted_after=moment_of(self.since) if period is None else desk.now() - period[1],
            submitted_before=moment_of(self.until),
            namespace=desk.caller.namespace,
            tags=_tags(self.tag),
        )


AsWanted = Annotated[Wanted, Depends()]


def _searchable(text: str) -> str | None:
    return text.replace('\x00', '') or None


def _tags(text: str) -> dict[str, str]:
    name, equals, value = text.replace('\x00', '').partition('=')
    return {name: value} if equals else {}


def moment_of(text: str) -> datetime | None:
    """Return the moment that a browser has written, in UTC unless it says otherwise; None for none."""
    try:
        found = datetime.fromisoformat(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
