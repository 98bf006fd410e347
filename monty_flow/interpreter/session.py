"""A session: code that comes piece by piece, and finds the names that the pieces before have made.

Each feed is a continuation of one growing script (`compiler/feeds.py`). Between two feeds that script stands at an external
call of its own; a feed carries its state over to the longer script, as a snapshot in another process would. So all that
holds for scripts holds for sessions: limits count over all feeds, a feed may pause, and the whole can be dumped at any time.
A feed costs what compiling all feeds so far and writing the state costs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import FunctionType
from typing import TYPE_CHECKING, Any

from monty_flow.interpreter.arguments import check_printer, functions_of, limits_of, names_of, source_of
from monty_flow.interpreter.boundary import to_host
from monty_flow.interpreter.compiler.build import compile_program
from monty_flow.interpreter.compiler.feeds import ENDS, FAILED, joined, place_of, starts
from monty_flow.interpreter.compiler.parse import parse
from monty_flow.interpreter.compiler.program import Program
from monty_flow.interpreter.driving import drive
from monty_flow.interpreter.errors import MontySyntaxError, SessionError, SnapshotError
from monty_flow.interpreter.limits import ResourceLimits
from monty_flow.interpreter.os_access import OSAccess
from monty_flow.interpreter.runtime.files import FileSystem, files_of
from monty_flow.interpreter.runtime.namespace import plan_of
from monty_flow.interpreter.runtime.pause import CallRequest, Frame, GeneratorMark
from monty_flow.interpreter.runtime.run import PrintCallback, Run
from monty_flow.interpreter.snapshot.state import State, carried, read_state, write_state
from monty_flow.interpreter.stopped import Complete, FutureSnapshot, Snapshot, step, stopped

if TYPE_CHECKING:
    from monty_flow.interpreter.snapshot.signing import KeyRing


class Session:
    """Code that is fed piece by piece, with one set of names, files and limits for all of it.

    `external_functions` names what the code may call of the host, or gives these functions to all feeds by name; None means
    every name that no feed defines and no built-in bears. `limits` hold for the session as a whole.
    """

    __slots__ = ('_externals', '_functions', '_os_access', '_print_callback', '_source', '_state', 'limits', 'waiting')

    def __init__(
        self,
        *,
        external_functions: Iterable[str] | Mapping[str, Callable[..., Any]] | None = None,
        limits: ResourceLimits | None = None,
        print_callback: PrintCallback | None = None,
        os_access: OSAccess | None = None,
    ) -> None:
        check_printer(print_callback)
        self._externals = None
        if external_functions is not None:
            self._externals = frozenset(names_of('external_functions', external_functions, "['fetch']"))
        #: The functions themselves, where they were given for all feeds.
        self._functions = dict(external_functions) if isinstance(external_functions, Mapping) else {}
        self._print_callback = print_callback
        self._os_access = os_access
        #: What was fed so far.
        self._source = ''
        #: Where the script stands between two feeds; None before the first, and while a feed has not ended.
        self._state: State | None = None
        self.limits = limits_of(limits)
        #: Of a session that was loaded in the middle of a feed: where it waits.
        self.waiting: Snapshot | FutureSnapshot | None = None

    @property
    def feeds(self) -> int:
        """The number of feeds so far."""
        return len(starts(self._source))

    def feed(
        self,
        code: str,
        *,
        external_functions: Mapping[str, Callable[..., Any]] | None = None,
        print_callback: PrintCallback | None = None,
    ) -> Any:
        """Run code to its end, calling host functions as it does, and return the value of its last expression.

        Raises MontySyntaxError for what cannot be compiled, and MontyRuntimeError for what the code does not catch; what it had
        bound until then is kept, and the session can be fed again. A limit ends the session.
        """
        functions = self._functions | dict(functions_of(external_functions))
        return drive(self.feed_start(code, print_callback=print_callback), functions)

    def feed_start(
        self, code: str, *, print_callback: PrintCallback | None = None
    ) -> Snapshot | FutureSnapshot | Complete:
        """Run code to its first external call, or to its end; `resume` of what it gives goes on in the same way."""
        if self._source and self._state is None:
            raise SessionError(
                f'feed {self.feeds} has not ended: resume the snapshot that it gave, or load bytes of before'
            )
        check_printer(print_callback)
        if print_callback is not None:
            self._print_callback = print_callback
        source = joined(self._source, source_of(code))
        program = self._compiled(source, code)
        state = self._state
        if state is None:
            run = Run(program, self.limits, self._print_callback)
            if self._os_access is not None:
                run.files = FileSystem(run, self._os_access)
            self._enter(run, source)
            return step(run, FunctionType(program.main_code, plan_of(program).build(run, None)), ())
        state = carried(state, program)
        state.run.print_callback = self._print_callback
        self._enter(state.run, source)
        self._give_files(state.run)
        return Snapshot(state.run, state.request, state.frames).resume(return_value=None)

    def dump(self, *, keys: KeyRing | None = None, binding: bytes = b'') -> bytes:
        """Return the session as bytes for `load`; in the middle of a feed, dump the snapshot that it gave instead."""
        if self._state is None:
            raise SessionError(
                f'feed {self.feeds} has not ended: dump the snapshot that it gave'
                if self._source
                else 'nothing was fed yet'
            )
        state = self._state
        return write_state(state.run, state.request, state.frames, with_source=True, keys=keys, binding=binding)

    @classmethod
    def load(
        cls,
        data: bytes,
        *,
        external_functions: Mapping[str, Callable[..., Any]] | None = None,
        limits: ResourceLimits | None = None,
        print_callback: PrintCallback | None = None,
        os_access: OSAccess | None = None,
        keys: KeyRing | None = None,
        binding: bytes = b'',
    ) -> Session:
        """Return the session that `dump` made these bytes of, or a snapshot in one of its feeds: then `waiting` is that.

        Raises SnapshotError for anything else.
        """
        state = read_state(data, program=None, limits=limits, print_callback=print_callback, keys=keys, binding=binding)
        run = state.run
        if not run.program.is_session:
            raise SnapshotError('these are the bytes of a script; load them with the function load')
        session = cls(
            external_functions=run.program.declared,
            limits=run.limits,
            print_callback=print_callback,
            os_access=os_access,
        )
        session._functions = dict(functions_of(external_functions))
        session._enter(run, run.program.source)
        session._give_files(run)
        if state.request.name in ENDS:
            session._state = state
        else:
            snapshot = stopped(run, state.request, state.frames)
            assert not isinstance(snapshot, Complete)
            session.waiting = snapshot
        return session

    def end_feed(self, run: Run, request: CallRequest, frames: list[Frame | GeneratorMark]) -> Complete:
        """Take note of the end of a feed; return its value, or raise what it did not catch."""
        self.waiting = None
        # Neither value nor exception is of use to the next feed.
        self._state = State(run, CallRequest(request.name, (), {}), frames)
        if request.name == FAILED:
            raise request.args[0]
        return Complete(to_host(request.args[0]), run.seconds_before)

    def _enter(self, run: Run, source: str) -> None:
        """Begin a feed."""
        run.session = self
        self._source = source
        self._state = None

    def _give_files(self, run: Run) -> None:
        """Give a run that came from bytes what these do not hold: mounts, callback files, a clock."""
        if self._os_access is not None:
            files_of(run).give(self._os_access)

    def _compiled(self, source: str, code: str) -> Program:
        """Return the program of all feeds; an error of the new one tells its own lines."""
        number = len(starts(source))
        parse(code, f'feed {number}', self.limits)
        try:
            return compile_program(source, script_name='session', externals=self._externals, is_session=True)
        except MontySyntaxError as error:
            feed, line = place_of(starts(source), error.line)
            raise MontySyntaxError(
                error.message, script_name=f'feed {feed or number}', line=max(line, 0), column=error.column,
                source_line=error.source_line,
            ) from None  # fmt: skip

    def __repr__(self) -> str:
        return f'Session(feeds={self.feeds})'
