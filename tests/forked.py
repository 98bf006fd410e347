"""Do something in a fork of this process, and outlive whatever it does there."""

from __future__ import annotations

import gc
import os
import select
import signal
from collections.abc import Callable
from typing import Final

#: Bytes of an answer: a pipe takes as many before anybody reads.
_MOST: Final = 32_000


class HungError(Exception):
    """The fork did not end in time, and was killed."""


class CrashedError(Exception):
    """The fork was ended by a signal; its number is `signal`."""

    def __init__(self, number: int) -> None:
        super().__init__(f'by signal {number}')
        self.signal = number


def forked(act: Callable[[], str], seconds: float) -> str:
    """Return the text that `act` gives in a fork of this process.

    It must raise nothing: who asks knows how it tells of what escapes. Raises HungError after `seconds`, CrashedError when a signal ended it.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        # What the tests hold is not looked through each time that the collector runs: it would be counted as time of what is done.
        gc.freeze()
        try:
            os.write(writing, act().encode('utf-8', 'replace')[:_MOST])
        finally:
            os._exit(0)
    os.close(writing)
    ready, _, _ = select.select([reading], [], [], seconds)
    if not ready:
        os.kill(child, signal.SIGKILL)
    with os.fdopen(reading, 'rb') as pipe:
        text = pipe.read().decode('utf-8', 'replace')
    _, status = os.waitpid(child, 0)
    if not ready:
        raise HungError
    if os.WIFSIGNALED(status):
        raise CrashedError(os.WTERMSIG(status))
    return text
