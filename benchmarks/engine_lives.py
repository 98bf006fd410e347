"""One engine over several processes: how soon an idle worker begins, and how it goes on after kill -9 and after many steps.

    python engine_lives.py NAME CASE URL NUMBER
    python engine_lives.py NAME serve URL FILE      # the worker, in a process of its own

Every run has some calls after each other, may wait to be told to go on, and makes one more call. A call writes a line with its number
and the time into FILE: that is its effect. Prints JSON:

    idle     NUMBER runs of one call, each submitted to a worker that has nothing to do: milliseconds to its call, and to when the one who
             submitted knows its result
    crash    one run of NUMBER calls, whose worker is killed with kill -9 at half of them, and another one started at once: seconds from
             then to the end, effects that are lost, and that are there twice
    resume   one run of NUMBER calls that waits, whose worker is killed then; it is told to go on, and another worker started: milliseconds
             from when that one begins to work to the next call

Every engine has the settings that a user gets, its leases and the times between its looks too.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, ClassVar, TypedDict

#: Seconds between looks at the file, and that a run gets to fall asleep after its last effect.
LOOK_SECONDS, SETTLE_SECONDS = 0.002, 1.0
WAITS_AT_MOST = 3_600.0


class Effects:
    """The file of the effects."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)

    def write(self, what: int | str) -> None:
        """Add a line: the number of a call, or `begin`."""
        with self._path.open('a', encoding='ascii') as file:
            file.write(f'{what} {time.time()}\n')

    def lines(self) -> list[tuple[str, float]]:
        """Return what was written, but no half of a line."""
        if not self._path.exists():
            return []
        text = self._path.read_text('ascii').rpartition('\n')[0]
        pairs = [line.split() for line in text.splitlines()]
        return [(what, float(at)) for what, at in pairs]

    def numbers(self) -> list[int]:
        """Return the numbers of the calls, one for each time that one was executed."""
        return [int(what) for what, _ in self.lines() if what != 'begin']


class MontyFlow:
    """This engine."""

    SCRIPT: ClassVar[str] = (
        'import flow\nfor i in range(calls):\n    effect(i)\nif waits:\n    flow.wait_signal("go")\neffect(calls)'
    )

    def __init__(self, url: str) -> None:
        from monty_flow.engine import Engine

        self._url, self._engine = url, Engine(url)

    def submit(self, calls: int, *, waits: bool = False) -> str:
        return self._engine.submit(self.SCRIPT, inputs={'calls': calls, 'waits': waits}).id

    def wait(self, run: str) -> None:
        self._engine.wait(run)

    def go_on(self, run: str) -> None:
        self._engine.signal(run, 'go')

    def serve(self, effects: Effects, ready: Callable[[], None]) -> None:
        from monty_flow.engine import Functions, Worker

        functions = Functions()
        functions.function(name='effect')(effects.write)
        effects.write('begin')
        ready()
        Worker(self._url, functions).run()


class Dbos:
    """DBOS: a client of its own submits to a queue; a process recovers its runs when it begins."""

    def __init__(self, url: str) -> None:
        self._url = url.replace('postgresql://', 'postgresql+psycopg://')
        self._client: Any = None

    def _connected(self) -> Any:
        from dbos import DBOSClient

        self._client = self._client or DBOSClient(system_database_url=self._url)
        return self._client

    def submit(self, calls: int, *, waits: bool = False) -> str:
        options = {'workflow_name': 'work', 'queue_name': 'bench'}
        return str(self._connected().enqueue(options, calls, waits).get_workflow_id())

    def wait(self, run: str) -> None:
        self._connected().retrieve_workflow(run).get_result()

    def go_on(self, run: str) -> None:
        self._connected().send(run, 'go', topic='go')

    def serve(self, effects: Effects, ready: Callable[[], None]) -> None:
        from dbos import DBOS

        DBOS(
            config={'name': 'bench', 'system_database_url': self._url, 'log_level': 'ERROR', 'run_admin_server': False}
        )

        @DBOS.step(name='effect')
        def effect(i: int) -> None:
            effects.write(i)

        @DBOS.workflow(name='work')
        def work(calls: int, waits: bool) -> None:
            for i in range(calls):
                effect(i)
            if waits:
                DBOS.recv('go', timeout_seconds=WAITS_AT_MOST)
            effect(calls)

        effects.write('begin')
        DBOS.launch()
        DBOS.register_queue('bench')
        # Its client does not make the tables.
        ready()
        while True:
            time.sleep(60)


