"""What a worker does as log events with fields, by structlog where it is installed, else by `logging`.

With `logging` the events come from the logger `monty_flow.events`, and each record has its fields as `record.fields`; `JsonLines` is a
formatter that writes a record of either kind as one JSON object.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from monty_flow.engine.observing import AttemptOutcome, EndedAttempt, Observer
from monty_flow.engine.states import ENDED, CallStatus, RunStatus
from monty_flow.engine.transitions import Transition

LOGGER = 'monty_flow.events'

#: Writes one event: its level ('info', 'warning', 'debug'), its name, and its fields.
Write = Callable[[str, str, dict[str, Any]], None]


class EventLog(Observer):
    """Log attempts, repeated attempts and ended runs; `write` takes the events instead of a logger."""

    def __init__(self, write: Write | None = None) -> None:
        self._write = write or _writer()

    def attempt_ended(self, attempt: EndedAttempt) -> None:
        """Log an attempt: one that returned for debugging, a failed one as a warning."""
        call = attempt.call
        fields = {
            'run_id': call.run_id,
            'call': call.call_number,
            'function': call.function,
            'attempt': call.attempt,
            'outcome': attempt.outcome.value,
            'seconds': round(attempt.seconds, 6),
        }
        if attempt.error is not None:
            fields['error'] = str(attempt.error)
        failed = attempt.outcome in (AttemptOutcome.FAILED, AttemptOutcome.TIMED_OUT)
        self._write('warning' if failed else 'debug', 'attempt ended', fields)

    def step_committed(self, step: Transition) -> None:
        """Log that an attempt will be repeated, and that a run ended or was set aside."""
        for call in step.settled:
            if call.status is CallStatus.PENDING and call.failures:
                fields = {'run_id': step.run_id, 'call': call.number, 'function': call.function}
                self._write('info', 'attempt to be repeated', fields | {'failures': call.failures})
        if step.to_status in ENDED or step.to_status is RunStatus.PAUSED:
            level = 'info' if step.to_status is RunStatus.SUCCEEDED else 'warning'
            self._write(level, 'run ended' if step.to_status in ENDED else 'run set aside',
                        {'run_id': step.run_id, 'status': step.to_status.value, 'steps': step.step})  # fmt: skip

    def lease_lost(self) -> None:
        """Log that other workers took over."""
        self._write('warning', 'lease lost', {})


class JsonLines(logging.Formatter):
    """Write a log record as one JSON object on a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record with its time, level, logger and fields."""
        document: dict[str, Any] = {
            'at': datetime.fromtimestamp(record.created, UTC).isoformat(),
            'level': record.levelname.lower(),
            'logger': record.name,
            'event': record.getMessage(),
            **getattr(record, 'fields', {}),
        }
        if record.exc_info:
            document['traceback'] = self.formatException(record.exc_info)
        return json.dumps(document, ensure_ascii=False, default=str)


def _writer() -> Write:
    try:
        import structlog
    except ImportError:
        return log_event
    bound = structlog.get_logger(LOGGER)
    return lambda level, event, fields: getattr(bound, level)(event, **fields)


def log_event(level: str, event: str, fields: dict[str, Any]) -> None:
    """Write an event by `logging`."""
    logging.getLogger(LOGGER).log(getattr(logging, level.upper()), event, extra={'fields': fields})
