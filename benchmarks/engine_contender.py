"""One engine in a process of its own: does one case of the benchmark of engines and prints what it took as JSON.

    python engine_contender.py NAME CASE URL NUMBER

Cases, most of trivial calls that return their argument:

    sequential   one run of NUMBER calls after each other: seconds, and the moments of the calls
    many         NUMBER runs of 3 calls, all there before the first begins, one worker: seconds
    state        NUMBER runs of 20 calls that return 10 KB each, which the run keeps, as `many`: seconds
    submit       NUMBER submissions, in batches where the engine has some, nobody working where that can be had: seconds

Every engine has the settings that a user gets, and writes with `fsync`. A queue has no runs of several calls: it is given a job for each.
"""

from __future__ import annotations

import asyncio
import json
import operator
import os
import sys
from collections.abc import Callable
from random import Random
from time import perf_counter
from typing import Annotated, Any, TypedDict


class State(TypedDict):
    """What a run of LangGraph has counted."""

    count: Annotated[int, operator.add]
    calls: int
    kept: Annotated[list[str], operator.add]


#: Moments of the calls.
marks: list[float] = []
#: Calls of each of many runs, and of those that keep what their calls return; threads for engines that are to be told.
CALLS, GROWING_CALLS = 3, 20
THREADS = 10
#: Bytes that a call of a growing run returns, as digits that compress to half of that.
PIECE_BYTES = 10_000


def marked(i: int) -> int:
    """Do the work of a call."""
    marks.append(perf_counter())
    return i