class AbsurdSdk:
    """Absurd: a worker that looks every quarter of a second, and takes calls over after two minutes."""

    def __init__(self, url: str) -> None:
        import psycopg
        from absurd_sdk import Absurd
        from absurdctl import BUNDLED_SCHEMA_SQL

        with psycopg.connect(url, autocommit=True) as connection:
            if connection.execute("SELECT to_regnamespace('absurd') IS NULL").fetchone() == (True,):
                connection.execute(BUNDLED_SCHEMA_SQL)
        self._app = Absurd(url)
        self._app.create_queue('default')

    def submit(self, calls: int, *, waits: bool = False) -> str:
        return str(self._app.spawn('work', {'calls': calls, 'waits': waits}, queue='default')['task_id'])

    def wait(self, run: str) -> None:
        self._app.await_task_result(run, timeout=WAITS_AT_MOST)

    def go_on(self, run: str) -> None:
        self._app.emit_event('go', {})

    def serve(self, effects: Effects, ready: Callable[[], None]) -> None:
        @self._app.register_task('work')
        def work(params: Any, context: Any) -> None:
            for i in range(params['calls']):
                context.step(f'step-{i}', lambda i=i: effects.write(i))
            if params['waits']:
                context.await_event('go')
            context.step('last', lambda: effects.write(params['calls']))

        effects.write('begin')
        ready()
        self._app.start_worker()


class Asked(TypedDict):
    """The state of a run of LangGraph."""

    count: Annotated[int, lambda old, new: old + new]
    calls: int
    waits: bool


class LangGraph:
    """LangGraph with its checkpointer: whoever starts the process invokes the graph, which goes on where its last checkpoint is."""

    def __init__(self, url: str) -> None:
        self._url = url
        # It has no queue: what is to be done lies beside the effects.
        self._job = Path(os.environ['BENCH_JOB'])

    def submit(self, calls: int, *, waits: bool = False) -> str:
        if not calls:
            raise NotImplementedError('it has no queue')
        self._job.write_text(json.dumps({'calls': calls, 'waits': waits, 'told': False}))
        return 'run'

    def wait(self, run: str) -> None:
        while not self._job.with_suffix('.done').exists():
            time.sleep(LOOK_SECONDS)

    def go_on(self, run: str) -> None:
        self._job.write_text(json.dumps(json.loads(self._job.read_text()) | {'told': True}))

    def serve(self, effects: Effects, ready: Callable[[], None]) -> None:
        from langgraph.graph import END, START, StateGraph
        from langgraph.types import Command, interrupt

        def step(state: Asked) -> dict[str, int]:
            if state['waits'] and state['count'] == state['calls']:
                interrupt('go')
            effects.write(state['count'])
            return {'count': 1}

        graph: Any = StateGraph(Asked)
        graph.add_node('step', step)
        graph.add_edge(START, 'step')
        graph.add_conditional_edges('step', lambda state: 'step' if state['count'] <= state['calls'] else END)
        effects.write('begin')
        ready()
        compiled = graph.compile(checkpointer=self._saver())
        while not self._job.exists():
            time.sleep(LOOK_SECONDS)
        job = json.loads(self._job.read_text())
        settings: Any = {'configurable': {'thread_id': 'run'}, 'recursion_limit': job['calls'] + 10}
        given = {'count': 0, 'calls': job['calls'], 'waits': job['waits']}
        if compiled.get_state(settings).values:
            given = Command(resume=True) if job['told'] else None  # type: ignore[assignment]
        compiled.invoke(given, settings, durability='sync')
        if not job['waits'] or job['told']:
            self._job.with_suffix('.done').touch()
        while True:
            time.sleep(60)

    def _saver(self) -> Any:
        if self._url.startswith('sqlite'):
            import sqlite3

            from langgraph.checkpoint.sqlite import SqliteSaver

            saver: Any = SqliteSaver(sqlite3.connect(self._url.removeprefix('sqlite:///'), check_same_thread=False))
        else:
            import psycopg
            from langgraph.checkpoint.postgres import PostgresSaver
            from psycopg.rows import dict_row

            saver = PostgresSaver(
                psycopg.connect(self._url, autocommit=True, prepare_threshold=0, row_factory=dict_row)
            )
        saver.setup()
        return saver


