"""Run an attack as its victim would, and say in one word how it ended."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from monty_flow import Monty
from monty_flow.interpreter.errors import LimitError, MontyError, MontyRuntimeError, MontySyntaxError
from monty_flow.interpreter.limits import ResourceLimits
from tests.forked import CrashedError, HungError, forked


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

    def timed() -> str:
        try:
            started = time.process_time()
            text = act()
            return f'{time.process_time() - started:.3f} {text[:2000]}'
        except BaseException as error:  # whatever escapes is what the test is about
            return f'0 escaped: {type(error).__name__}: {error}'

    try:
        return forked(timed, seconds)
    except HungError:
        return f'{seconds} hang'
    except CrashedError as error:
        return f'0 crash: signal {error.signal}'
