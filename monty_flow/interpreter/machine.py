"""The front door: compile a script, run it, stop it at an external call, and go on from there."""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from types import FunctionType
from typing import TYPE_CHECKING, Any

from monty_flow.interpreter.arguments import (
    check_printer,
    functions_of,
    inputs_of,
    limits_of,
    names_of,
    source_of,
    variables_of,
)
from monty_flow.interpreter.errors import BoundaryError, SnapshotError
from monty_flow.interpreter.limits import DEFAULT_LIMITS, ResourceLimits
from monty_flow.interpreter.records import record

if TYPE_CHECKING:
    from monty_flow.interpreter.boundary import SCALARS, to_host, to_script
    from monty_flow.interpreter.compiler.build import compile_program
    from monty_flow.interpreter.compiler.program import Program
    from monty_flow.interpreter.os_access import OSAccess
    from monty_flow.interpreter.runtime.namespace import plan_of
    from monty_flow.interpreter.runtime.run import PrintCallback, Run
    from monty_flow.interpreter.snapshot.signing import KeyRing
    from monty_flow.interpreter.snapshot.state import State
    from monty_flow.interpreter.stopped import (
        AheadStart,
        Complete,
        FutureSnapshot,
        Snapshot,
        advance,
        failure,
        step,
        stopped,
    )
    from monty_flow.interpreter.views import Move
else:

    def compile_program(*args: Any, **kwargs: Any) -> Program:
        """Compile the first script; whoever compiles a later one finds the compiler itself under the name."""
        load_parts()
        return compile_program(*args, **kwargs)


#: What compiles and runs scripts, by the part of the interpreter that has it.
_PARTS = {
    'boundary': 'SCALARS to_host to_script',
    'compiler.build': 'compile_program',
    'runtime.namespace': 'plan_of',
    'runtime.run': 'Run',
    'stopped': 'Complete advance failure step stopped',
}


def load_parts() -> None:
    """Load what compiles and runs scripts, under the names that this module uses.

    That is five sixths of the interpreter, and done with the first script or state: who imports `Monty` may never have one. Whoever
    has a `Monty` has all of it.
    """
    for part, names in _PARTS.items():
        loaded = importlib.import_module(f'monty_flow.interpreter.{part}')
        globals().update((name, getattr(loaded, name)) for name in names.split())


_NO_FUNCTIONS: dict[str, Callable[..., Any]] = {}


