"""Key files: made once, readable by their owner only, rotated, and never in the database."""

from __future__ import annotations

import json
import stat
import threading
from pathlib import Path

import pytest

from monty_flow.engine import KeysRefused, ManualClock, keys


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / 'flow.db.keys'


def test_the_keys_of_a_sqlite_database_lie_beside_it(tmp_path: Path) -> None:
    assert keys.place_of(f'sqlite:///{tmp_path}/flow.db', {}) == tmp_path / 'flow.db.keys'


def test_the_environment_names_the_keys_of_any_database(tmp_path: Path) -> None:
    environment = {keys.VARIABLE: '/run/secrets/flow.keys'}

    assert keys.place_of(f'sqlite:///{tmp_path}/flow.db', environment) == Path('/run/secrets/flow.keys')
    assert keys.place_of('postgresql://user@host/flow', environment) == Path('/run/secrets/flow.keys')
    assert keys.place_of('postgresql://user@host/flow', {}) is None


def test_a_key_is_made_once_and_only_its_owner_may_read_it(path: Path, clock: ManualClock) -> None:
    made = keys.make(path, clock)

    assert keys.make(path, clock) == made == keys.read(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_processes_that_come_first_at_once_agree_on_a_key(path: Path, clock: ManualClock) -> None:
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(keys.make(path, clock).current)) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 8
    assert len(set(found)) == 1


def test_rotation_adds_a_key_that_signs_and_keeps_the_others(path: Path, clock: ManualClock) -> None:
    first = keys.make(path, clock)

    second = keys.rotate(path, clock)

    assert second.current != first.current
    assert [key.id for key in second.keys] == [first.current, second.current]
    assert second == keys.read(path)
    assert second.ring.current == second.current
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_rotation_makes_the_first_key_where_there_is_none(path: Path, clock: ManualClock) -> None:
    file = keys.rotate(path, clock, encrypts=True)

    assert len(file.keys) == 1
    assert file.encrypts
    assert keys.rotate(path, clock).encrypts


def test_secrets_for_something_else_come_of_the_keys_and_are_none_of_them(path: Path, clock: ManualClock) -> None:
    url = f'sqlite:///{path.parent}/flow.db'
    [first] = keys.derived_secrets(url, clock, 'sessions')
    again = keys.derived_secrets(url, clock, 'sessions')
    rotated = keys.rotate(path, clock)
    [second, *older] = keys.derived_secrets(url, clock, 'sessions')

    assert again == (first,)
    assert older == [first]
    assert keys.derived_secrets(url, clock, 'something else')[0] != second
    assert not {first, second} & {key.secret for key in rotated.keys}
    assert keys.derived_secrets('postgresql://user@host/flow', clock, 'sessions') == ()


@pytest.mark.parametrize(
    'text', ['', '[]', '{"format": 2}', json.dumps({'format': 1, 'current': 'a', 'encrypts': False, 'keys': []})]
)
def test_a_file_that_is_no_key_file_is_refused_and_left_alone(path: Path, clock: ManualClock, text: str) -> None:
    path.write_text(text)

    with pytest.raises(KeysRefused, match='put a copy of it in its place'):
        keys.read(path)
    with pytest.raises(KeysRefused):
        keys.rotate(path, clock)
    assert path.read_text() == text
