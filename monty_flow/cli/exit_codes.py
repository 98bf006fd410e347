"""What the exit code of a command says: the one table, from which the documentation is tested."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit code of a command; `meaning` is the sentence that the documentation shows."""

    meaning: str

    def __new__(cls, code: int, meaning: str) -> ExitCode:
        member = int.__new__(cls, code)
        member._value_ = code
        member.meaning = meaning
        return member

    OK = 0, 'the command did what it was asked'
    RUN_FAILED = 1, 'the run ended with an error of its script'
    USAGE = 2, 'the command line was wrong: an unknown option, a missing file, inputs that do not fit the script'
    NOT_FOUND = 3, 'no run, token, queue, schedule or worker has this id or name, or several begin with it'
    DATABASE = 4, 'the database cannot be opened, or its schema is not the one of this release'
    SCRIPT_REFUSED = 5, 'the script has a syntax error, or uses something that the sandbox refuses'
    NOT_FINISHED = 6, 'the run has not ended yet, so it has no result'
    RUN_CANCELLED = 7, 'the run was cancelled, so it has no result'
    FUNCTIONS = 8, 'the functions for the worker cannot be loaded'
    WRONG_STATUS = 9, 'the status of the run does not allow this: it has ended already, or has not failed'
    QUEUE_FULL = 10, 'so much waits in the queue that it takes in no more runs'
    ENGINE = 70, 'an error that has no code of its own; the text says which'
    INTERRUPTED = 130, 'stopped by Ctrl-C; the run is stored and a worker can go on with it'