class Monty:
    """A compiled script: immutable, to be run any number of times, from several threads at once.

    `inputs` names the variables that the host sets before the script starts. `external_functions` names what
    the script may call of the host; None means every name that the script does not define and no
    built-in bears. Raises MontySyntaxError for what is not Python or not admitted, and BoundaryError for other arguments.
    """

    __slots__ = ('_program',)

    def __init__(
        self,
        code: str,
        *,
        inputs: Iterable[str] = (),
        external_functions: Iterable[str] | None = None,
        script_name: str = 'main.py',
    ) -> None:
        externals = None
        if external_functions is not None:
            externals = frozenset(names_of('external_functions', external_functions, "['fetch']"))
        names = variables_of('inputs', inputs, "['n']")
        self._program = compile_program(source_of(code), script_name=script_name, inputs=names, externals=externals)

    @property
    def code(self) -> str:
        """The source text."""
        return self._program.source

    @property
    def script_name(self) -> str:
        """The name of the script in tracebacks."""
        return self._program.script_name

    @property
    def external_functions(self) -> frozenset[str]:
        """Names of the external functions that the script mentions."""
        return self._program.externals

    def run(
        self,
        *,
        inputs: Mapping[str, Any] | None = None,
        external_functions: Mapping[str, Callable[..., Any]] | None = None,
        limits: ResourceLimits | None = None,
        print_callback: PrintCallback | None = None,
        os_access: OSAccess | None = None,
    ) -> Any:
        """Run to the end, calling host functions as the script does, and return the output.

        Raises MontyRuntimeError for what the script does not catch, LimitError over a limit.
        """
        program = self._program
        if limits is None and os_access is None and program.is_straight:
            plan = program.plan or plan_of(program)
            if plan.needs_no_run:
                scope = plan.build_alone(
                    _NO_FUNCTIONS if external_functions is None else functions_of(external_functions)
                )
                return _run_alone(
                    program, scope, _bind_inputs(program, scope, inputs) if program.inputs or inputs else ()
                )
        check_printer(print_callback)
        if program.calls_back:
            program = answered(program)
        run = Run(program, limits_of(limits), print_callback)
        if limits is not None:
            run.check_source()
        if os_access is not None:
            give_files(run, os_access)
        scope = (program.plan or plan_of(program)).build(run, functions_of(external_functions))
        args = _bind_inputs(program, scope, inputs) if inputs or program.inputs else ()
        main = FunctionType(program.main_code, scope)
        if run.limits is not DEFAULT_LIMITS or not program.is_straight:
            return advance(run, main, args)
        run.active, failed = True, None
        try:
            output = main(*args)
        except BaseException as error:
            failed = failure(error, run)
        finally:
            run.active = False
        if failed is not None:
            raise failed
        return output if type(output) in SCALARS else to_host(output)

    async def run_async(
        self,
        *,
        inputs: Mapping[str, Any] | None = None,
        external_functions: Mapping[str, Callable[..., Any | Awaitable[Any]]] | None = None,
        limits: ResourceLimits | None = None,
        print_callback: PrintCallback | None = None,
        os_access: OSAccess | None = None,
    ) -> Any:
        """Run to the end like `run`, with host functions that may be coroutine functions.

        Calls that the script has under way at once are carried out at once.
        """
        from monty_flow.interpreter.driving import driven  # it loads asyncio

        state = self.start(inputs=inputs, limits=limits, print_callback=print_callback, os_access=os_access)
        return await driven(state, functions_of(external_functions))

    def start(
        self,
        *,
        inputs: Mapping[str, Any] | None = None,
        limits: ResourceLimits | None = None,
        print_callback: PrintCallback | None = None,
        os_access: OSAccess | None = None,
    ) -> Snapshot | FutureSnapshot | Complete:
        """Run to the first external call, or to the end."""
        program = self._program
        check_printer(print_callback)
        run = Run(program, limits_of(limits), print_callback)
        if limits is not None:
            run.check_source()
        if os_access is not None:
            give_files(run, os_access)
        scope = plan_of(program).build(run, None)
        args = _bind_inputs(program, scope, inputs)
        return step(run, FunctionType(program.main_code, scope), args)

    def begin(
        self, *, inputs: Mapping[str, Any] | None = None, limits: ResourceLimits | None = None
    ) -> AheadStart | None:
        """Have another process start the script already; None where that cannot be."""
        return None

    def load(
        self,
        data: bytes,
        *,
        limits: ResourceLimits | None = None,
        print_callback: PrintCallback | None = None,
        os_access: OSAccess | None = None,
        keys: KeyRing | None = None,
        binding: bytes = b'',
    ) -> Snapshot | FutureSnapshot:
        """Return a snapshot of this script, as the function `load`; the bytes may have been dumped without the source."""
        return _loaded(data, self._program, limits, print_callback, os_access, keys, binding)

    def __repr__(self) -> str:
        return f'Monty({self._program.script_name!r})'


def load(
    data: bytes,
    *,
    script: Monty | None = None,
    limits: ResourceLimits | None = None,
    print_callback: PrintCallback | None = None,
    os_access: OSAccess | None = None,
    keys: KeyRing | None = None,
    binding: bytes = b'',
) -> Snapshot | FutureSnapshot:
    """Return the snapshot that `dump` made these bytes of, in any process.

    `script` is needed for bytes that were dumped without the source. What the script has written is in the bytes; of
    `os_access` the mounts, callback files and a clock function are taken again. Raises SnapshotError for anything else:
    SnapshotTooNew for what only a newer release can read, SnapshotRefused for bytes that `keys` have not signed for
    this `binding`.
    """
    if script is not None:
        return script.load(
            data, limits=limits, print_callback=print_callback, os_access=os_access, keys=keys, binding=binding
        )
    return _loaded(data, None, limits, print_callback, os_access, keys, binding)


@record(frozen=True)
class Relocated:
    """A state that goes on in another version of its script."""

    snapshot: Snapshot | FutureSnapshot
    #: Where each function that stands in the middle stood and goes on; outermost first for those on the stack.
    moves: tuple[Move, ...]
    #: Names that the new version binds at its top level before the line where it goes on, and that are not bound: new
    #: statements there are not run, only new functions without defaults and decorators are there.
    unbound: tuple[str, ...]


