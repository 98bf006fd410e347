"""The runs that a script starts: `flow.start` and `cancel` of what it gives, answered within the step.

A child is inserted in the transaction of the step, so it is there exactly once: a step that is taken again, after a
crash, starts it again before anything was written. It belongs to the namespace and the queue of its parent, has its limits and its priority, and
is told when its parent is cancelled.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from monty_flow.engine import payloads
from monty_flow.engine.errors import ValueRefused
from monty_flow.engine.ids import IdSource
from monty_flow.engine.records import Run
from monty_flow.engine.store import NewRun, Store

#: Runs above one another, the first counted in: a script that starts itself must come to an end.
MAX_DEPTH: Final = 10
#: Runs that one run may start.
MAX_CHILDREN: Final = 10_000
#: Characters of the source of a child.
MAX_SOURCE_CHARACTERS: Final = 1024 * 1024
#: The name of a child's script in its tracebacks.
SCRIPT_NAME: Final = 'child.py'


class Refused(Exception):
    """A child cannot be started; raised in the script as `flow.RunsRefused`."""


class Parent(Protocol):
    """What children get of the run that starts them."""

    @property
    def limits(self) -> bytes | None: ...
    @property
    def lane(self) -> str: ...
    @property
    def function_versions(self) -> Mapping[str, str]: ...


class Children:
    """What one step of a run does with its children."""

    def __init__(
        self, parent: Parent, run: Callable[[], Run], ask: Callable[[Callable[[Store], Any]], Any], ids: IdSource
    ) -> None:
        self._parent = parent
        self._run = run
        self._ask = ask
        self._ids = ids
        self._there: int | None = None
        self.started: list[NewRun] = []
        self.cancelled: list[str] = []

    def start(self, source: Any, inputs: Any) -> str:
        """Return the id of a new child; raise TypeError and ValueError for wrong arguments, and Refused over a limit."""
        if type(source) is not str or type(inputs) is not dict:
            raise TypeError('flow.start() takes the source of a script as a text, and its inputs by name')
        if len(source) > MAX_SOURCE_CHARACTERS:
            raise ValueError(
                f'flow.start(): the script has {len(source)} characters, more than {MAX_SOURCE_CHARACTERS}'
            )
        wrong = [name for name in inputs if type(name) is not str or not name.isidentifier()]
        if wrong:
            raise ValueError(f'flow.start(): {wrong[0]!r} cannot be an input; use identifiers')
        parent = self._run()
        self._check_limits(parent)
        try:
            data = source.encode()
        except UnicodeEncodeError:
            raise ValueError('flow.start(): the script holds characters that are no text') from None
        try:
            encoded = payloads.encode(inputs, 'flow.start(): an input')
        except ValueRefused as error:
            raise TypeError(str(error)) from None
        run = NewRun(
            id=self._ids.next(),
            source=source,
            script_hash=hashlib.sha256(data).hexdigest(),
            script_name=SCRIPT_NAME,
            key=None,
            inputs=encoded,
            limits=self._parent.limits,
            namespace=parent.namespace,
            lane=self._parent.lane,
            function_versions=self._parent.function_versions,
            parent_id=parent.id,
            depth=parent.depth + 1,
        )
        self.started.append(run)
        return run.id

    def cancel(self, run_id: Any) -> None:
        """Cancel a child, with the step."""
        if type(run_id) is not str:
            raise TypeError('the id of a run is a text')
        self.cancelled.append(run_id)

    def _check_limits(self, parent: Run) -> None:
        if parent.depth + 1 >= MAX_DEPTH:
            raise Refused(f'runs start runs {MAX_DEPTH} deep, and no deeper')
        if self._there is None:
            self._there = self._ask(lambda store: store.count_children(parent.id, MAX_CHILDREN))
        assert self._there is not None
        if self._there + len(self.started) >= MAX_CHILDREN:
            raise Refused(f'a run may start {MAX_CHILDREN} others, and no more')
