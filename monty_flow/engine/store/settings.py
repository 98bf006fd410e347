"""Settings of a database that the engine's promises rest on, each with what to do where it is not as it should be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as it was found."""

    name: str
    value: str
    #: What to do about it, in a sentence; None where it is as it should be.
    advice: str | None = None
