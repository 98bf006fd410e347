"""Which errors end a command in which exit code: the one table."""

from __future__ import annotations

from dataclasses import dataclass

from monty_flow.cli.exit_codes import ExitCode


@dataclass(frozen=True, slots=True)
class Failure:
    """How a command ends: its exit code and the sentence on stderr."""

    code: ExitCode
    text: str


#: Exit codes by the name of an error's class or of the nearest base that is listed. Names and not classes, so that
#: a command that needs no engine loads none; a test holds them against what the engine really has.
CODES = {
    'RunFailed': ExitCode.RUN_FAILED,
    'RunNotFound': ExitCode.NOT_FOUND,
    'RunNotFinished': ExitCode.NOT_FINISHED,
    'WaitTimeout': ExitCode.NOT_FINISHED,
    'RunCancelled': ExitCode.RUN_CANCELLED,
    'WrongStatus': ExitCode.WRONG_STATUS,
    'InputsRefused': ExitCode.USAGE,
    'SubmissionRefused': ExitCode.USAGE,
    'ArgumentRefused': ExitCode.USAGE,
    'FilterRefused': ExitCode.USAGE,
    'ForkRefused': ExitCode.USAGE,
    'NameRefused': ExitCode.USAGE,
    'ApprovalNotFound': ExitCode.WRONG_STATUS,
    'SignalsFull': ExitCode.WRONG_STATUS,
    'QueueRefused': ExitCode.USAGE,
    'RetentionRefused': ExitCode.USAGE,
    'QueueNotFound': ExitCode.NOT_FOUND,
    'WorkerNotFound': ExitCode.NOT_FOUND,
    'QueueFull': ExitCode.QUEUE_FULL,
    'ScheduleRefused': ExitCode.USAGE,
    'ScheduleExists': ExitCode.WRONG_STATUS,
    'ScheduleNotFound': ExitCode.NOT_FOUND,
    'ValueRefused': ExitCode.USAGE,
    'BoundaryError': ExitCode.USAGE,
    'FunctionsNotFound': ExitCode.FUNCTIONS,
    'FunctionRefused': ExitCode.FUNCTIONS,
    'TracingUnavailable': ExitCode.USAGE,
    'SecretsMissing': ExitCode.FUNCTIONS,
    'SecretsRefused': ExitCode.USAGE,
    'DatabaseRefused': ExitCode.DATABASE,
    'SchemaMismatch': ExitCode.DATABASE,
    'MigrationBlocked': ExitCode.DATABASE,
    'KeysRefused': ExitCode.DATABASE,
    'FileRefused': ExitCode.USAGE,
    'RunExists': ExitCode.WRONG_STATUS,
    'TokenRefused': ExitCode.USAGE,
    'TokenNotFound': ExitCode.NOT_FOUND,
    'PayloadUnreadable': ExitCode.DATABASE,
    'SnapshotError': ExitCode.DATABASE,
    'MontySyntaxError': ExitCode.SCRIPT_REFUSED,
    'EngineError': ExitCode.ENGINE,
}


def explain(error: BaseException) -> Failure | None:
    """Return how the command ends because of `error`, or None when nobody has foreseen it."""
    for kind in type(error).__mro__:
        if kind.__module__.startswith('monty_flow.') and kind.__name__ in CODES:
            traceback = getattr(error, 'traceback', '')
            return Failure(CODES[kind.__name__], f'{traceback.rstrip()}\n\n{error}' if traceback else str(error))
    return None
