"""Results that are kept for a time, by function, version and arguments, for all runs of a database.

The key is a hash of the arguments in a canonical form: the order of a dict or set, and that of named arguments, makes no
difference; a type does (1, 1.0 and True are three arguments).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from inspect import BoundArguments
from typing import Any

from monty_flow.engine import payloads

_LENGTH_BYTES = 8
#: Seconds between the times that a worker deletes results that are too old, and how many it deletes at a time.
PRUNE_CACHE_SECONDS = 60.0
PRUNED_AT_A_TIME = 1000


def cache_key(label: str, bound: BoundArguments | tuple[Any, ...]) -> str:
    """Return the key of a call of a function, by the name that has its version; raise ValueRefused for a value without a form."""
    arguments = bound.arguments if isinstance(bound, BoundArguments) else list(bound)
    return hashlib.sha256(_joined((label.encode(), canonical(arguments)))).hexdigest()


def canonical(value: Any) -> bytes:
    """Return bytes that are the same for values that are equal and of the same types."""
    match value:
        case dict():
            return b'd' + _joined(sorted(_joined((canonical(key), canonical(each))) for key, each in value.items()))
        case set() | frozenset():
            return type(value).__name__[:1].encode() + _joined(sorted(map(canonical, value)))
        case list() | tuple():
            return type(value).__name__[:1].encode() + _joined(map(canonical, value))
        case _:
            return b'v' + payloads.encode(value, 'an argument')


def _joined(parts: Iterable[bytes]) -> bytes:
    return b''.join(len(part).to_bytes(_LENGTH_BYTES) + part for part in parts)
