"""The command that does the work of runs: `worker`."""

from __future__ import annotations

import logging
import sys
import traceback
from typing import TYPE_CHECKING, Annotated

import typer

from monty_flow.cli.database import database_url, shown
from monty_flow.cli.exit_codes import ExitCode
from monty_flow.cli.options import FUNCTIONS_HELP, AsJson, Concurrency, Database, Lease, SecretsFile
from monty_flow.cli.records import print_json

if TYPE_CHECKING:
    from monty_flow.engine import Functions, Observer


def worker(
    functions: Annotated[str, typer.Argument(metavar='MODULE:NAME', help=FUNCTIONS_HELP)],
    concurrency: Concurrency = 10,
    lease: Lease = 15,
    snapshot_format: Annotated[
        int | None,
        typer.Option(
            '--snapshot-format',
            metavar='N',
            min=1,
            show_default=False,
            help='Write an older format, while workers of the release before still run.',
        ),
    ] = None,
    isolation: Annotated[
        str,
        typer.Option(
            '--isolation',
            metavar='process|none',
            help='Where scripts run: in child processes behind the walls of the kernel, or in the worker itself.',
        ),
    ] = 'process',
    queues: Annotated[
        str | None,
        typer.Option('--queues', metavar='A,B', help='Take calls from these queues only.', show_default=False),
    ] = None,
    secrets_file: SecretsFile = None,
    metrics_port: Annotated[
        int | None,
        typer.Option(
            '--metrics-port',
            metavar='PORT',
            min=0,
            max=65535,
            show_default=False,
            help='Serve metrics for Prometheus here, at /metrics.',
        ),
    ] = None,
    metrics_host: Annotated[
        str, typer.Option('--metrics-host', metavar='ADDRESS', help='The address for that; 0.0.0.0 for all.')
    ] = '127.0.0.1',
    log: Annotated[
        str | None,
        typer.Option('--log', metavar='text|json', help='Log what happens to stderr.', show_default=False),
    ] = None,
    trace: Annotated[bool, typer.Option('--trace', help='Write traces by OpenTelemetry.')] = False,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Do the work of runs until stopped.

    Ctrl-C or SIGTERM finishes the calls in hand and ends; a second one ends at once.
    """
    from monty_flow.engine import Worker, load_secrets

    registered = registered_functions(functions)
    url = database_url(database)
    watched = watching(metrics_host, metrics_port, log, trace=trace)
    try:
        serving = Worker(
            url,
            registered,
            concurrency=concurrency,
            lease_seconds=lease,
            snapshot_format=snapshot_format,
            isolation=isolation,
            queues=None if queues is None else [name.strip() for name in queues.split(',')],
            secrets=load_secrets(secrets_file),
            observers=watched,
        )
    except ValueError as error:
        raise typer.BadParameter(f'{error}.') from None
    if as_json:
        print_json({'database': shown(url), 'functions': sorted(registered.names), 'concurrency': concurrency})
    else:
        typer.echo(f'working on {shown(url)} with {", ".join(sorted(registered.names))}; stop with Ctrl-C', err=True)
    serving.run(install_signal_handlers=True)


def watching(host: str, port: int | None, log: str | None, *, trace: bool) -> list[Observer]:
    """Return the observers that the options of a worker ask for, and serve the metrics."""
    from monty_flow.engine import EventLog, JsonLines, Metrics, MetricsServer, Tracing
    from monty_flow.engine.event_log import log_event

    found: list[Observer] = []
    if log is not None:
        if log not in ('text', 'json'):
            raise typer.BadParameter(f'--log {log!r} is neither text nor json.')
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines() if log == 'json' else FieldsBehind())
        logging.getLogger('monty_flow').addHandler(handler)
        logging.getLogger('monty_flow').setLevel(logging.INFO)
        found.append(EventLog(log_event))
    if trace:
        found.append(Tracing())
    if port is not None:
        metrics = Metrics()
        try:
            server = MetricsServer(metrics, host=host, port=port)
        except OSError as error:
            raise typer.BadParameter(f'--metrics-port {port}: {error.strerror}.') from None
        typer.echo(f'metrics are at http://{host}:{server.port}/metrics', err=True)
        found.append(metrics)
    return found


class FieldsBehind(logging.Formatter):
    """Write a log record as a line with its fields behind the message."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        fields = getattr(record, 'fields', {})
        line = f'{self.formatTime(record)} {record.levelname.lower()} {super().format(record)}'
        return ' '.join([line, *(f'{name}={value}' for name, value in fields.items())])


def registered_functions(place: str) -> Functions:
    """Load functions; an error that their own module raises is shown as Python shows it, with a sentence."""
    from monty_flow.engine import EngineError, load_functions

    try:
        return load_functions(place)
    except EngineError:
        raise
    except Exception:
        typer.echo(traceback.format_exc(), err=True, nl=False)
        typer.echo(f'{place} cannot be loaded: its module raises the error above; mend it and try again.', err=True)
        raise typer.Exit(ExitCode.FUNCTIONS) from None


COMMANDS = (worker,)
