"""Keep silent about what fails in a script's generator that ends because nothing holds it any more, and about warnings for scripts.

CPython runs the `finally` of such a generator when it collects it, perhaps long after its run has ended, and prints an
error of it by `sys.unraisablehook`: to stderr of the host, with an address and the host's paths. Neither the script nor
the host can do anything about it. The same holds of the end of a run that is raised where CPython drops what is raised: in a finalizer or
a callback that happens to run in the thread of the run; the run is ended again a moment later. All else goes to the hook that was there when the interpreter was loaded; a hook that the host sets
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
from monty_flow.interpreter.runtime.pause import EMITTED

#: The folder of the interpreter.
_OURS: Final = os.path.dirname(os.path.dirname(__file__)) + os.sep


def quietened(hook: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a hook that does what `hook` does, but for generators of scripts and for ends of runs."""

    def report(unraisable: Any, /) -> None:
        value = unraisable.object
        if type(value) is GeneratorType and value.gi_code.co_filename.startswith(EMITTED):
            return
        if isinstance(unraisable.exc_type, type) and issubclass(unraisable.exc_type, LimitReached):
            return
        hook(unraisable)

    return report


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
