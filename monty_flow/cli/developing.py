"""What `monty-flow dev` does beside serving: a worker whose functions follow their file, and a script that is submitted."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import typer

from monty_flow.cli.database import shown
from monty_flow.cli.serving import registered_functions
from monty_flow.cli.submission import read_source
from monty_flow.engine import Engine, EngineError, Functions, Worker
from monty_flow.engine.loading import module_name, reload_functions
from monty_flow.interpreter import MontyError

#: Seconds between two looks at the files.
LOOK_SECONDS = 0.3


class Bench:
    """A worker in a thread, and the files that are looked at; ended when the block is left."""

    def __init__(
        self, url: str, functions: str | None, script: Path | None, inputs: Mapping[str, Any], address: str
    ) -> None:
        self._url = url
        self._place = functions
        self._functions = Functions() if functions is None else registered_functions(functions)
        self._script = script
        self._inputs = inputs
        self._address = address
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look_on, name='dev-files')
        # Made before the server takes its first request, so that the two do not migrate at once.
        self._engine = Engine(url)

    def __enter__(self) -> Bench:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._engine.close()

    def announce(self) -> None:
        """Say where the dashboard is."""
        served = ', '.join(sorted(self._functions.names)) or 'no functions'
        typer.echo(
            f'dashboard at {self._address}, working on {shown(self._url)} with {served}; stop with Ctrl-C', err=True
        )

    def _look_on(self) -> None:
        # First what is there: a file that changes while it is read has changed since.
        seen = self._stamps()
        self._submit()
        while not self._stop.is_set():
            with self._working():
                while not self._stop.wait(LOOK_SECONDS):
                    now = self._stamps()
                    if now == seen:
                        continue
                    changed = {path for path in now if now[path] != seen.get(path)}
                    seen = now
                    if self._script in changed:
                        self._submit()
                    if changed - {self._script} and self._reload():
                        break

    @contextmanager
    def _working(self) -> Iterator[None]:
        worker = Worker(self._url, self._functions)
        thread = threading.Thread(target=worker.run, name='dev-worker')
        thread.start()
        try:
            yield
        finally:
            worker.stop()
            thread.join()

    def _submit(self) -> None:
        if self._script is None:
            return
        try:
            run = self._engine.submit(read_source(self._script), inputs=self._inputs, script_name=self._script.name)
        except (EngineError, MontyError) as error:
            typer.echo(f'{self._script} is not submitted: {error}', err=True)
        except (OSError, typer.Exit):
            # It is being written; the next look finds it whole.
            return
        else:
            typer.echo(f'{self._script.name} is submitted: {self._address}/runs/{run.id}', err=True)

    def _reload(self) -> bool:
        assert self._place is not None
        try:
            self._functions = reload_functions(self._place)
        except Exception:
            typer.echo(traceback.format_exc(), err=True, nl=False)
            typer.echo(f'{self._place} cannot be loaded: the functions stay as they were', err=True)
            return False
        typer.echo(f'{self._place} is loaded again: {", ".join(sorted(self._functions.names))}', err=True)
        return True

    def _stamps(self) -> dict[Path | None, int]:
        return {path: _stamp(path) for path in (self._script, self._file()) if path is not None}

    def _file(self) -> Path | None:
        module = None if self._place is None else sys.modules.get(module_name(self._place))
        file = getattr(module, '__file__', None)
        return None if file is None else Path(file)


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