def piece(i: int) -> str:
    """Do the work of a call of a run that grows."""
    marks.append(perf_counter())
    return Random(i).randbytes(PIECE_BYTES // 2).hex()


def timed(work: Callable[[], Any]) -> float:
    """Return the seconds that some work takes."""
    marks.clear()
    begin = perf_counter()
    work()
    return perf_counter() - begin


def monty_flow(case: str, url: str, number: int) -> float:
    """Run it with this engine."""
    from monty_flow.engine import Engine, Functions, Submission, Worker

    functions = Functions()
    functions.function(name='step')(marked)
    functions.function(name='piece')(piece)
    script = 'for i in range(calls):\n    step(i)'
    if case == 'state':
        script = 'kept = []\nfor i in range(calls):\n    kept.append(piece(i))\nlen(kept)'
    runs, calls = (1, number) if case == 'sequential' else (number, GROWING_CALLS if case == 'state' else CALLS)
    submissions = [Submission(script, inputs={'calls': calls})] * runs

    def submit() -> None:
        for first in range(0, runs, 1_000):
            engine.submit_many(submissions[first : first + 1_000])

    with Engine(url) as engine:
        if case == 'submit':
            return timed(submit)
        # What is begun once a process is begun before, as that of the others is by their `launch`.
        engine.submit('step(0)')
        Worker(url, functions).run_until_idle()
        submit()
        return timed(Worker(url, functions, concurrency=100).run_until_idle)


def dbos(case: str, url: str, number: int) -> float:
    """Run it with DBOS."""
    from dbos import DBOS

    url = url.replace('postgresql://', 'postgresql+psycopg://') if url.startswith('postgres') else url
    DBOS(config={'name': 'bench', 'system_database_url': url, 'log_level': 'ERROR', 'run_admin_server': False})
    step, grow = DBOS.step()(marked), DBOS.step()(piece)

    @DBOS.workflow()
    def work(calls: int) -> None:
        for i in range(calls):
            step(i)

    @DBOS.workflow()
    def keep(calls: int) -> int:
        return len([grow(i) for i in range(calls)])

    DBOS.launch()
    DBOS.register_queue('bench', worker_concurrency=1)
    try:
        if case == 'sequential':
            return timed(lambda: work(number))
        if case == 'submit':
            return timed(lambda: [DBOS.enqueue_workflow('bench', work, CALLS) for _ in range(number)])
        what, calls = (keep, GROWING_CALLS) if case == 'state' else (work, CALLS)
        return timed(
            lambda: [handle.get_result() for handle in [DBOS.start_workflow(what, calls) for _ in range(number)]]
        )
    finally:
        DBOS.destroy()


def absurd(case: str, url: str, number: int) -> float:
    """Run it with Absurd."""
    import psycopg
    from absurd_sdk import Absurd
    from absurdctl import BUNDLED_SCHEMA_SQL

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(BUNDLED_SCHEMA_SQL)
    app = Absurd(url)
    app.create_queue('default')

    @app.register_task('work')
    def work(params: Any, context: Any) -> None:
        for i in range(params['calls']):
            context.step(f'step-{i}', lambda i=i: marked(i))

    @app.register_task('keep')
    def keep(params: Any, context: Any) -> int:
        return len([context.step(f'step-{i}', lambda i=i: piece(i)) for i in range(params['calls'])])

    task, calls = ('keep', GROWING_CALLS) if case == 'state' else ('work', CALLS)
    runs, calls = (1, number) if case == 'sequential' else (number, calls)

    def submit() -> None:
        for _ in range(runs):
            app.spawn(task, {'calls': calls})

    if case == 'submit':
        return timed(submit)
    submit()

    def drain() -> None:
        while len(marks) < runs * calls:
            app.work_batch('bench', claim_timeout=600, batch_size=THREADS)

    return timed(drain)


def langgraph(case: str, url: str, number: int) -> float:
    """Run it with LangGraph and its checkpointer, one checkpoint a call."""
    from langgraph.graph import END, START, StateGraph

    if case == 'submit':
        raise NotImplementedError('it has no queue')
    if url.startswith('sqlite'):
        import sqlite3

        from langgraph.checkpoint.sqlite import SqliteSaver

        saver: Any = SqliteSaver(sqlite3.connect(url.removeprefix('sqlite:///'), check_same_thread=False))
    else:
        import psycopg
        from langgraph.checkpoint.postgres import PostgresSaver
        from psycopg.rows import dict_row

        saver = PostgresSaver(psycopg.connect(url, autocommit=True, prepare_threshold=0, row_factory=dict_row))
    saver.setup()

    def step(state: State) -> dict[str, Any]:
        if case == 'state':
            return {'count': 1, 'kept': [piece(state['count'])]}
        marked(state['count'])
        return {'count': 1}

    graph: Any = StateGraph(State)
    graph.add_node('step', step)
    graph.add_edge(START, 'step')
    graph.add_conditional_edges('step', lambda state: 'step' if state['count'] < state['calls'] else END)
    compiled = graph.compile(checkpointer=saver)

    def run(place: int, calls: int) -> None:
        settings = {'configurable': {'thread_id': str(place)}, 'recursion_limit': calls + 10}
        compiled.invoke({'count': 0, 'calls': calls, 'kept': []}, settings, durability='sync')

    if case == 'sequential':
        return timed(lambda: run(0, number))
    return timed(lambda: [run(place, GROWING_CALLS if case == 'state' else CALLS) for place in range(number)])


def procrastinate(case: str, url: str, number: int) -> float:
    """Run it with procrastinate, which is a queue: one job a call."""
    from procrastinate import App, PsycopgConnector

    app = App(connector=PsycopgConnector(conninfo=url))

    @app.task(name='step')
    async def step(i: int) -> int:
        return marked(i)

    async def main() -> float:
        async with app.open_async():
            await app.schema_manager.apply_schema_async()
            jobs = number * CALLS if case == 'many' else number

            async def submit() -> None:
                for first in range(0, jobs, 1_000):
                    await step.batch_defer_async(*[{'i': i} for i in range(first, min(first + 1_000, jobs))])

            if case == 'submit':
                begin = perf_counter()
                await submit()
                return perf_counter() - begin
            await submit()
            begin = perf_counter()
            await app.run_worker_async(wait=False, concurrency=THREADS, install_signal_handlers=False)
            return perf_counter() - begin

    if case in ('sequential', 'state'):
        raise NotImplementedError('it has no runs of several calls')
    return asyncio.run(main())


def huey(case: str, url: str, number: int) -> float:
    """Run it with huey, which is a queue: one job a call."""
    from huey import SqliteHuey

    queue = SqliteHuey('bench', filename=url.removeprefix('sqlite:///'), fsync=True)

    @queue.task()
    def step(i: int) -> int:
        return marked(i)

    if case in ('sequential', 'state'):
        raise NotImplementedError('it has no runs of several calls')
    jobs = number * CALLS if case == 'many' else number

    def submit() -> None:
        for i in range(jobs):
            step(i)

    if case == 'submit':
        return timed(submit)
    submit()

    def drain() -> None:
        while (task := queue.dequeue()) is not None:
            queue.execute(task)

    return timed(drain)


def restate(case: str, url: str, number: int) -> float:
    """Run it with Restate, whose server calls this process over HTTP."""
    import httpx
    from restate import Service
    from restate_server import RestateServer

    server = RestateServer(url)
    service = Service('bench')

    @service.handler()
    async def work(context: Any, calls: int) -> int:
        for i in range(calls):
            await context.run_typed(f'step-{i}', marked, i=i)
        return calls

    @service.handler()
    async def keep(context: Any, calls: int) -> int:
        return len([await context.run_typed(f'step-{i}', piece, i=i) for i in range(calls)])

    async def main() -> float:
        ready = asyncio.Event()
        serving = asyncio.create_task(server.serve([service], ready.set))
        await ready.wait()
        limits = httpx.Limits(max_connections=THREADS * 10, max_keepalive_connections=THREADS * 10)
        async with httpx.AsyncClient(base_url=server.ingress, timeout=None, limits=limits) as client:

            async def run(handler: str, calls: int) -> None:
                (await client.post(f'/bench/{handler}', json=calls)).raise_for_status()

            what, calls = ('keep', GROWING_CALLS) if case == 'state' else ('work', CALLS)
            runs = [('work', number)] if case == 'sequential' else [(what, calls)] * number
            if case == 'submit':
                runs = [('work/send', CALLS)] * number
            await run('work', 1)
            marks.clear()
            begin = perf_counter()
            await asyncio.gather(*[run(handler, calls) for handler, calls in runs])
            seconds = perf_counter() - begin
        assert not serving.done()
        return seconds

    # To close the loop would wait for all that was submitted; the process ends without.
    return asyncio.new_event_loop().run_until_complete(main())


CONTENDERS = {each.__name__: each for each in (monty_flow, dbos, absurd, langgraph, restate, procrastinate, huey)}


def main() -> None:
    """Do the case and print what came of it."""
    name, case, url, number = sys.argv[1:]
    try:
        seconds = CONTENDERS[name](case, url, int(number))
    except ImportError as error:
        answer: dict[str, Any] = {'missing': f'{error}'}
    except NotImplementedError as error:
        answer = {'unfit': f'{error}'}
    else:
        expected = {'sequential': int(number), 'many': int(number) * CALLS, 'state': int(number) * GROWING_CALLS}.get(
            case
        )
        if expected not in (None, len(marks)):
            answer = {'missing': f'{len(marks)} calls instead of {expected}'}
        else:
            answer = {'seconds': seconds, 'marks': marks if case == 'sequential' else []}
    print(json.dumps(answer), flush=True)
    # Threads that an engine has left must not hold up the end.
    os._exit(0)


if __name__ == '__main__':
    main()
