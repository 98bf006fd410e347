"""Record golden files: snapshots of the scripts in a folder beside this file at every pause, and a database with waiting runs.

    python -m tests.snapshots.record v1 tests/engine/golden/v0001.sqlite

What is there already is kept: a golden file is never written again once a release could have written such bytes.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Any

from monty_flow import KeyRing, Monty, MontyRuntimeError, Snapshot, load
from monty_flow.engine import Engine, Functions, Worker
from tests.differential import HOST, Observer

#: A script that comes to a call that the recording worker does not serve.
SCRIPT = """
import time

def visit(city, found):
    for number in range(3):
        found.append((city, number, early(number)))
        print('seen', city, number)
    time.sleep(0.001)
    return [late(item) for item in found]

try:
    raise ValueError('kept')
except ValueError as error:
    found = visit(name, [])
    found.append(str(error))
found
"""


def answered(state: Snapshot, observer: Observer) -> Snapshot | None:
    """Answer the call that a snapshot waits for, and return the next pause, None at the end."""
    given: dict[str, Any] = {}
    try:
        given['return_value'] = observer.call(state.function_name, state.args, state.kwargs)
    except Exception as error:
        given['exception'] = error
    # A script may end with an error.
    with contextlib.suppress(MontyRuntimeError):
        after = state.resume(**given)
        return after if isinstance(after, Snapshot) else None
    return None


#: What the signed ones are signed with; no secret.
KEYS = KeyRing({'golden': b'the key of the golden snapshots '})


def is_signed(name: str) -> bool:
    """Tell whether a golden snapshot is signed, for its name: every other one from version 2 on."""
    return not name.startswith('v1/') and int(name.split('.')[-2]) % 2 == 1


def record_snapshots(folder: Path) -> None:
    """Write `script.pause.mflw` for each pause (from 0) of each script; every version has the scripts of the first."""
    folder.mkdir(exist_ok=True)
    scripts = {path.name: path for path in (*folder.parent.glob('v1/*.py'), *folder.glob('*.py'))}
    for script in sorted(scripts.values()):
        path = folder / script.name
        observer = Observer()
        state = Monty(script.read_text('utf-8'), external_functions=tuple(HOST)).start(print_callback=observer.write)
        pause = 0
        current = state if isinstance(state, Snapshot) else None
        while current is not None:
            data = current.dump()
            target = path.with_suffix(f'.{pause:02}.mflw')
            name = f'{folder.name}/{target.name}'
            if not target.exists():
                signed = is_signed(name)
                target.write_bytes(current.dump(keys=KEYS, binding=name.encode()) if signed else data)
            current = answered(load(data, print_callback=observer.write), observer)
            pause += 1


def record_database(path: Path) -> None:
    """Write a database with a run that waits for `late`, one that nobody began, and one that succeeded."""
    functions = Functions()
    functions.function(name='early')(lambda number: number * 10)
    url = f'sqlite:///{path}'
    with Engine(url) as engine:
        waiting = engine.submit(SCRIPT, inputs={'name': 'Oslo'}, key='waiting')
        engine.submit('late(n) + 1', inputs={'n': 20}, key='pending')
        done = engine.submit('[early(2), None]', key='done')
        worker = Worker(url, functions, worker_id='recorder')
        worker.run_until(done.id)
        worker.run_until(lambda: any(call.function == 'late' for call in engine.calls(waiting.id)))


if __name__ == '__main__':
    record_snapshots(Path(__file__).parent / sys.argv[1])
    database = Path(sys.argv[2])
    if not database.exists():
        record_database(database)
