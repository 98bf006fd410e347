"""The errors of the engine, one class per thing that a caller can do about it; the class builds the text."""

from __future__ import annotations

from collections.abc import Sequence


class EngineError(Exception):
    """Base of all errors of the engine."""


class RunNotFound(EngineError):
    """No run has this id."""

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        super().__init__(f'no run has the id {run_id!r}; list the runs to see the ids that exist')


class RunIdAmbiguous(RunNotFound):
    """Several runs have ids that begin like this."""

    def __init__(self, run_id: str) -> None:
        super().__init__(run_id)
        self.args = (f'several runs have ids that begin with {run_id!r}; give more characters of the id',)


class RunNotFinished(EngineError):
    """The run has no result yet."""

    def __init__(self, run_id: str, status: str, waiting_for: str | None = None) -> None:
        self.run_id = run_id
        self.status = status
        waits = f', waiting for {waiting_for}' if waiting_for else ''
        super().__init__(f'run {run_id} is {status}{waits}; wait until it has ended')


class RunFailed(EngineError):
    """The script of the run ended with an error, which `traceback` shows."""

    def __init__(self, run_id: str, error_type: str, message: str, traceback: str) -> None:
        self.run_id = run_id
        self.error_type = error_type
        self.message = message
        self.traceback = traceback
        what = f'{error_type}: {message}' if message else error_type
        super().__init__(f'run {run_id} failed with {what}; mend the cause and retry it, or submit a new run')


class RunCancelled(EngineError):
    """The run was cancelled and has no result."""

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        super().__init__(f'run {run_id} was cancelled and has no result; submit a new run')


class WrongStatus(EngineError):
    """The run is in a status in which it cannot do what was asked."""

    def __init__(self, run_id: str, action: str, status: str, allowed: Sequence[str]) -> None:
        self.run_id = run_id
        self.action = action
        self.status = status
        self.allowed = tuple(allowed)
        super().__init__(
            f'run {run_id} is {status}, so it cannot be {action}; this is for runs that are {" or ".join(allowed)}'
        )


class ForkRefused(EngineError, ValueError):
    """A run cannot go on from this state with what was to be changed in it."""

    def __init__(self, run_id: str, step: int, reason: str) -> None:
        self.run_id = run_id
        self.step = step
        self.reason = reason
        super().__init__(f'run {run_id} cannot go on from step {step} like this: {reason}')


class WaitTimeout(EngineError, TimeoutError):
    """The run did not end in the time that the caller gave."""

    def __init__(self, run_id: str, status: str, seconds: float) -> None:
        self.run_id = run_id
        self.status = status
        self.seconds = seconds
        super().__init__(f'run {run_id} is still {status} after {seconds:g} s; wait longer, or see that a worker runs')


class DeadlineExceeded(RunFailed):
    """The run was ended because its deadline passed before it had an end of its own."""


class SubmissionRefused(EngineError):
    """What was asked for a run, apart from its script and inputs, cannot be."""


class QueueFull(EngineError):
    """So many calls wait in a queue already that no run is taken in."""

    def __init__(self, queue: str, max_pending: int) -> None:
        self.queue = queue
        self.max_pending = max_pending
        super().__init__(
            f'the queue {queue!r} is full: {max_pending} calls may wait in it for a worker; submit again later, or see that '
            'workers keep up'
        )


class QueueRefused(EngineError):
    """A queue cannot be as it is described."""


class RetentionRefused(EngineError):
    """Runs cannot be kept for a time as it is described."""


class QueueNotFound(EngineError):
    """Nothing was said of this queue."""

    def __init__(self, queue: str) -> None:
        self.queue = queue
        super().__init__(f'nothing was said of the queue {queue!r}; list the queues to see those that have limits')


class ScheduleRefused(EngineError):
    """A schedule cannot be as it is described."""


class ScheduleExists(EngineError):
    """There is a schedule of this name."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f'there is a schedule {name!r} already; take another name, or replace it')


class ScheduleNotFound(EngineError):
    """There is no schedule of this name."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f'there is no schedule {name!r}; list the schedules to see those that exist')


class WorkerNotFound(EngineError):
    """No worker that lives has this session or name."""

    def __init__(self, session: str) -> None:
        self.session = session
        super().__init__(f'no worker that lives is called {session!r}; list the workers to see those that do')


class ArgumentRefused(EngineError, ValueError):
    """An argument of a method of `Engine` cannot be."""

    def __init__(self, name: str, value: object, words: str) -> None:
        self.name = name
        shown = repr(value)
        super().__init__(f'{name}={shown if len(shown) <= 100 else shown[:100] + "..."} is not {words}')


class FilterRefused(EngineError):
    """A filter of runs cannot be as it is written."""


class NameRefused(EngineError, ValueError):
    """The name or key of a signal cannot be stored."""


class ApprovalNotFound(EngineError):
    """The call, or any of the run where `call` is None, does not wait for a person's decision."""

    def __init__(self, run_id: str, call: int | None) -> None:
        self.run_id = run_id
        self.call = call
        which = 'no call' if call is None else f'call {call}'
        waits = 'waits' if call is None else 'does not wait'
        super().__init__(
            f'{which} of run {run_id} {waits} for an approval, or it was decided upon already; '
            'list the approvals to see those that do'
        )


