"""Large values leave the rows of runs, are kept once, and are read when somebody asks for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import delete, update

from monty_flow import KeyRing
from monty_flow.engine import (
    Engine,
    FileRefused,
    Functions,
    LargeSettings,
    LargeValueMissing,
    ManualClock,
    RunStatus,
    Worker,
    payloads,
)
from monty_flow.engine.keys import place_of, rotate
from monty_flow.engine.large import GRACE_US, is_out
from monty_flow.engine.schema import large_uses, large_values
from monty_flow.engine.store import Store
from monty_flow.engine.store.statements import Statement
from monty_flow.plain import plain
from tests.engine.bench import Bench

#: A text that no compressor makes small.
LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'
DOCUMENT = ''.join(Random(1).choices(LETTERS, k=100_000))
READS = """
text = read('a')
parts = []
for i in range(4):
    parts.append(measure(text, i))
text
"""


@pytest.fixture
def reader(bench: Bench) -> Bench:
    """Return a bench with functions that give and take a large text."""
    bench.functions.function(name='read')(lambda name: DOCUMENT)
    bench.functions.function(name='measure')(lambda text, i: len(text) + i)
    return bench


def reads(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Return a list that gets the name of every content that the engine reads from now on."""
    found: list[bytes] = []
    read = type(bench.engine._store).large_rows

    def noting(store: Store, names: Sequence[bytes]) -> Any:
        found.extend(names)
        return read(store, names)

    monkeypatch.setattr(type(bench.engine._store), 'large_rows', noting)
    return found


def kept(engine: Engine) -> int:
    """Return how many contents the database has."""
    return engine._store.count_large()[0]


