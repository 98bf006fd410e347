"""Errors as they are stored."""

from __future__ import annotations

from monty_flow.engine import payloads
from monty_flow.engine.clock import stamp
from monty_flow.engine.records import ErrorInfo

#: The type of the error of a run that was ended by its deadline.
DEADLINE_ERROR = 'DeadlineExceeded'


def error_payload(error: ErrorInfo, arguments: bytes | None = None) -> bytes:
    """Return an error as it is stored; the payload of its arguments is for the script that may get it later."""
    return payloads.encode([error.type, error.message, error.traceback, *([] if arguments is None else [arguments])])


def deadline_error(deadline: int) -> bytes:
    """Return the error of a run that was ended by its deadline, as it is stored."""
    return error_payload(ErrorInfo(DEADLINE_ERROR, f'the run had not ended by {stamp(deadline)}'))


def stored_error(data: bytes | None) -> ErrorInfo | None:
    # What else is recorded of it is for the script.
    return None if data is None else ErrorInfo(*payloads.decode(data)[:3])
