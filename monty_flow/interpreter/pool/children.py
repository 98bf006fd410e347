"""Children as their pool sees them: made ahead by a template process, asked one thing at a time, killed when they overrun."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from typing import Any, Final

from monty_flow.interpreter.errors import SandboxUnavailable
from monty_flow.interpreter.pool import messages
from monty_flow.interpreter.pool.lines import Line
from monty_flow.interpreter.pool.template import PID

#: Seconds in which a template or a child must be ready.
_READY_SECONDS: Final = 60.0
#: How long a child may leave a message unread, as the kernel takes it (struct timeval).
_SEND_TIME: Final = struct.pack('ll', 60, 0)
_START: Final = 'import json, sys; sys.path[:] = json.loads(sys.argv[1]); from monty_flow.interpreter.pool import template; template.main({})'


class Template:
    """The process that forks children, and how to ask it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        ours, theirs = socket.socketpair()
        with theirs:
            # Isolated, without the site's hooks, and with nothing of the host's environment.
            self._process = subprocess.Popen(
                [sys.executable, '-I', '-S', '-X', 'utf8', '-c', _START.format(theirs.fileno()), json.dumps(_path())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                env={},
                cwd='/',
                start_new_session=True,
            )
        self._control = ours
        ours.settimeout(_READY_SECONDS)
        try:
            is_ready = ours.recv(1) == b'R'
        except OSError:
            is_ready = False
        if not is_ready:
            self.close()
            raise SandboxUnavailable(
                'a process for scripts could not be started; run scripts without isolation, or see why'
            )

    def fork(self) -> Child:
        """Return a new child that is ready."""
        ours, theirs = socket.socketpair()
        with theirs:
            pid = self._asked(b'F', theirs.fileno())
        child = Child(self, pid, ours)
        try:
            kind, what = child.receive(time.monotonic() + _READY_SECONDS)
            if kind != 'up':
                raise messages.Broken(str(what))
            child.walls = {str(name): bool(value) for name, value in what}
        except (messages.Broken, TimeoutError, ValueError, TypeError) as error:
            child.kill()
            raise SandboxUnavailable(f'a process for scripts could not raise its walls: {error}') from None
        return child

    def status_of(self, pid: int) -> int:
        """Wait for a child that was killed or has ended; return its wait status."""
        return self._asked(b'R' + PID.pack(pid))

    def _asked(self, request: bytes, *descriptors: int) -> int:
        with self._lock:
            try:
                socket.send_fds(self._control, [request], descriptors)
                return self._number()
            except OSError:
                # The answer may still come, and would be taken for that to the next request: there is none any more.
                self._control.close()
                raise

    def _number(self) -> int:
        data = b''
        while len(data) < PID.size:
            part = self._control.recv(PID.size - len(data))
            if not part:
                raise SandboxUnavailable('the process that makes processes for scripts has ended')
            data += part
        number: int = PID.unpack(data)[0]
        return number

    def close(self) -> None:
        """End the template, and with it every child that is left."""
        self._control.close()
        # Its children end with it, by the kernel, before any of them could go on.
        self._process.kill()
        self._process.wait()


def _path() -> list[str]:
    """Return where the template finds modules: where this process does, and nothing relative."""
    package = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    return [package, *(entry for entry in sys.path if os.path.isabs(entry) and entry != package)]


class _TimedChannel(messages.Channel):
    """The parent's end, whose reads wait no longer than they may.

    The socket itself blocks: with a time-out of its own it would be set to another mode with each message.
    """

    __slots__ = ('_has_some', '_poll', 'until')

    def __init__(self, end: socket.socket) -> None:
        super().__init__(end)
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _SEND_TIME)
        self._poll = select.poll()
        self._poll.register(end, select.POLLIN)
        #: When reads give up, by the monotonic clock; None for never.
        self.until: float | None = None
        #: Whether there is something to read, as far as that was asked.
        self._has_some = False

    def is_readable(self, until: float | None) -> bool:
        milliseconds = None if until is None else max(0.0, until - time.monotonic()) * 1000
        self._has_some = bool(self._poll.poll(milliseconds))
        return self._has_some

    def _read(self, size: int) -> bytes:
        if not (self._has_some or self.is_readable(self.until)):
            raise TimeoutError
        self._has_some = False
        return super()._read(size)


