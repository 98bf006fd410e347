"""Runs, calls and leases in a SQL database: the durable part of monty-flow.

    engine = Engine('sqlite:///monty-flow.db')
    run = engine.submit('fetch(url).upper()', inputs={'url': 'https://example.com'})
    Worker(engine.url, functions).run_until(run.id)
    engine.result(run.id)

This is the front door. It may import the interpreter's front door and nothing above itself.
"""

from __future__ import annotations

from monty_flow.engine.calling import (
    CallCancelled,
    CallContext,
    NoCurrentCall,
    NotTransactional,
    current_call,
    executing,
)
from monty_flow.engine.client import Engine
from monty_flow.engine.clock import Clock, ManualClock, SystemClock, moment
from monty_flow.engine.errors import (
    ApprovalNotFound,
    ArgumentRefused,
    DatabaseFull,
    DatabaseLocked,
    DatabaseRefused,
    DatabaseUnavailable,
    DeadlineExceeded,
    EncryptionUnavailable,
    EngineError,
    FileRefused,
    FilterRefused,
    ForkRefused,
    FunctionRefused,
    FunctionsNotFound,
    InputsRefused,
    KeysNeeded,
    KeysRefused,
    LargeValueElsewhere,
    LargeValueMissing,
    LargeValuesUnavailable,
    MigrationBlocked,
    NameRefused,
    PayloadUnreadable,
    QueueFull,
    QueueNotFound,
    QueueRefused,
    RetentionRefused,
    RunCancelled,
    RunExists,
    RunFailed,
    RunIdAmbiguous,
    RunNotFinished,
    RunNotFound,
    ScheduleExists,
    ScheduleNotFound,
    ScheduleRefused,
    SchemaMismatch,
    SecretsMissing,
    SecretsRefused,
    SettingRefused,
    SignalsFull,
    SubmissionRefused,
    TokenNotFound,
    TokenRefused,
    TracingUnavailable,
    ValueRefused,
    WaitTimeout,
    WorkerNotFound,
    WrongStatus,
)
from monty_flow.engine.event_log import EventLog, JsonLines
from monty_flow.engine.filters import MAX_TAGS, RunFilter
from monty_flow.engine.forking import Forked
from monty_flow.engine.functions import Functions, HostFunction
from monty_flow.engine.isolation import Isolation
from monty_flow.engine.keys import derived_secrets
from monty_flow.engine.lanes import DEFAULT_NAMESPACE
from monty_flow.engine.large import LargeSettings
from monty_flow.engine.loading import load_functions
from monty_flow.engine.metrics import METRICS, Metric, Metrics, MetricsServer
from monty_flow.engine.observing import AttemptOutcome, EndedAttempt, Observer
from monty_flow.engine.overview import COUNT_LIMIT, SEARCHED_RUNS, Recent, RunPage, ScriptUse, Stranded, WorkerInfo
from monty_flow.engine.queues import Queue
from monty_flow.engine.records import (
    Approval,
    Call,
    ErrorInfo,
    HistoryEntry,
    LogLine,
    Run,
    Signal,
    StoredStep,
    Submission,
)
from monty_flow.engine.retention import Pruned
from monty_flow.engine.retiring import MAX_RETENTION_SECONDS, Retention
from monty_flow.engine.retry import RetryAfter, RetryPolicy
from monty_flow.engine.schedules import Schedule
from monty_flow.engine.secrecy import Secret, load_secrets
from monty_flow.engine.states import CallKind, CallStatus, CatchUp, Overlap, RunStatus
from monty_flow.engine.tokens import ALL_NAMESPACES, NewToken, Role, Token
from monty_flow.engine.tracing import Tracing
from monty_flow.engine.usage import FunctionUse, RunSlot, RunsOverTime, UseSlot
from monty_flow.engine.worker import Worker

__all__ = [
    'Engine',
    'Worker',
    'Functions',
    'HostFunction',
    'RetryPolicy',
    'RetryAfter',
    'CallContext',
    'current_call',
    'executing',
    'load_functions',
    'Secret',
    'Observer',
    'EndedAttempt',
    'AttemptOutcome',
    'METRICS',
    'Metric',
    'Metrics',
    'MetricsServer',
    'EventLog',
    'JsonLines',
    'Tracing',
    'load_secrets',
    'Isolation',
    'Submission',
    'Run',
    'RunStatus',
    'Call',
    'CallKind',
    'CallStatus',
    'HistoryEntry',
    'LogLine',
    'Signal',
    'Approval',
    'Pruned',
    'StoredStep',
    'ErrorInfo',
    'COUNT_LIMIT',
    'MAX_TAGS',
    'MAX_RETENTION_SECONDS',
    'SEARCHED_RUNS',
    'RunFilter',
    'Queue',
    'Schedule',
    'Overlap',
    'CatchUp',
    'RunPage',
    'Recent',
    'WorkerInfo',
    'WorkerNotFound',
    'FunctionUse',
    'RunSlot',
    'RunsOverTime',
    'UseSlot',
    'ALL_NAMESPACES',
    'DEFAULT_NAMESPACE',
    'Token',
    'NewToken',
    'Role',
    'derived_secrets',
    'Clock',
    'SystemClock',
    'ManualClock',
    'moment',
    'EngineError',
    'ApprovalNotFound',
    'ArgumentRefused',
    'DatabaseFull',
    'DatabaseLocked',
    'DatabaseRefused',
    'DatabaseUnavailable',
    'DeadlineExceeded',
    'FunctionRefused',
    'FunctionsNotFound',
    'EncryptionUnavailable',
    'FileRefused',
    'FilterRefused',
    'ForkRefused',
    'Forked',
    'KeysNeeded',
    'KeysRefused',
    'LargeSettings',
    'LargeValueElsewhere',
    'LargeValueMissing',
    'LargeValuesUnavailable',
    'MigrationBlocked',
    'InputsRefused',
    'CallCancelled',
    'NameRefused',
    'NoCurrentCall',
    'NotTransactional',
    'PayloadUnreadable',
    'QueueFull',
    'QueueNotFound',
    'QueueRefused',
    'Retention',
    'RetentionRefused',
    'RunCancelled',
    'RunExists',
    'RunFailed',
    'RunIdAmbiguous',
    'RunNotFinished',
    'RunNotFound',
    'ScriptUse',
    'Stranded',
    'ScheduleExists',
    'ScheduleNotFound',
    'ScheduleRefused',
    'SchemaMismatch',
    'SecretsMissing',
    'SecretsRefused',
    'SettingRefused',
    'TracingUnavailable',
    'SubmissionRefused',
    'SignalsFull',
    'TokenNotFound',
    'TokenRefused',
    'ValueRefused',
    'WaitTimeout',
    'WrongStatus',
]
