"""The Python clients against a server that really listens."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from monty_flow.client import AsyncClient, Client, ServerError
from monty_flow.engine import Engine, Functions
from tests.server.live import listening, working

SOURCE = "import time\nprint('go')\nx = double(n)\ntime.sleep(0.01)\nprint('done')\nx + 1"
functions = Functions()


@functions.function()
def double(x: int) -> int:
    """Return twice as much."""
    return 2 * x


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """Return an engine on a new database."""
    with Engine(f'sqlite:///{tmp_path}/flow.db') as engine:
        yield engine


@pytest.fixture
def address(engine: Engine) -> Iterator[str]:
    """Return the address of a server with a worker."""
    with listening(engine.url) as address, working(engine.url, functions):
        yield address


@pytest.fixture
def client(address: str) -> Iterator[Client]:
    """Return a client."""
    with Client(address) as client:
        yield client


def test_a_run_is_submitted_waited_for_and_looked_at(client: Client) -> None:
    run = client.submit_run(source=SOURCE, inputs={'n': 20}, tags={'team': 'ops'})
    result = client.wait_for_result(run['id'])
    calls = client.list_calls(run['id'])
    state = client.get_state(run['id'], 1)

    assert (result['status'], result['output']) == ('succeeded', 41)
    assert [call['function'] for call in calls] == ['double', 'time.sleep']
    assert state['frames'][0]['variables']['n'] == '20'
    assert [line['text'] for line in client.list_logs(run['id'])] == ['go\n', 'done\n']
    assert [each['id'] for each in client.list_runs(status=['succeeded'], tag=['team=ops'])['runs']] == [run['id']]


def test_events_are_followed_to_the_end(client: Client) -> None:
    run = client.submit_run(source=SOURCE, inputs={'n': 1})

    events = list(client.events(run['id']))

    assert [line['text'] for name, line in events if name == 'log'] == ['go\n', 'done\n']
    assert (events[-1][0], events[-1][1]['output']) == ('end', 3)


def test_the_async_client_has_the_same_operations(address: str) -> None:
    async def both() -> tuple[object, list[str]]:
        async with AsyncClient(address) as client:
            runs = await asyncio.gather(*(client.submit_run(source=SOURCE, inputs={'n': n}) for n in range(3)))
            results = await asyncio.gather(*(client.wait_for_result(run['id']) for run in runs))
            names = [name async for name, _ in client.events(runs[0]['id'])]
            return [result['output'] for result in results], names

    outputs, names = asyncio.run(both())

    assert outputs == [1, 3, 5]
    assert names[-1] == 'end'


def test_an_error_of_the_server_has_its_code_and_its_sentence(client: Client, address: str) -> None:
    with pytest.raises(ServerError) as caught:
        client.get_run('0123')
    with pytest.raises(ServerError) as of_events:
        list(client.events('0123'))

    async def ask() -> None:
        async with AsyncClient(address) as other:
            await other.get_run('0123')

    with pytest.raises(ServerError) as of_async:
        asyncio.run(ask())

    for error in (caught.value, of_events.value, of_async.value):
        assert (error.status, error.code) == (404, 'run_not_found')
        assert str(error) == "no run has the id '0123'; list the runs to see the ids that exist"


def test_an_id_of_anyone_stays_a_part_of_the_path(client: Client) -> None:
    for run_id in ('../../etc', 'x?y', '0/cancel', '%2e%2e'):
        with pytest.raises(ServerError) as caught:
            client.get_run(run_id)
        assert caught.value.status in (404, 405, 422)


def test_a_token_is_sent(engine: Engine, address: str) -> None:
    token = engine.create_token('ann', 'read').text
    with Client(address, token=token) as known, Client(address) as unknown:
        about = known.get_about()
        with pytest.raises(ServerError) as caught:
            unknown.get_about()

    assert (about['name'], about['role']) == ('ann', 'read')
    assert caught.value.code == 'token_needed'


def test_a_run_goes_to_another_database_as_a_file(client: Client, engine: Engine, tmp_path: Path) -> None:
    run = client.submit_run(source='double(4)')
    client.wait_for_result(run['id'])
    data = client.export_run(run['id'])
    for keys in Path(engine.url.removeprefix('sqlite:///')).parent.glob('flow.db*key*'):
        shutil.copy(keys, tmp_path / keys.name.replace('flow.db', 'other.db'))
    with Engine(f'sqlite:///{tmp_path}/other.db') as other, listening(other.url) as address, Client(address) as there:
        there.import_run(data)

        assert there.get_result(run['id'])['output'] == 8


def test_what_gives_nothing_returns_none(client: Client) -> None:
    run = client.submit_run(source='1')
    client.wait_for_result(run['id'])

    assert client.delete_run(run['id']) is None  # type: ignore[func-returns-value]
