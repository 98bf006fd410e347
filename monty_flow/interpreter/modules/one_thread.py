"""The modules of threads, as one thread has them: `queue`, `threading`, `concurrent.futures`. All are in the script language.

Threads run one after another, each when it is started. Programs that use threads only to be quicker do what they did; those in which
one waits for another get an error that says so.
"""

from __future__ import annotations

from typing import Final

from monty_flow.interpreter.modules.module import Definition
from monty_flow.interpreter.modules.scripted import Scripted

_NO_PROCESSES: Final = 'a script starts no processes; external calls can run at the same time under asyncio.gather'

MODULES: Final[tuple[Definition, ...]] = (
    Definition('queue', scripted=Scripted('queue', stopping='_init _qsize _put _get')),
    Definition(
        'threading',
        scripted=Scripted('threading', stopping='run acquire release start', state='_state'),
        left_out={
            'the threads of a script run one after another': 'Timer setprofile settrace getprofile gettrace'
            ' setprofile_all_threads settrace_all_threads stack_size',
            'use the names without an underscore': 'currentThread activeCount',
        },
    ),
    Definition(
        'concurrent.futures',
        scripted=Scripted('concurrent_futures', stopping='submit shutdown'),
        left_out={_NO_PROCESSES: 'ProcessPoolExecutor InterpreterPoolExecutor process thread'},
    ),
    Definition('concurrent', scripted=Scripted('concurrent', exported='futures')),
)
