"""The requests that a child has, one behind the other, and what has come of each.

    sent -> answered -> taken
      |---> withdrawn: nobody takes it, and its answer is heard all the same

A child that finds the next request when it has answered one does not sleep in between, and nobody has to wake it. What it says belongs to
the first request that is not answered, whose time runs from then on. So when it ends, that one is to blame, and those behind were not begun.

A line belongs to the thread that opened it, until the first request takes too long: then whoever waits for that one has the child, and the
others are withdrawn. A child that has taken long passes what was sent behind meanwhile (`passed`), as it may be withdrawn; what is not is
sent again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from threading import get_ident
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeVar

from monty_flow.interpreter.pool import messages

if TYPE_CHECKING:
    from monty_flow.interpreter.pool.children import Child

#: Requests of one line, and bytes of those behind the first: the socket holds as much, so nobody waits to send while the child waits to answer.
MOST_REQUESTS: Final = 32
MOST_BYTES: Final = 32 * 1024

Answer = TypeVar('Answer')


class LineFull(Exception):
    """There is no room behind the requests that a child has."""


class Asker(Protocol):
    """What a line asks of who made a request."""

    def start_clock(self, request: Request[Any]) -> None:
        """Have the time of a request run, which the child takes next."""
        ...

    def hear(self, request: Request[Any]) -> None:
        """Take the next message of the child, which is about this request."""
        ...

    def fail(self, request: Request[Any], error: Exception) -> None:
        """Have done with a request whose child could not be heard."""
        ...


class Request(Generic[Answer]):
    """A request, and what has come of it."""

    __slots__ = (
        'asker', 'behind', 'body', 'child', 'compiles', 'error', 'functions', 'is_begun', 'is_withdrawn', 'make', 'message', 'passes',
        'read', 'size', 'state',
    )  # fmt: skip

    child: Child
    asker: Asker

    def __init__(
        self,
        make: Callable[[Child], list[Any]],
        read: Callable[[Child, list[Any]], Answer],
        size: int = 0,
        state: bytes | None = None,
        functions: Mapping[str, Callable[..., Any]] | None = None,
    ) -> None:
        #: Makes the message for a child, and reads the child's answer.
        self.make = make
        self.read = read
        #: Bytes that the child may have to decode.
        self.size = size
        #: The state that the child may have forgotten, and functions that it may call.
        self.state = state
        self.functions = functions
        #: The answer, and what failed before it was taken.
        self.message: list[Any] | None = None
        self.error: BaseException | None = None

    def address(self, child: Child, asker: Asker) -> None:
        """Begin anew, with a child."""
        self.child, self.asker = child, asker
        self.message = self.error = None
        #: Whether the child has said anything, and whether it may have to compile the script first.
        self.is_begun = self.compiles = False
        #: Whether nobody takes the answer.
        self.is_withdrawn = False
        #: What was sent behind another request, for when that is passed, and how often it was.
        self.body: bytes | None = None
        self.behind = self.passes = 0


class Line:
    """The requests of one child."""

    __slots__ = ('_behind', '_holder', '_is_open', 'is_broken', 'is_lent', 'left', 'waiting', 'withdrawn')

    def __init__(self) -> None:
        #: Whether somebody has the child.
        self.is_lent = False
        #: The thread for which it has requests ahead, and whether there may be more.
        self._holder: int | None = None
        self._is_open = False
        #: How many were sent and are neither taken nor heard in vain, and of these how many nobody takes.
        self.left = self.withdrawn = 0
        #: Those that are not answered.
        self.waiting: deque[Request[Any]] = deque()
        #: Bytes behind the first that is not answered.
        self._behind = 0
        #: Whether something was sent in part, so that the child is of no use afterwards.
        self.is_broken = False

    def lend(self, *, ahead: bool) -> None:
        """Let this thread have the child, for requests `ahead` of their being asked for or for one alone."""
        self.is_lent, self._is_open = True, ahead
        self._holder = get_ident() if ahead else None

    def close(self, late: Request[Any]) -> None:
        """Let nothing more be put behind, as a request takes long; another thread may wait for it, if it is the first."""
        self._is_open = False
        if self.waiting[0] is late:
            self._holder = None

    @property
    def is_held_here(self) -> bool:
        """Whether this thread has opened it."""
        return self._holder == get_ident()

    @property
    def is_open_here(self) -> bool:
        """Whether this thread may put a request behind those that there are."""
        return self._is_open and self._holder == get_ident() and not self.is_broken

    def check_room(self, size: int) -> None:
        """Raise LineFull where a request of that size does not fit behind the others."""
        if self.waiting and (self.left >= MOST_REQUESTS or self._behind + size > MOST_BYTES):
            raise LineFull

    def put(self, request: Request[Any], body: bytes) -> None:
        """Put a request behind the others."""
        if self.waiting:
            request.body, request.behind = body, len(body)
            self._behind += len(body)
        self.waiting.append(request)

    def answered(self) -> None:
        """Go on to the next request, as the first is answered."""
        first = self.waiting.popleft()
        if first.is_withdrawn:
            self.left -= 1
            self.withdrawn -= 1
        if self.waiting:
            following = self.waiting[0]
            self._behind -= following.behind
            following.behind = 0
            following.asker.start_clock(following)

    def hear(self) -> None:
        """Take the next message of the child, for the first request that is not answered."""
        first = self.waiting[0]
        try:
            first.asker.hear(first)
        except Exception as error:  # for who takes the answer
            first.asker.fail(first, error)

    def hear_withdrawn(self) -> None:
        """Hear what is left, where nobody takes the answers."""
        while self.left and self.left == self.withdrawn:
            self.hear()

    def end(self) -> None:
        """Have done with the child, which has answered everything."""
        self.is_lent = self._is_open = False
        self._holder = None

    def break_off(self) -> None:
        """Have done with the child, which has ended: what is not answered was not begun."""
        for request in self.waiting:
            request.error = messages.Unread('the process ended before it came to the request')
        self.waiting.clear()
        self.left = self.withdrawn = self._behind = 0
        self.end()