def relocate(
    data: bytes,
    *,
    script: Monty,
    onto: Monty,
    limits: ResourceLimits | None = None,
    keys: KeyRing | None = None,
    binding: bytes = b'',
) -> Relocated:
    """Return the state that `script` left as a state of another version of it, `onto`.

    Every function that stands in the middle must still be there by its name, with the same call at the place where it
    stands and the same computation around that call; RelocationRefused says what does not fit. Values stay what they are;
    functions and methods have their new bodies.
    """
    from monty_flow.interpreter.snapshot.state import read_state  # loaded with the first state

    state = read_state(
        data,
        program=script._program,
        limits=limits,
        print_callback=None,
        keys=keys,
        binding=binding,
        onto=onto._program,
    )
    return Relocated(_stopped(state), state.moves, state.unbound)


def script_hash_of(data: bytes, *, keys: KeyRing | None = None, binding: bytes = b'') -> str:
    """Return the SHA-256 of the script that made a state, in hexadecimal; raise SnapshotError as `load` does."""
    from monty_flow.interpreter.snapshot.header import facts_of  # loaded with the first state

    return facts_of(data, limits=None, keys=keys, binding=binding).sha256.hex()


def _loaded(
    data: bytes,
    program: Program | None,
    limits: ResourceLimits | None,
    print_callback: PrintCallback | None,
    os_access: OSAccess | None,
    keys: KeyRing | None,
    binding: bytes,
) -> Snapshot | FutureSnapshot:
    from monty_flow.interpreter.snapshot.state import read_state  # loaded with the first state

    load_parts()
    state = read_state(data, program=program, limits=limits, print_callback=print_callback, keys=keys, binding=binding)
    if os_access is not None:
        from monty_flow.interpreter.runtime.files import files_of  # loaded with the first file system

        files_of(state.run).give(os_access)
    return _stopped(state)


def _stopped(state: State) -> Snapshot | FutureSnapshot:
    if state.run.program.is_session:
        raise SnapshotError('these are the bytes of a session; load them with Session.load')
    snapshot = stopped(state.run, state.request, state.frames)
    assert not isinstance(snapshot, Complete)
    return snapshot


def answered(program: Program) -> Program:
    """Return a script as it is run where the host answers each call at once: nothing has to be able to stop.

    What may be called by code that does not know it is called in many steps otherwise, and slows down the whole script.
    """
    if program.answered is None:
        program.answered = program
        if not (program.must_stop or program.forced):
            program.answered = compile_program(
                program.source,
                script_name=program.script_name,
                inputs=program.inputs,
                externals=program.declared,
                is_answered=True,
            )
    return program.answered


def forced(script: Monty) -> Monty:
    """Return the script with the resume version of every function in use from the start, for tests."""
    program = script._program
    made = object.__new__(Monty)
    made._program = compile_program(
        program.source,
        script_name=program.script_name,
        inputs=program.inputs,
        externals=program.declared,
        forced=True,
    )
    return made


def _run_alone(program: Program, scope: dict[str, Any], args: Sequence[Any]) -> Any:
    """Run a straight line that asks nothing of a run, and return its output."""
    try:
        output = FunctionType(program.main_code, scope)(*args)
    except BaseException as error:
        failed = failure(error, Run(program, DEFAULT_LIMITS, None))
    else:
        return output if type(output) in SCALARS else to_host(output)
    raise failed


def give_files(run: Run, os_access: OSAccess) -> None:
    """Give a run the file system that the host lets it see."""
    from monty_flow.interpreter.runtime.files import FileSystem  # loaded with the first file system

    run.files = FileSystem(run, os_access)


def _bind_inputs(program: Program, scope: dict[str, Any], inputs: Mapping[str, Any] | None) -> Sequence[Any]:
    """Return the arguments of `main`; inputs that inner functions use go to the globals."""
    names = program.inputs
    given = inputs if type(inputs) is dict else inputs_of(inputs)
    if len(given) != len(names):
        raise _wrong_inputs(names, given)
    values: list[Any] = []
    try:
        for name in program.local_inputs:
            value = given[name]
            values.append(value if type(value) in SCALARS else to_script(value, f'inputs[{name!r}]'))
        for name in program.global_inputs:
            scope[name] = to_script(given[name], f'inputs[{name!r}]')
    except KeyError:
        raise _wrong_inputs(names, given) from None
    return values


def _wrong_inputs(names: tuple[str, ...], given: Mapping[str, Any]) -> BoundaryError:
    missing = [name for name in names if name not in given]
    unknown = [name for name in given if name not in names]
    wrong = [f'missing {", ".join(missing)}'] if missing else []
    wrong += [f'unknown {", ".join(map(str, unknown))}'] if unknown else []
    return BoundaryError(f'inputs: {"; ".join(wrong)}; the script takes {", ".join(names) or "none"}')
