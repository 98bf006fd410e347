"""The process that runs scripts: it serves one request after another over one socket, and holds nothing else.

Requests (parent -> child), with what may come before the answer:

    ['start', script, inputs, limits, access, live]        -> said, done | paused | failed
    ['run', script, inputs, limits, access, functions]     -> said, call (answered by value | error), done | failed
    ['resume', live, state?, script, limits, how, value, new_live] -> said, done | paused | failed
    ['load', state, script, limits, live]                  -> said, paused | failed
    ['frames', live, state, script, limits]                -> frames
    script  = [key, source?, inputs, externals, name]      the source only when the child may not have it

A request may come while another one is answered. What has come before an answer that took long is not done: ['passed'] follows for each.

Notes (child -> parent): ['unknown', 'script' | 'state'] asks for what the child has forgotten; ['begin'] says that computing begins, after a script
was compiled or a state decoded; ['written', pieces] has printed text; ['computed'] says that only the answer has to be made.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections import OrderedDict, deque
from typing import Any

from monty_flow.interpreter.boundary import exception_to_script, to_host
from monty_flow.interpreter.errors import BoundaryError, InternalError, MemoryLimitError, MontyError
from monty_flow.interpreter.limits import DEFAULT_LIMITS, ResourceLimits
from monty_flow.interpreter.machine import Monty, load
from monty_flow.interpreter.os_access import MemoryFile, OSAccess
from monty_flow.interpreter.pool import messages, walls
from monty_flow.interpreter.runtime.run import SLACK
from monty_flow.interpreter.stopped import Complete, FutureSnapshot, Raised, Returned, Snapshot

State = Snapshot | FutureSnapshot

#: Compiled scripts that a child keeps, and live states.
MAX_SCRIPTS = 256
MAX_LIVE = 64
#: Characters of printed text that wait for the next message.
_WAITING_TEXT = 32 * 1024
#: Bytes over `max_memory` that the address space of a run may have: the watcher ends it before.
_ROOM = 2 * SLACK
#: Steps of one run, one behind the other, for which the kernel's bounds are looked at once: they count what is computed beside the script too.
_STEPS = 100
#: Seconds of one request after which those that came meanwhile are passed.
_LONG_SECONDS = 0.02
#: What the parent says in the middle of a request.
_REPLIES = frozenset({'state', 'script', 'value', 'error'})
#: Seconds of computing left below which the parent is told when computing has ended.
_CLOSE = 2.0


class Child:
    """The serving side of one socket."""

    def __init__(self, channel: messages.Channel) -> None:
        self._channel = channel
        self._scripts: OrderedDict[bytes, Monty] = OrderedDict()
        self._live: OrderedDict[int, State] = OrderedDict()
        self._texts: list[list[str]] = []
        self._waiting = 0
        self._bounds = walls.RunBounds()
        #: Requests that came while something else was waited for.
        self._requests: deque[list[Any]] = deque()

    def serve(self) -> None:
        """Answer requests until the parent is gone."""
        while True:
            request = self._requests.popleft() if self._requests else self._receive()
            self._texts, self._waiting = [], 0
            passed, began = 0, time.perf_counter()
            try:
                answer = self._answer(request)
                if time.perf_counter() - began >= _LONG_SECONDS:
                    passed = self._passed()
                self._send(answer)
            except MemoryError:
                # The answer itself, such as the text of an error, takes more than there is.
                self._texts = []
                self._send(self._failed(MemoryLimitError('max_memory', self._memory or 0)))
            for _ in range(passed):
                self._send(['passed'])

    def _passed(self) -> int:
        """Forget the requests that have come by now, and return how many."""
        while self._channel.has_more:
            self._requests.append(self._receive())
        count = len(self._requests)
        self._requests.clear()
        return count

    def _receive(self) -> list[Any]:
        try:
            return self._channel.receive()
        except messages.Broken:
            os._exit(0)

    def _reply(self) -> Any:
        """Return what the parent says to what it was asked last; requests that it had sent before wait."""
        while (message := self._receive())[0] not in _REPLIES:
            self._requests.append(message)
        return message

    def _send(self, message: list[Any]) -> None:
        try:
            self._channel.send(message)
        except messages.Broken:
            os._exit(0)
        except BoundaryError as error:
            self._channel.send(['failed', messages.reported(error), []])

    def _answer(self, request: list[Any]) -> list[Any]:
        try:
            return getattr(self, f'_{request[0]}')(*request[1:])  # type: ignore[no-any-return]
        except MontyError as error:
            return self._failed(error)
        except MemoryError:
            return self._failed(MemoryLimitError('max_memory', self._memory or 0))
        except Exception as error:
            return self._failed(InternalError(f'{type(error).__name__}: {error}'))

    _memory: int | None = None
    #: The limits of the last request that gave some, as they came and as they are.
    _given: tuple[Any, ResourceLimits] = ([], DEFAULT_LIMITS)
    #: The number of the state for which the kernel's bounds are set, and the steps since they were.
    _bounded: int | None = None
    _steps = 0

    def _failed(self, error: MontyError) -> list[Any]:
        return ['failed', messages.reported(error), self._texts]

    # Requests

    def _start(self, script: Any, inputs: Any, limits: Any, access: Any, live: int) -> list[Any]:
        monty = self._script(script)
        bounds = self._bound(limits, 0.0)
        self._bounded, self._steps = live, 0
        state = monty.start(
            inputs=messages.unpacked(inputs), limits=bounds, print_callback=self._write, os_access=_access(access)
        )
        return self._reached(state, live, bounds)

    def _run(self, script: Any, inputs: Any, limits: Any, access: Any, functions: list[str]) -> list[Any]:
        monty = self._script(script)
        self._bounded = None
        bounds = self._bound(limits, 0.0)
        output = monty.run(
            inputs=messages.unpacked(inputs),
            external_functions={name: self._caller(name) for name in functions},
            limits=bounds,
            print_callback=self._write,
            os_access=_access(access),
        )
        return ['done', messages.packed(output, 'the result'), 0.0, self._texts]

    def _resume(
        self, live: int, state: bytes | None, script: Any, limits: Any, how: str, value: Any, new_live: int
    ) -> list[Any]:
        snapshot = self._snapshot(live, state, script, limits)
        bounds = self._limits(limits)
        if self._bounded != live or self._steps >= _STEPS:
            bounds = self._bound(limits, snapshot.seconds_used)
            self._steps = 0
        # The next step of this run, where it comes next, goes on within the same bounds.
        self._bounded = new_live
        self._steps += 1
        result = messages.unpacked(value)
        following: State | Complete
        if isinstance(snapshot, FutureSnapshot):
            results = {number: Raised(part) if is_error else Returned(part) for number, is_error, part in result}
            following = snapshot.resume(results, print_callback=self._write)
        elif how == 'value':
            following = snapshot.resume(return_value=result, print_callback=self._write)
        else:
            following = snapshot.resume(exception=result, print_callback=self._write)
        return self._reached(following, new_live, bounds)

    def _load(self, state: bytes, script: Any, limits: Any, live: int) -> list[Any]:
        snapshot = self._snapshot(0, state, script, limits)
        answer = self._paused(snapshot, None)
        self._keep(live, snapshot)
        self._bounded = None
        return answer

    def _frames(self, live: int, state: bytes | None, script: Any, limits: Any) -> list[Any]:
        snapshot = self._live.get(live) or self._snapshot(live, state, script, limits)
        return [
            'frames',
            [
                [view.function, _span(view.position), view.source_line, list(view.variables.items())]
                for view in snapshot.frames
            ],
        ]

    # Their parts

    def _script(self, script: Any) -> Monty:
        key, source, inputs, externals, name = script
        found = self._scripts.get(key)
        if found is None:
            if source is None:
                self._send(['unknown', 'script'])
                source = self._reply()[1]
            found = Monty(source, inputs=inputs, external_functions=externals, script_name=name)
            self._scripts[key] = found
            while len(self._scripts) > MAX_SCRIPTS:
                self._scripts.popitem(last=False)
            self._send(['begin'])
        return found

    def _bound(self, limits: Any, seconds_used: float) -> ResourceLimits | None:
        bounds = self._limits(limits)
        known = bounds or DEFAULT_LIMITS
        self._memory = known.max_memory
        seconds = known.max_duration_secs
        self._bounds.fit(known.max_memory, _ROOM, None if seconds is None else max(0.0, seconds - seconds_used))
        return bounds

    def _limits(self, limits: Any) -> ResourceLimits | None:
        """Return the limits that a request gives; those of the last one again, where they are the same."""
        if limits is None:
            return None
        if limits != self._given[0]:
            self._given = (limits, ResourceLimits(**dict(limits)))
        return self._given[1]

    def _snapshot(self, live: int, state: bytes | None, script: Any, limits: Any) -> State:
        snapshot = self._live.pop(live, None)
        if snapshot is None:
            if state is None:
                self._send(['unknown', 'state'])
                state = self._reply()[1]
            monty = self._script(script)
            self._bounds.fit(None, 0, None)
            snapshot = load(state, script=monty, limits=self._limits(limits))
            self._bounded = None
            self._send(['begin'])
        return snapshot

    def _reached(self, state: State | Complete, live: int, bounds: ResourceLimits | None) -> list[Any]:
        seconds = (bounds or DEFAULT_LIMITS).max_duration_secs
        if seconds is not None and seconds - state.seconds_used < _CLOSE:
            self._send(['computed'])
        if isinstance(state, Complete):
            return ['done', messages.packed(state.output, 'the result'), state.seconds_used, self._texts]
        answer = self._paused(state, state.dump(with_source=False, compress=False))
        self._keep(live, state)
        return answer

    def _paused(self, state: State, data: bytes | None) -> list[Any]:
        if isinstance(state, FutureSnapshot):
            calls = [(call.call_id, call.function_name, call.args, call.kwargs) for call in state.pending]
            packed = messages.packed(calls, 'an argument of a pending call')
            return ['paused', None, packed, None, data, state.seconds_used, self._texts]
        what = f'an argument of {state.function_name}()'
        args, kwargs = messages.packed(state.args, what), messages.packed(state.kwargs, what)
        return ['paused', state.function_name, args, kwargs, data, state.seconds_used, self._texts]

    def _keep(self, live: int, state: State) -> None:
        self._live[live] = state
        while len(self._live) > MAX_LIVE:
            self._live.popitem(last=False)

    def _write(self, stream: str, text: str) -> None:
        self._texts.append([stream, text])
        self._waiting += len(text)
        if self._waiting > _WAITING_TEXT:
            self._send(['written', self._texts])
            self._texts, self._waiting = [], 0

    def _caller(self, name: str) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            self._send(['call', name, messages.packed(args), messages.packed(kwargs), self._texts])
            self._texts, self._waiting = [], 0
            kind, value = self._reply()
            result = messages.unpacked(value)
            if kind == 'error':
                raise result
            return result

        return call


def _span(position: Any) -> list[int]:
    return [position.line, position.column, position.end_line, position.end_column]


def _access(parts: Any) -> OSAccess | None:
    if parts is None:
        return None
    files, environ, root_dir, clock, max_file_bytes = parts
    return OSAccess(
        files=[MemoryFile(path, content) for path, content in files],
        environ=dict(environ),
        root_dir=root_dir,
        clock=clock,
        max_file_bytes=max_file_bytes,
    )


#: A script that begins the watch, stops and goes on, so that nothing of this has to be loaded behind the walls.
_WARM_UP = """
import json, re, datetime, decimal, random
def f(x):
    for i in range(2):
        x = fetch(x)
    return x
datetime.datetime.strptime('2000-01-01 10:00', '%Y-%m-%d %H:%M').strftime('%A %B')
str(decimal.Decimal(1) / 3)
re.match('(?i)a+', 'AAA')
json.loads(json.dumps([1.5, {'a': None}]))
try:
    1 / 0
except ZeroDivisionError as e:
    print(e)
f(random.random())
"""


def main(descriptor: int) -> None:
    """Raise the walls and serve; never returns."""
    channel = messages.Channel(socket.socket(fileno=descriptor))
    state = Monty(_WARM_UP).start(limits=ResourceLimits(), print_callback=lambda stream, text: None)
    assert isinstance(state, Snapshot)
    again = load(state.dump())
    assert isinstance(again, Snapshot)
    again.resume(return_value=1)
    messages.unpacked(messages.packed(to_host([exception_to_script(ValueError(1))])))
    up = walls.raise_walls()
    child = Child(channel)
    up['one_watcher'] = threading.active_count() == 2
    channel.send(['up', [[name, value] for name, value in up.items()]])
    child.serve()