class Procrastinate:
    """Procrastinate, a queue: a job is one call, and nobody waits for its result."""

    def __init__(self, url: str) -> None:
        import psycopg
        from procrastinate import App, PsycopgConnector, SyncPsycopgConnector

        self._app = App(connector=SyncPsycopgConnector(conninfo=url))
        self._app.open()
        with psycopg.connect(url) as connection:
            if connection.execute("SELECT to_regclass('procrastinate_jobs') IS NULL").fetchone() == (True,):
                self._app.schema_manager.apply_schema()
        self._working = App(connector=PsycopgConnector(conninfo=url))

    def submit(self, calls: int, *, waits: bool = False) -> str:
        if calls or waits:
            raise NotImplementedError('it has no runs of several calls')
        return str(self._app.configure_task('effect').defer(i=0))

    def wait(self, run: str) -> None:
        raise NotImplementedError('it keeps no results')

    def go_on(self, run: str) -> None:
        raise NotImplementedError

    def serve(self, effects: Effects, ready: Callable[[], None]) -> None:
        @self._working.task(name='effect')
        def effect(i: int) -> None:
            effects.write(i)

        effects.write('begin')
        ready()
        self._working.run_worker()


class Huey:
    """Huey, a queue: a job is one call."""

    def __init__(self, url: str) -> None:
        from huey import SqliteHuey

        self._queue = SqliteHuey('bench', filename=url.removeprefix('sqlite:///'), fsync=True)
        self._effects: Effects | None = None

        @self._queue.task()
        def effect(i: int) -> int:
            assert self._effects is not None
            self._effects.write(i)
            return i

        self._effect = effect
        self._results: dict[str, Any] = {}

    def submit(self, calls: int, *, waits: bool = False) -> str:
        if calls or waits:
            raise NotImplementedError('it has no runs of several calls')
        result = self._effect(0)
        self._results[result.id] = result
        return str(result.id)

    def wait(self, run: str) -> None:
        self._results.pop(run).get(blocking=True)

    def go_on(self, run: str) -> None:
        raise NotImplementedError

    def serve(self, effects: Effects, ready: Callable[[], None]) -> None:
        self._effects = effects
        effects.write('begin')
        ready()
        self._queue.create_consumer().run()


class Restate:
    """Restate: its server stays, and calls the worker again when that has died."""

    def __init__(self, url: str) -> None:
        import httpx
        from restate_server import RestateServer

        self._server = RestateServer(url)
        self._client = httpx.Client(base_url=self._server.ingress, timeout=None)

    def submit(self, calls: int, *, waits: bool = False) -> str:
        run = uuid.uuid4().hex
        self._client.post(f'/work/{run}/run/send', json={'calls': calls, 'waits': waits}).raise_for_status()
        return run

    def wait(self, run: str) -> None:
        self._client.get(f'/restate/workflow/work/{run}/attach').raise_for_status()

    def go_on(self, run: str) -> None:
        # The workflow's process is to do this too, and there is none while it is down.
        self._client.post(f'/work/{run}/go_on/send').raise_for_status()

    def serve(self, effects: Effects, ready: Callable[[], None]) -> None:
        import restate

        workflow = restate.Workflow('work')

        @workflow.main()
        async def run(context: Any, order: dict[str, Any]) -> None:
            for i in range(order['calls']):
                await context.run_typed(f'step-{i}', effects.write, what=i)
            if order['waits']:
                await context.promise('go').value()
            await context.run_typed('last', effects.write, what=order['calls'])

        @workflow.handler()
        async def go_on(context: Any) -> None:
            await context.promise('go').resolve(None)

        effects.write('begin')
        asyncio.run(self._server.serve([workflow], ready))