def stored(engine: Engine, run_id: str) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of a run."""
    return engine._store.rows_of_run(run_id)


def tamper(store: Store, clause: Any) -> None:
    """Change rows as no operation of the store does."""
    changed = Statement(clause, store.dialect)
    assert store._execute(changed, {}) > 0


def test_a_text_that_is_input_argument_result_variable_and_output_is_kept_once(reader: Bench) -> None:
    run = reader.run('[measure(text, 1), measure(text=text, i=2)]\ntext', text=DOCUMENT)
    other = reader.run(READS)

    assert (run.status, other.status) == (RunStatus.SUCCEEDED, RunStatus.SUCCEEDED)
    assert (run.output, other.output) == (DOCUMENT, DOCUMENT)
    assert kept(reader.engine) == 1


def test_rows_stay_small(reader: Bench) -> None:
    run = reader.run(READS)
    rows = stored(reader.engine, run.id)

    assert is_out(rows['runs'][0]['output'])
    assert all(len(call['arguments']) < 300 for call in rows['calls'] if call['arguments'] is not None)
    assert all(len(call['result'] or b'') < 300 for call in rows['calls'])
    # The first state has no document yet. The one of the next step is a full frame, which is without it, like the rest.
    assert all(row['data'] is not None and len(row['data']) < 2000 for row in rows['snapshots'])


def test_lists_read_none_of_them_and_a_look_reads_one(reader: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    reader.run(READS)
    found = reads(reader, monkeypatch)

    [run] = reader.engine.list()
    calls = reader.engine.calls(run.id)
    shown = plain(run), plain(calls)
    assert found == []
    assert shown[0]['output'] == {'kept_apart_bytes': 100_005}
    assert shown[1][1]['args'] == [{'kept_apart_bytes': 100_009}]
    assert shown[1][1]['kwargs'] == {'...': {'kept_apart_bytes': 100_009}}

    assert calls[0].result == DOCUMENT
    assert len(found) == 1
    assert (calls[1].args, calls[1].kwargs, run.output) == ((DOCUMENT, 0), {}, DOCUMENT)
    assert len(found) == 3
    assert plain(run)['output'] == DOCUMENT


def test_what_is_large_without_a_large_text_leaves_as_a_whole(bench: Bench) -> None:
    bench.functions.function(name='numbers')(lambda: list(range(100_000, 130_000)))
    run = bench.run('numbers()')

    assert run.output == list(range(100_000, 130_000))
    assert is_out(stored(bench.engine, run.id)['runs'][0]['output'])
    assert kept(bench.engine) == 1


def test_a_worker_that_has_never_seen_a_run_goes_on_with_it(reader: Bench) -> None:
    run = reader.engine.submit(READS)
    for _ in range(6):
        steps = reader.engine.get(run.id).step
        reader.worker().run_until(lambda steps=steps: reader.engine.get(run.id).step > steps or _over(reader, run.id))

    assert reader.engine.result(run.id) == DOCUMENT
    state = reader.engine.snapshot(run.id, step=3)
    assert state is not None
    assert state.args == (DOCUMENT, 1)


def _over(bench: Bench, run_id: str) -> bool:
    return bench.engine.get(run_id).finished_at is not None


def test_a_text_that_grows_is_stored_by_what_it_grew_by(bench: Bench) -> None:
    pieces = iter(range(100))
    bench.functions.function(name='say')(lambda: ''.join(Random(next(pieces)).choices(LETTERS, k=1000)))
    bench.functions.function(name='note')(lambda: None)
    run = bench.run(
        "said = 'x' * 70_000 + start\nfor i in range(12):\n    said += say()\n    note()\nlen(said)", start=DOCUMENT
    )

    sizes = [row['base'] is not None and len(row['data']) for row in stored(bench.engine, run.id)['snapshots']]
    assert run.output == 70_000 + 100_000 + 12_000
    assert all(size < 2500 for size in sizes[1:] if size)
    # A full frame keeps the text as it is then: far fewer than there are steps.
    assert kept(bench.engine) <= 4


def test_what_a_run_names_stays_and_what_nothing_names_goes_after_a_while(reader: Bench) -> None:
    made = "''.join(random.choices('abcdefghijklmnopqrstuvwxyz0123456789', k=90_000))"
    run = reader.engine.submit(
        f'import random, time\nfor i in range(3):\n    kept = {made}\n    time.sleep(1)\nlen(kept)', keep_snapshots=1
    )
    for _ in range(4):
        reader.work()
        reader.clock.advance(2)
    assert reader.engine.get(run.id).status is RunStatus.SUCCEEDED
    before = kept(reader.engine)
    assert before >= 2

    assert reader.engine.prune().large == 0
    reader.clock.advance(GRACE_US / 1e6 + 1)
    assert reader.engine.prune().large > 0
    assert kept(reader.engine) < before
    assert reader.engine.result(run.id) == 90_000
    assert reader.engine.snapshot(run.id, step=3) is not None
    assert reader.engine.prune().large == 0


def test_a_worker_removes_what_nothing_names(reader: Bench) -> None:
    store = reader.engine._store
    content = payloads.encode(DOCUMENT)
    _, used = reader.engine._large.out(content)
    run = reader.engine.submit('1')
    with store.transaction():
        store.put_large([(run.id, used[0])])
    assert kept(reader.engine) == 1
    with store.transaction():
        tamper(store, delete(large_uses).where(large_uses.c.run_id == run.id))

    def gone() -> bool:
        reader.clock.advance(GRACE_US / 1e6 + 1)
        return kept(reader.engine) == 0

    with reader.at_work():
        reader.wait_for(gone)


def test_a_step_that_relies_upon_what_was_removed_writes_it_again(reader: Bench) -> None:
    large = reader.engine._large
    _, used = large.out(payloads.encode(DOCUMENT))
    run = reader.engine.submit('1')
    store = reader.engine._store
    large.committed(used)
    _, relied = large.out(payloads.encode(DOCUMENT))
    assert [each.is_known for each in relied] == [True]

    with pytest.raises(LargeValueMissing), store.transaction():
        store.put_large([(run.id, relied[0])])
    large.forget()
    _, again = large.out(payloads.encode(DOCUMENT))
    with store.transaction():
        store.put_large([(run.id, again[0])])
    assert kept(reader.engine) == 1


def test_a_step_that_was_not_committed_leaves_nothing_in_the_database(reader: Bench) -> None:
    _, used = reader.engine._large.out(payloads.encode(DOCUMENT))
    store = reader.engine._store
    run = reader.engine.submit('1')

    def dying() -> None:
        with store.transaction():
            store.put_large([(run.id, used[0])])
            raise RuntimeError('the process dies here')

    with pytest.raises(RuntimeError):
        dying()

    assert kept(reader.engine) == 0


def test_a_content_that_was_changed_in_the_database_sets_its_run_aside(reader: Bench) -> None:
    run = reader.engine.submit(READS)
    reader.worker().run_until(lambda: reader.engine.get(run.id).step >= 3)
    before = reader.engine.get(run.id)
    store = reader.engine._store
    forged = payloads.encode(DOCUMENT.replace('a', 'b'))
    [name] = {bytes.fromhex(use['digest']) for use in stored(reader.engine, run.id)['large_uses']}
    with store.transaction():
        data = reader.engine._codec.seal_large(name, forged[1:])
        tamper(store, update(large_values).values(data=data))

    reader.work()

    found = reader.engine.get(run.id)
    assert found.status is RunStatus.PAUSED
    assert found.error is not None
    assert 'not the one that it refers to' in found.error.message
    assert found.step == before.step


def test_a_content_that_is_gone_says_so(reader: Bench) -> None:
    run = reader.run(READS)
    store = reader.engine._store
    with store.transaction():
        tamper(store, delete(large_uses).where(large_uses.c.run_id == run.id))
        store.sweep_large(reader.clock.now() + 1)

    with pytest.raises(LargeValueMissing, match='the database has no row of it'):
        _ = run.output


def test_signals_children_and_forks_have_them_too(reader: Bench) -> None:
    child = 'measure(text, 0)\ntext'
    script = f"import flow\ntext = flow.wait_signal('go')\nflow.run({child!r}, text=text) == text"
    run = reader.engine.submit(script)
    reader.work()
    reader.engine.signal(run.id, 'go', DOCUMENT)
    reader.work()

    assert reader.engine.result(run.id) is True
    assert reader.engine.signals(run.id)[0].value == DOCUMENT
    assert kept(reader.engine) <= 2
    fork = reader.engine.fork(run.id, at=1).run
    assert fork is not None
    reader.engine.signal(fork.id, 'go', 'short')
    reader.work()
    assert reader.engine.result(fork.id) is True


def test_a_run_that_is_retried_gets_the_recorded_value_again(reader: Bench) -> None:
    run = reader.run("text = read('a')\nimport flow\nif flow.now().year < 2031: 1 / 0\ntext")
    assert run.status is RunStatus.FAILED
    assert is_out(stored(reader.engine, run.id)['calls'][1]['result'])

    reader.clock.advance(3600 * 24 * 366)
    reader.engine.retry(run.id)
    reader.work()

    assert reader.engine.calls(run.id)[0].attempts == 1
    assert reader.engine.get(run.id).output == DOCUMENT


def test_a_fork_names_what_its_origin_does(reader: Bench) -> None:
    run = reader.run(READS)
    fork = reader.engine.fork(run.id, at=3).run
    assert fork is not None
    store = reader.engine._store
    with store.transaction():
        tamper(store, delete(large_uses).where(large_uses.c.run_id == run.id))
    reader.clock.advance(GRACE_US / 1e6 + 1)
    reader.engine.prune()
    reader.work()

    assert reader.engine.result(fork.id) == DOCUMENT
    assert reader.engine.calls(fork.id)[0].result == DOCUMENT


def test_a_run_takes_them_along_as_a_file(reader: Bench, tmp_path: Path) -> None:
    run = reader.engine.submit(READS)
    reader.worker().run_until(lambda: reader.engine.get(run.id).step >= 3)
    keys = KeyRing.generate()
    data = reader.engine.export(run.id, keys=keys)

    with Engine(f'sqlite:///{tmp_path}/elsewhere.db', clock=reader.clock) as elsewhere:
        elsewhere.import_run(data, keys=keys)
        assert kept(elsewhere) == 1
        Worker(elsewhere.url, reader.functions, clock=reader.clock).run_until(run.id)
        assert elsewhere.result(run.id) == DOCUMENT
    with pytest.raises(FileRefused):
        reader.engine.import_run(data[:-40] + data[-39:], keys=keys)


def test_values_below_the_size_stay_and_never_keeps_all(url: str, clock: ManualClock) -> None:
    for settings in (LargeSettings(from_bytes=None), LargeSettings(from_bytes=1_000_000)):
        with Engine(url, clock=clock, large_values=settings) as engine:
            run = engine.submit('text', inputs={'text': DOCUMENT})
            Worker(url, Functions(), clock=clock, large_values=settings).run_until(run.id)
            assert engine.result(run.id) == DOCUMENT
            assert kept(engine) == 0


def test_a_worker_that_writes_the_format_before_leaves_all_in_the_rows(reader: Bench) -> None:
    run = reader.engine.submit(READS)
    reader.work(snapshot_format=1)

    assert reader.engine.result(run.id) == DOCUMENT
    assert kept(reader.engine) == 0


def test_an_encrypted_database_has_no_text_of_them(sqlite_url: str, clock: ManualClock) -> None:
    path = place_of(sqlite_url)
    assert path is not None
    rotate(path, clock, encrypts=True)
    bench = Bench(sqlite_url, clock)
    bench.functions.function(name='read')(lambda: 'secret words ' * 10_000)
    run = bench.run('read()')

    assert run.output == 'secret words ' * 10_000
    [(data, _)] = bench.engine._store.large_rows(
        [bytes.fromhex(use['digest']) for use in stored(bench.engine, run.id)['large_uses']]
    ).values()
    assert data is not None
    assert b'secret' not in data
    bench.engine.close()


# In files.


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder for contents."""
    return tmp_path / 'values'


