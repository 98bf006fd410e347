"""Give a run back what a snapshot held beside its frames: names, streams, decimals, event loops, modules, files.

A heap that is signed may still be another release's, and one that is not may be anything: each part is looked at, and SnapshotError says what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from monty_flow.interpreter.compiler.check import REGISTRY
from monty_flow.interpreter.errors import SnapshotTooNew
from monty_flow.interpreter.runtime.arithmetic import Arithmetic
from monty_flow.interpreter.runtime.arithmetic import Context as ArithmeticContext
from monty_flow.interpreter.runtime.async_host import STATE
from monty_flow.interpreter.runtime.files import files_of
from monty_flow.interpreter.runtime.identity import Numbers
from monty_flow.interpreter.runtime.importing import library_of
from monty_flow.interpreter.runtime.namespace import plan_of
from monty_flow.interpreter.runtime.namespaces import is_builtin_name, may_bind
from monty_flow.interpreter.runtime.run import RECURSION, STREAMS, Run
from monty_flow.interpreter.snapshot.layout import damaged


def restore_globals(run: Run, values: dict[str, Any]) -> None:
    """Bind the names of the top level."""
    if REGISTRY in values:
        # Snapshots of before kept what CPython puts there when it warns.
        values = {name: value for name, value in values.items() if name != REGISTRY}
    if not values.keys() <= plan_of(run.program).bindable and not all(may_bind(run.program, name) for name in values):
        raise damaged('its globals have a name that the script cannot bind')
    run.globals.update(values)


def _restore_streams(run: Run, streams: Any) -> None:
    if type(streams) is not dict or not streams.keys() <= {'stdin', 'stdout', 'stderr'}:
        raise damaged('its streams are malformed')
    run.globals[STREAMS] = streams
    module = (run.modules or {}).get('sys')
    for name, stream in streams.items():
        if module is not None:
            object.__setattr__(module, name, stream)


def _restore_arithmetic(run: Run, context: Any) -> None:
    if type(context) is not ArithmeticContext:
        raise damaged('its context of decimal is none')
    if run.arithmetic is None:
        # A library module that imports `decimal` is loaded when the script asks for one of its names again.
        run.arithmetic = Arithmetic()
    # Importing the module has put a fresh one into the thread.
    run.arithmetic.leave()
    run.arithmetic.context = context


def _restore_loops(run: Run, loops: Any) -> None:
    if type(loops) is not run.globals.get('asyncio:State'):
        raise damaged('its event loops are malformed')
    run.globals[STATE] = loops


def _restore_recursion(run: Run, depth: Any) -> None:
    if type(depth) is not int or depth < 1:
        raise damaged('its limit of recursion is malformed')
    run.globals[RECURSION] = depth


def _restore_modules(run: Run, kept: Any) -> None:
    if type(kept) is not dict:
        raise damaged('what its modules keep is malformed')
    try:
        library_of(run).restore(kept)
    except (LookupError, AttributeError) as error:
        raise damaged(f'what its modules keep is malformed: {error}') from error


def _restore_shadows(run: Run, shadows: Any) -> None:
    if type(shadows) is not dict or not all(type(name) is str and is_builtin_name(name) for name in shadows):
        raise damaged('what its code has bound to built-ins is malformed')
    run.shadows = shadows


def _restore_ids(run: Run, state: Any) -> None:
    run.numbers = Numbers()
    try:
        run.numbers.restore(state)
    except ValueError as error:
        raise damaged(str(error)) from error


def _restore_files(run: Run, state: Any) -> None:
    try:
        files_of(run).restore(state)
    except (ValueError, OSError) as error:
        raise damaged(str(error)) from error


#: What only some runs have -> what gives it back, in the order in which it is given back.
_EXTRAS: Final[dict[str, Callable[[Run, Any], None]]] = {
    STATE: _restore_loops,
    'streams': _restore_streams,
    'recursion': _restore_recursion,
    'modules': _restore_modules,
    'shadows': _restore_shadows,
    'ids': _restore_ids,
    'decimal': _restore_arithmetic,
    'files': _restore_files,
}


def restore_extras(run: Run, extras: dict[str, Any]) -> None:
    """Give a run back what only some runs have; raise SnapshotTooNew for what no release up to this one writes."""
    if not extras:
        return
    unknown = extras.keys() - _EXTRAS.keys()
    if unknown:
        raise SnapshotTooNew(
            f'this release does not know what the snapshot holds: {", ".join(sorted(unknown))}; load it with a newer release'
        )
    for name, restore in _EXTRAS.items():
        if name in extras:
            restore(run, extras[name])


def restore_random(run: Run, state: Any) -> None:
    """Let random numbers go on where they were, None if none was drawn."""
    if state is None:
        return
    try:
        run.random.setstate(state)
    except (TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise damaged('its random state is malformed') from error
