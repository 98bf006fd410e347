"""Run an attack as its victim would, and say in one word how it ended."""

from __future__ import annotations

import gc
import os
import select
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from monty_flow import Monty
from monty_flow.interpreter.errors import LimitError, MontyError, MontyRuntimeError, MontySyntaxError
from monty_flow.interpreter.limits import ResourceLimits


@dataclass(frozen=True)
class Ending:
    """How an attack ended, and what it showed."""

    #: 'refused', 'raised', 'limited', 'ended', or the name of another error of ours.
    kind: str
    #: All that the script and its host got to see: output, printed text, error text.
    text: str


def end_of(source: str, limits: ResourceLimits) -> Ending:
    """Compile and run a script; an error that is not ours passes."""
    printed: list[str] = []
    try:
        output = Monty(source).run(limits=limits, print_callback=lambda stream, text: printed.append(text))
        return Ending('ended', ''.join(printed) + repr(output))
    except MontySyntaxError as error:
        return Ending('refused', str(error))
    except MontyRuntimeError as error:
        return Ending('raised', f'{"".join(printed)}{error.exception_type}: {error.message}\n{error.traceback}')
    except LimitError as error:
        return Ending('limited', f'{error.limit} {error}')
    except MontyError as error:
        return Ending(type(error).__name__, str(error))


def in_child(act: Callable[[], str], seconds: float) -> str:
    """Return what act gives, in a forked process; tell of a crash or of a hang over `seconds` instead.

    Before it stand the seconds of processor time that it took: those of the wall are other tests' as well.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        # What the tests hold is not looked through each time that the collector runs.
        gc.freeze()
        try:
            started = time.process_time()
            text = act()
            text = f'{time.process_time() - started:.3f} {text[:2000]}'
        except BaseException as error:  # whatever escapes is what the test is about
            text = f'0 escaped: {type(error).__name__}: {error}'
        os.write(writing, text.encode('utf-8', 'replace'))
        os._exit(0)
    os.close(writing)
    ready, _, _ = select.select([reading], [], [], seconds)
    if not ready:
        os.kill(child, signal.SIGKILL)
    with os.fdopen(reading, 'rb') as pipe:
        text = pipe.read().decode('utf-8', 'replace')
    _, status = os.waitpid(child, 0)
    if not ready:
        return f'{seconds} hang'
    return text if not os.WIFSIGNALED(status) else f'0 crash: signal {os.WTERMSIG(status)}'