class Child:
    """One child: who has borrowed it has it for itself until it is given back."""

    __slots__ = ('_channel', '_template', 'is_alive', 'line', 'pid', 'scripts', 'walls')

    def __init__(self, template: Template, pid: int, end: socket.socket) -> None:
        self._template = template
        self._channel = _TimedChannel(end)
        self.pid = pid
        self.is_alive = True
        self.walls: dict[str, bool] = {}
        #: Keys of the scripts that were sent.
        self.scripts: set[bytes] = set()
        #: What it was asked, while somebody has borrowed it.
        self.line = Line()

    def send(self, message: list[Any]) -> None:
        """Send a message; BoundaryError for one that is too large."""
        self._channel.send(message)

    def send_bytes(self, data: bytes) -> None:
        """Send a message as `messages.in_bytes` made it."""
        self._channel.send_bytes(data)

    def receive(self, until: float | None) -> list[Any]:
        """Return the next message; TimeoutError when it is not there by that time of the monotonic clock."""
        self._channel.until = until
        return self._channel.receive()

    def has_word(self, until: float) -> bool:
        """Wait until that time at most, and tell whether there is something to receive, if only the end of the child."""
        return not self._channel.is_quiet or self._channel.is_readable(until)

    @property
    def is_quiet(self) -> bool:
        """Whether the child has said nothing that it was not asked for, as far as was read."""
        return self._channel.is_quiet

    def kill(self) -> int:
        """End the child at once, and return how it ended: its wait status, -1 when that is not known."""
        self.is_alive = False
        with contextlib.suppress(OSError):
            # Nobody else waits for it, so the number is still its own.
            os.kill(self.pid, signal.SIGKILL)
        self._channel.socket.close()
        try:
            return self._template.status_of(self.pid)
        except (OSError, SandboxUnavailable):
            return -1


