"""`flow`: what a script says to the engine that runs it, and asks of it.

The functions that scripts see are written in the script language (`modules/scripts/flow.py`); they check what they are
given and make external calls, whose names begin with `flow.`. What becomes of these is the host's affair: the interpreter
knows nothing of runs.
"""

from __future__ import annotations

from typing import Final

from monty_flow.interpreter.modules.module import Definition, External
from monty_flow.interpreter.modules.scripted import Scripted
from monty_flow.interpreter.runtime.cancellation import Cancelled, Rejected

#: The external calls, by the names that the library module knows them by; hosts know them with `flow.` before it.
CALLS: Final = ('approve', 'cancel_run', 'info', 'now', 'publish', 'start', 'status', 'wait_run', 'wait_signal')

#: Names of the module's functions, and of the methods of what they give, whose call stops.
STOPPING: Final = frozenset({*CALLS, 'run', 'result', 'cancel'})

EXTERNALS: Final = Definition('_flow', static={name: External(f'flow.{name}') for name in CALLS})
MODULE: Final = Definition('flow', static={'Cancelled': Cancelled, 'Rejected': Rejected}, scripted=Scripted('flow'))