class SignalsFull(EngineError):
    """So many signals wait for the run that no more are kept."""

    def __init__(self, run_id: str, most: int) -> None:
        self.run_id = run_id
        super().__init__(
            f'{most} signals wait for run {run_id} and its script takes none of them; send again when it has gone on'
        )


class InputsRefused(EngineError):
    """The inputs do not fit the script, or cannot enter it."""


class ValueRefused(EngineError, TypeError):
    """A value cannot be stored or cross between host and script."""


class PayloadUnreadable(EngineError):
    """Stored bytes cannot be decoded by this release."""


class SettingRefused(EngineError):
    """A setting of the process has a value that cannot be."""


class LargeValueMissing(PayloadUnreadable):
    """A value that is kept apart from its row is not there."""

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        super().__init__(f'the large value {name[:12]}... is missing: {reason}; put it back, or name its place')


class LargeValueElsewhere(LargeValueMissing):
    """A value is in a file, and this process was not told where the files are."""

    def __init__(self, name: str, variable: str) -> None:
        super().__init__(name, f'it is in a file, and this process has no {variable}')


class LargeValuesUnavailable(EngineError):
    """The file system in which large values are kept cannot be used now."""

    def __init__(self, place: str, reason: str) -> None:
        self.place = place
        super().__init__(f'the large values in {place} {reason}; see that it can be reached, then try again')


class KeysRefused(EngineError):
    """The key file of the database cannot be used."""


class KeysNeeded(KeysRefused):
    """Stored bytes need a key, and this process has none."""

    def __init__(self, key: str) -> None:
        super().__init__(
            f'a snapshot is signed with the key {key!r}, and this process has no keys; '
            'name the key file by MONTY_FLOW_KEYS'
        )


class EncryptionUnavailable(KeysRefused):
    """The key file asks for encryption, and the package for it is not there."""

    def __init__(self) -> None:
        super().__init__(
            'encryption needs the package cryptography; install it with "pip install \'monty-flow[crypto]\'"'
        )


class FileRefused(EngineError):
    """A file of a run cannot be written or imported."""


class RunExists(EngineError):
    """The database has this run already, or another one under its key."""

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        super().__init__(f'run {run_id}, or one with its key, is in this database already; import it into another one')


class TokenRefused(EngineError):
    """A token cannot be made like this."""


class TokenNotFound(EngineError):
    """No token that is still good has this id."""

    def __init__(self, token_id: str) -> None:
        self.token_id = token_id
        super().__init__(
            f'no token that is still good has the id {token_id!r}; list the tokens to see those that exist'
        )


class FunctionsNotFound(EngineError):
    """The place of the host functions does not lead to a `Functions` object."""


class FunctionRefused(EngineError):
    """A host function cannot be registered as it is."""


class DatabaseRefused(EngineError):
    """The database URL cannot be used, or the database cannot be opened."""


class DatabaseUnavailable(DatabaseRefused):
    """The database cannot be reached now, or gave the statement up; what was being written may or may not be there."""

    def __init__(self, reason: str) -> None:
        super().__init__(f'the database cannot be reached: {reason}; see that its server runs, then try again')


class DatabaseLocked(DatabaseUnavailable):
    """Somebody holds a lock for long on what was to be read or written."""

    def __init__(self) -> None:
        # Workers treat it as they treat one that cannot be reached, and go on when the lock is gone.
        super(DatabaseUnavailable, self).__init__(
            'an open transaction on the database holds what the engine needs; SELECT pid, state, query, pg_blocking_pids(pid) FROM '
            'pg_stat_activity tells which: end it, then try again'
        )


class DatabaseFull(DatabaseUnavailable):
    """The database has no room for what was to be written; it is as it was before."""

    def __init__(self, reason: str) -> None:
        # Workers treat it as they treat one that cannot be reached, and go on when there is room.
        super(DatabaseUnavailable, self).__init__(f'the database cannot be written: {reason}; make room on its disk')


class MigrationBlocked(EngineError):
    """A migration waited in vain for a table that others use; the schema is as it was before."""

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__(
            f'a table of {url} stayed in use, by a long transaction or a backup, so the schema is as it was; '
            'run "monty-flow db upgrade" again, when that has ended'
        )


class SchemaMismatch(EngineError):
    """The schema of the database is not the one that this release knows."""

    def __init__(self, url: str, found: str | None, known: str, *, newer: bool) -> None:
        self.url = url
        self.found = found
        self.known = known
        self.newer = newer
        if newer:
            cure = 'upgrade monty-flow on this machine to the release that made it'
        else:
            cure = 'run "monty-flow db upgrade" with this release'
        super().__init__(
            f'the schema of {url} is at revision {found or "none"}, this release knows {known}; {cure}, then start again'
        )


class SecretsRefused(EngineError):
    """Secrets have a name or a form that cannot be."""


class SecretsMissing(EngineError):
    """Functions need secrets that their worker has not."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        super().__init__(
            f'the worker has no secret {", ".join(names)}; give it by secrets=, a --secrets-file, or in the environment as '
            + ', '.join(f'MONTY_FLOW_SECRET_{name}' for name in names)
        )


class TracingUnavailable(EngineError):
    """OpenTelemetry is missing."""

    def __init__(self) -> None:
        super().__init__(
            'traces need opentelemetry, which is not installed; install it with "pip install \'monty-flow[observe]\'"'
        )