@pytest.fixture
def filing(url: str, clock: ManualClock, folder: Path) -> Bench:
    """Return a bench whose contents are files."""
    settings = LargeSettings(place=f'file://{folder}')
    bench = Bench(url, clock)
    bench.engine = Engine(url, clock=clock, large_values=settings)
    bench.functions.function(name='read')(lambda name: DOCUMENT)
    bench.functions.function(name='measure')(lambda text, i: len(text) + i)
    bench.worker = lambda functions=None, **more: Worker(  # type: ignore[method-assign]
        url, functions or bench.functions, clock=clock, poll_seconds=0.002, large_values=settings, **more
    )
    return bench


def files(folder: Path) -> list[str]:
    """Return the names of the files of a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob('*') if path.is_file())


def test_contents_are_files_of_a_folder(filing: Bench, folder: Path) -> None:
    run = filing.run(READS)

    assert run.output == DOCUMENT
    found = files(folder)
    assert all(re.fullmatch(r'[0-9a-f]{2}/[0-9a-f]{64}\.[0-9a-f]{16}', name) for name in found)
    assert kept(filing.engine) == 1
    state = filing.engine.snapshot(run.id, step=4)
    assert state is not None
    assert state.args[0] == DOCUMENT


def test_a_process_that_does_not_know_the_folder_says_what_to_name(filing: Bench, url: str) -> None:
    run = filing.run(READS)

    with Engine(url) as engine, pytest.raises(LargeValueMissing, match='MONTY_FLOW_LARGE_VALUES'):
        engine.result(run.id)


def test_a_worker_that_does_not_know_the_folder_leaves_the_run_to_one_that_does(filing: Bench, url: str) -> None:
    run = filing.engine.submit(READS)
    filing.worker().run_until(lambda: filing.engine.get(run.id).step >= 3)

    Worker(url, filing.functions, clock=filing.clock).run_until_idle()

    waiting = filing.engine.get(run.id)
    assert waiting.status is RunStatus.WAITING
    assert 'this process has no MONTY_FLOW_LARGE_VALUES' in str(waiting.waiting_for)
    filing.clock.advance(10)
    filing.work()
    assert filing.engine.result(run.id) == DOCUMENT


def test_a_crash_after_the_file_leaves_garbage_that_prune_removes(filing: Bench, folder: Path) -> None:
    filing.engine._large.out(payloads.encode('garbage' * 20_000))
    run = filing.run(READS)
    assert len(files(folder)) >= 2

    # Files tell the time of the machine, which is before that of the clock.
    filing.engine.prune()

    assert len(files(folder)) == 1
    assert filing.engine.result(run.id) == DOCUMENT


def test_a_row_cannot_name_a_file_of_another_place(filing: Bench, folder: Path) -> None:
    run = filing.run(READS)
    (folder.parent / 'secret').write_text('x')
    store = filing.engine._store
    with store.transaction():
        tamper(store, update(large_values).values(file='../secret'))

    with pytest.raises(LargeValueMissing, match='names a file that is none'):
        _ = filing.engine.get(run.id).output


def test_items_of_a_map_may_be_large(reader: Bench) -> None:
    names = [str(item) * 30_000 for item in range(4)]
    run = reader.run("import flow\n[len(text) for text in flow.map('read', names)]", names=names)

    assert run.output == [100_000] * 4
    assert kept(reader.engine) >= 2
