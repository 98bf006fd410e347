"""Values and records as what JSON can hold: one way for the command line and the server."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any


def plain(value: Any) -> Any:
    """Return `value` as what JSON can hold.

    Records become objects, times ISO 8601 text, sets and tuples lists, bytes their hexadecimal digits, and
    what JSON has no form for its `repr`.
    """
    match value:
        case Enum():
            return plain(value.value)
        case None | bool() | int() | str():
            return value
        case float():
            return value if value - value == 0 else repr(value)
        case datetime():
            return value.isoformat()
        case bytes() | bytearray():
            return value.hex()
        case Mapping():
            return {key if isinstance(key, str) else repr(key): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case set() | frozenset():
            return [plain(item) for item in sorted(value, key=repr)]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return repr(value)
