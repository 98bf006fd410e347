"""Moments and lengths of time as they are typed."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import typer

_UNITS = {'s': 1, 'm': 60, 'h': 3600, 'd': 86400, 'w': 604800}
_LENGTH = re.compile(r'(\d+(?:\.\d+)?)([smhdw]?)')


def parse_seconds(option: str, text: str | None) -> float | None:
    """Return a length of time such as 90, 90s, 5m, 2h, 3d or 1w in seconds."""
    if text is None:
        return None
    found = _LENGTH.fullmatch(text.strip())
    if found is None:
        raise typer.BadParameter(f'{option} {text!r} is no length of time; write one such as 90s, 5m, 2h or 3d.')
    return float(found[1]) * _UNITS[found[2] or 's']


def parse_moment(option: str, text: str | None) -> datetime | None:
    """Return a moment in the form of ISO 8601, in UTC if it does not say its time zone."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise typer.BadParameter(
            f'{option} {text!r} is no moment; write one such as 2030-01-31T18:00 (in UTC) or 2030-01-31T18:00+02:00.'
        ) from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def parse_moment_or_seconds(option: str, text: str | None) -> tuple[datetime | None, float | None]:
    """Return a moment, or the seconds until it, whichever was typed."""
    if text is not None and _LENGTH.fullmatch(text.strip()):
        return None, parse_seconds(option, text)
    return parse_moment(option, text), None
