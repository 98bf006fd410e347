"""Keep silent about what fails in a script's generator that ends because nothing holds it any more, and about warnings for scripts.

CPython runs the `finally` of such a generator when it collects it, perhaps long after its run has ended, and prints an
error of it by `sys.unraisablehook`: to stderr of the host, with an address and the host's paths. Neither the script nor
the host can do anything about it. The same holds of the end of a run that is raised where CPython drops what is raised: in a finalizer or
a callback that happens to run in the thread of the run; the run is told, and ends at its next step, text or call. And it holds of an error of a method of a script that
CPython drops in the middle of its work (from 3.13 on, of the `__eq__` of a key, where an `OrderedDict` is gone over). All else goes to the hook that was there when the interpreter was loaded; a hook that the host sets
later is the host's own.

CPython warns of what it finds in the code of a script (`x is 1`), of what such code does (`bool(NotImplemented)`) and of its patterns: to stderr of the host
too, as often as the script likes. `warnings` shows all but these.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable
from types import GeneratorType
from typing import Any, Final

from monty_flow.interpreter.errors import LimitReached
from monty_flow.interpreter.runtime import watch
from monty_flow.interpreter.runtime.pause import EMITTED

#: The folder of the interpreter.
_OURS: Final = os.path.dirname(os.path.dirname(__file__)) + os.sep


def quietened(hook: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a hook that does what `hook` does, but for generators of scripts and for ends of runs."""

    def report(unraisable: Any, /) -> None:
        if isinstance(unraisable.exc_type, type) and issubclass(unraisable.exc_type, LimitReached):
            _tell_run(unraisable.exc_value, unraisable.exc_traceback)
            return
        value = unraisable.object
        if type(value) is GeneratorType and value.gi_code.co_filename.startswith(EMITTED):
            return
        if _is_of_script(unraisable, sys._getframe(1)):
            return
        hook(unraisable)

    return report


def _tell_run(error: LimitReached, traceback: Any) -> None:
    """Tell a run that a limit which it went over was dropped; a generator of another run has ended that one only."""
    run = watch.current()
    passed = traceback
    while run is not None and passed is not None:
        if passed.tb_frame.f_globals is run.globals:
            run.heard(error, traceback)
            return
        passed = passed.tb_next


def _is_of_script(unraisable: Any, asking: Any) -> bool:
    """Tell whether an error comes from code of a script, or from C code that it has called and that belongs to no object."""
    passed = getattr(unraisable, 'exc_traceback', None)
    while passed is not None:
        if passed.tb_frame.f_code.co_filename.startswith(EMITTED):
            return True
        passed = passed.tb_next
    return unraisable.object is None and asking.f_code.co_filename.startswith(EMITTED)


def unwarned(show: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return what shows a warning as `show` does, but none of a script's code or of code of ours that serves it."""

    def report(message: Any, /) -> None:
        if not message.filename.startswith((EMITTED, _OURS)):
            show(message)

    return report


def install() -> None:
    """Put hooks before those of the process."""
    sys.unraisablehook = quietened(sys.unraisablehook)
    # What CPython calls for every warning that its filters let through, whoever has replaced `showwarning`.
    warnings._showwarnmsg = unwarned(warnings._showwarnmsg)  # type: ignore[attr-defined]