class Children:
    """So many children, of which each serves whoever has borrowed it.

    A thread that has asked children something ahead, and needs another where none is free, does not wait for itself: there may be twice as many.
    """

    def __init__(self, count: int, ahead: int) -> None:
        self._template = Template()
        self._free: list[Child] = []
        #: Those that were borrowed for requests whose answers are taken later.
        self._ahead: set[Child] = set()
        self._count = count
        self._made = 0
        self._changed = threading.Condition()
        self._renewing = threading.Lock()
        self._closed = False
        #: Whether one more is being made.
        self._grows = False
        self._lives = itertools.count(1)
        try:
            for _ in range(max(1, ahead)):
                self._free.append(self._fork())
                self._made += 1
        except BaseException:
            self.close()
            raise
        #: Which walls are up around them.
        self.walls: dict[str, bool] = dict(self._free[0].walls)

    @property
    def most(self) -> int:
        """How many there may be at once."""
        return self._count

    def allow(self, count: int) -> None:
        """Make room for at least so many."""
        with self._changed:
            self._count = max(self._count, count)
            self._changed.notify_all()

    def close(self) -> None:
        """End all children; who waits for one gets an error."""
        with self._changed:
            self._closed = True
            self._free.clear()
            self._changed.notify_all()
        self._template.close()

    def _fork(self) -> Child:
        """Return a new child, of a new template when the old one has ended (and all its children with it)."""
        template = self._template
        try:
            return template.fork()
        except (SandboxUnavailable, OSError):
            with self._renewing:
                if self._closed:
                    raise
                if self._template is template:
                    template.close()
                    self._template = Template()
                template = self._template
        return template.fork()

    def next_live(self) -> int:
        """Return a number for a live state that no other has."""
        return next(self._lives)

    def borrow(self, wanted: Child | None, *, behind_others: bool = True) -> Child:
        """Return a free child, the wanted one if it is free; wait while there is none.

        A thread that has the wanted one already gets it for another request, unless that must not wait `behind_others`.
        """
        with self._changed:
            while True:
                if self._closed:
                    raise SandboxUnavailable('the pool is closed; make another')
                child = self._at_hand(wanted, behind_others)
                if child is not None:
                    return child
                if self._made < self._count or (self._made < 2 * self._count and self._is_holding):
                    # It would wait for what it is to take itself.
                    self._made += 1
                    break
                self._changed.wait()
        try:
            child = self._fork()
        except BaseException:
            with self._changed:
                self._made -= 1
                self._changed.notify()
            raise
        child.line.lend(ahead=False)
        return child

    def _at_hand(self, wanted: Child | None, behind_others: bool) -> Child | None:
        if wanted is not None and wanted not in self._free and behind_others and wanted.line.is_open_here:
            return wanted
        if not self._free:
            return None
        # The one that was longest unused: others may be wanted for what they hold.
        child = wanted if wanted in self._free else self._free[0]
        assert child is not None
        self._lend(child, ahead=False)
        return child

    def _lend(self, child: Child, *, ahead: bool) -> None:
        self._free.remove(child)
        child.line.lend(ahead=ahead)
        if ahead:
            self._ahead.add(child)

    @property
    def _is_holding(self) -> bool:
        """Whether this thread has children that it has asked something."""
        return any(child.line.is_held_here for child in self._ahead)

    def borrow_ahead(self, wanted: Child) -> bool:
        """Borrow a child for a request whose answer is taken later, if it is free or this thread's; tell whether it is."""
        if wanted.line.is_open_here:
            return True
        with self._changed:
            if self._closed or wanted not in self._free:
                return False
            self._lend(wanted, ahead=True)
            return True

    def borrow_any_ahead(self) -> Child | None:
        """Borrow the free child that was longest unused, or of those that this thread has the one with the fewest requests.

        Where none is free, one more is made for the next who asks.
        """
        with self._changed:
            if self._free and not self._closed:
                child = self._free[0]
                self._lend(child, ahead=True)
                return child
            may_grow = not (self._closed or self._grows or self._made >= self._count)
            self._grows = self._grows or may_grow
            mine = [child for child in self._ahead if child.line.is_open_here]
        if may_grow:
            threading.Thread(target=self._grow, daemon=True).start()
        return min(mine, key=lambda child: child.line.left, default=None)

    def _grow(self) -> None:
        self._replace()
        self._grows = False

    def give_back(self, child: Child) -> None:
        """Take a child back; a dead one makes room for another, which is made at once."""
        if child.is_alive:
            with self._changed:
                self._ahead.discard(child)
                self._free.append(child)
                self._changed.notify()
            return
        with self._changed:
            self._ahead.discard(child)
            self._made -= 1
            self._changed.notify()
        threading.Thread(target=self._replace, daemon=True).start()

    def _replace(self) -> None:
        with self._changed:
            if self._closed or self._made >= self._count:
                return
            self._made += 1
        child: Child | None = None
        try:
            child = self._fork()
        except Exception:  # the next who needs one will try again, and is told
            child = None
        with self._changed:
            if child is None:
                self._made -= 1
            else:
                self._free.append(child)
            self._changed.notify()


def how_it_ended(status: int) -> tuple[str, int]:
    """Return in words how a child ended, and the signal that ended it, or 0."""
    if status == -1:
        return 'for an unknown reason', 0
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        try:
            return f'by {signal.Signals(number).name}', number
        except ValueError:
            return f'by signal {number}', number
    return f'with exit status {os.waitstatus_to_exitcode(status)}', 0
