"""What a script says to the engine and asks of it in the middle of a step: the module `flow`, answered at once.

Such a call stops the script in memory alone: the answer is given in the same step, and what was said waits for the commit of
the step. So it costs no commit of its own, and a step that is taken again after a crash says it again before anything was written.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from monty_flow.engine import payloads
from monty_flow.engine.children import Children, Refused
from monty_flow.engine.errors import ValueRefused
from monty_flow.engine.records import Run
from monty_flow.engine.transitions import NOTHING_SAID, Said

#: Answers that one step may ask for; the call after that is one of its own, so that the worker stays in charge.
MAX_ANSWERS: Final = 1000
#: Characters of a status text: it is shown in a line.
MAX_STATUS_CHARACTERS: Final = 1000
#: Characters of the name of a signal or of what is published.
MAX_NAME_CHARACTERS: Final = 200
#: Bytes of a published value, as it is stored: it is for looking, not a store of results.
MAX_PUBLISHED_BYTES: Final = 1024 * 1024
#: Values that one step may publish under different names.
MAX_PUBLISHED: Final = 1000


class Talk:
    """What one step of a run says, and the answers to what it asks."""

    def __init__(
        self, run: Callable[[], Run], now: Callable[[], datetime], number: int, attempt: int, children: Children
    ) -> None:
        self._run = run
        self._now = now
        #: The call with whose result the step began; 0 at the start of the script.
        self._number = number
        self._attempt = attempt
        self._children = children
        self._answers = 0
        self._status: str | None = None
        self._published: dict[str, bytes] = {}

    def takes(self, name: str) -> bool:
        """Tell whether a call is answered here and now."""
        return name in _ANSWERS and self._answers < MAX_ANSWERS

    def answer(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return the answer of a call; what it raises belongs to the script."""
        self._answers += 1
        try:
            return _ANSWERS[name](self, *args, **kwargs)
        except ValueRefused as error:
            raise TypeError(str(error)) from None

    def said(self) -> Said:
        """Return what was said so far."""
        children = self._children
        if self._status is None and not (self._published or children.started or children.cancelled):
            return NOTHING_SAID
        return Said(self._status, self._published, children.started, children.cancelled)

    def _info_answer(self) -> dict[str, Any]:
        run = self._run()
        return {
            'run_id': run.id,
            'script_name': run.script_name,
            'key': run.key,
            'inputs': run.inputs,
            'step': self._number,
            'attempt': self._attempt,
            'parent': run.parent,
            'tags': run.tags,
        }

    def _start_answer(self, source: Any, inputs: Any) -> dict[str, str]:
        try:
            return {'id': self._children.start(source, inputs)}
        except Refused as refusal:
            return {'refused': str(refusal)}

    def _cancel_run_answer(self, run_id: Any) -> None:
        self._children.cancel(run_id)

    def _now_answer(self) -> datetime:
        return self._now()

    def _status_answer(self, text: Any) -> None:
        if type(text) is not str:
            raise TypeError(f'flow.status() takes a text, not {type(text).__name__}')
        if len(text) > MAX_STATUS_CHARACTERS:
            raise ValueError(f'flow.status(): the text has {len(text)} characters, more than {MAX_STATUS_CHARACTERS}')
        self._status = storable(text)

    def _publish_answer(self, name: Any, value: Any) -> None:
        checked = checked_name(name, 'flow.publish(): the name')
        data = payloads.encode(value, f'flow.publish({checked!r}): the value')
        if len(data) > MAX_PUBLISHED_BYTES:
            raise ValueError(
                f'flow.publish({checked!r}): the value takes {len(data)} bytes, more than {MAX_PUBLISHED_BYTES}'
            )
        if checked not in self._published and len(self._published) >= MAX_PUBLISHED:
            raise ValueError(f'flow.publish(): more than {MAX_PUBLISHED} names in one step')
        self._published[checked] = data


_ANSWERS: Final[dict[str, Callable[..., Any]]] = {
    'flow.cancel_run': Talk._cancel_run_answer,
    'flow.start': Talk._start_answer,
    'flow.info': Talk._info_answer,
    'flow.now': Talk._now_answer,
    'flow.publish': Talk._publish_answer,
    'flow.status': Talk._status_answer,
}
#: The calls that are answered within a step.
ANSWERED: Final = frozenset(_ANSWERS)


def checked_name(name: Any, what: str) -> str:
    """Return a name that may be stored; raise TypeError or ValueError, which call it `what`, for anything else."""
    if type(name) is not str:
        raise TypeError(f'{what} is of type {type(name).__name__}; give a text')
    if not name or len(name) > MAX_NAME_CHARACTERS:
        raise ValueError(f'{what} has {len(name)} characters; give from 1 to {MAX_NAME_CHARACTERS}')
    if storable(name) != name:
        raise ValueError(f'{what} holds a character that cannot be stored; give a plain text')
    return name


def storable(text: str) -> str:
    """Return a text as every database can hold it: PostgreSQL has no NUL, and lone surrogates are no UTF-8."""
    return text.replace('\0', '\N{SYMBOL FOR NULL}').encode('utf-8', 'replace').decode()