CONTENDERS: dict[str, Callable[[str], Any]] = {
    'monty_flow': MontyFlow,
    'dbos': Dbos,
    'absurd': AbsurdSdk,
    'langgraph': LangGraph,
    'restate': Restate,
    'procrastinate': Procrastinate,
    'huey': Huey,
}


def until(fact: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait for a fact; raise when the worker ends before."""
    while not fact():
        if process.poll() is not None:
            raise RuntimeError(f'the worker ended with {process.returncode}')
        time.sleep(LOOK_SECONDS)


@contextmanager
def serving(name: str, url: str, file: str) -> Iterator[subprocess.Popen[str]]:
    """Have a worker at work, killed at the end of the block."""
    command = [sys.executable, __file__, name, 'serve', url, file]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        if process.stdout.readline() != 'ready\n':
            raise RuntimeError('the worker did not start')
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def idle(name: str, url: str, number: int, file: str) -> dict[str, Any]:
    """Submit to a worker that has nothing to do, again and again."""
    engine, effects = CONTENDERS[name](url), Effects(file)
    begun, done = [], []
    with serving(name, url, file) as process:
        for place in range(number + 3):
            # Moments that fall anywhere between two looks of a worker that looks.
            time.sleep(SETTLE_SECONDS if place < 3 else 0.05 + place * 0.037 % 0.1)
            begin = time.time()
            run = engine.submit(0)
            try:
                engine.wait(run)
                ended: float | None = time.time()
            except NotImplementedError:
                until(lambda place=place: len(effects.numbers()) > place, process)  # type: ignore[misc]
                ended = None
            _, at = effects.lines()[-1]
            if place >= 3:
                begun.append((at - begin) * 1000)
                done += [] if ended is None else [(ended - begin) * 1000]
    return {'first_call_ms': begun, 'result_ms': done}


def crash(name: str, url: str, number: int, file: str) -> dict[str, Any]:
    """Kill the worker in the middle of a run."""
    engine, effects = CONTENDERS[name](url), Effects(file)
    with serving(name, url, file) as process:
        run = engine.submit(number - 1)
        until(lambda: len(effects.numbers()) >= number // 2, process)
    killed = time.time()
    with serving(name, url, file):
        engine.wait(run)
        seconds = time.time() - killed
    executed = effects.numbers()
    return {
        'recovery_seconds': seconds,
        'lost': number - len(set(executed)),
        'repeated': len(executed) - len(set(executed)),
    }


def resume(name: str, url: str, number: int, file: str) -> dict[str, Any]:
    """Let a run go on that has waited since before the worker began."""
    engine, effects = CONTENDERS[name](url), Effects(file)
    with serving(name, url, file) as process:
        run = engine.submit(number, waits=True)
        until(lambda: len(effects.numbers()) >= number, process)
        time.sleep(SETTLE_SECONDS)
    engine.go_on(run)
    with serving(name, url, file) as process:
        until(lambda: len(effects.numbers()) > number, process)
    began = max(at for what, at in effects.lines() if what == 'begin')
    [last] = [at for what, at in effects.lines() if what == str(number)]
    return {'resume_ms': (last - began) * 1000}


CASES = {each.__name__: each for each in (idle, crash, resume)}


def main() -> None:
    """Do the case and print what came of it."""
    name, case, url, rest = sys.argv[1:]
    if case == 'serve':
        effects = Effects(rest)

        def ready() -> None:
            print('ready', flush=True)

        CONTENDERS[name](url).serve(effects, ready)
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ['BENCH_JOB'] = f'{folder}/job'
        try:
            answer = CASES[case](name, url, int(rest), f'{folder}/effects')
        except ImportError as error:
            answer = {'missing': f'{error}'}
        except NotImplementedError as error:
            answer = {'unfit': f'{error}'}
    print(json.dumps(answer), flush=True)
    # Threads that an engine has left must not hold up the end.
    os._exit(0)


if __name__ == '__main__':
    main()
