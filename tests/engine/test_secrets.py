"""Secrets reach functions, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import pytest

from monty_flow.engine import (
    FunctionRefused,
    Functions,
    Secret,
    SecretsMissing,
    SecretsRefused,
    Worker,
    current_call,
    load_secrets,
)
from monty_flow.engine.secrecy import Secrets
from tests.engine.bench import Bench
from tests.engine.past_the_engine import execute

VALUE = "ghp_'quoted'/x"
#: The short form; where it stands in a hint itself, tools take the name for one of Python's.
Token = Secret['TOKEN']
TABLES = ('runs', 'calls', 'logs', 'history', 'progress', 'snapshots', 'cached_results')


def dump(url: str) -> str:
    """Return all that the database holds, as text."""
    return ''.join(
        bytes(value).decode('latin-1') if isinstance(value, (bytes, memoryview)) else repr(value)
        for table in TABLES
        for row in execute(url, f'SELECT * FROM {table}')
        for value in row
    )


@pytest.fixture
def run(bench: Bench) -> Callable[[str], Any]:
    """Return what runs a script on a worker that has the secret."""

    def run_it(source: str) -> Any:
        submitted = bench.engine.submit(source)
        bench.worker(secrets={'TOKEN': VALUE}).run_until_idle()
        return bench.engine.get(submitted.id)

    return run_it


def test_a_function_gets_its_secret_by_the_hint_of_a_parameter(bench: Bench, run: Callable[[str], Any]) -> None:
    seen = []

    @bench.functions.function
    def short(token: Token, title: str, n: int = 1) -> str:
        seen.append(token)
        return title * n

    @bench.functions.function
    def long(title: str, *, token: Annotated[str, Secret('TOKEN')]) -> str:
        seen.append(token)
        return title

    assert run('[short("a", n=2), long("b")]').output == ['aa', 'b']
    assert seen == [VALUE, VALUE]
    assert 'ghp_' not in dump(bench.url)


def test_a_script_cannot_pass_a_secret(bench: Bench, run: Callable[[str], Any]) -> None:
    @bench.functions.function
    def f(title: str, token: Token) -> None: ...

    assert str(run('f("a", token="mine")').error) == "TypeError: f() got an unexpected keyword argument 'token'"
    assert str(run('f("a", "mine")').error) == 'TypeError: f() takes 1 positional argument but 2 were given'


def test_a_function_asks_for_a_secret_by_its_name(bench: Bench, run: Callable[[str], Any]) -> None:
    bench.functions.function(name='size', retries=0)(lambda name: len(current_call().secret(name)))

    found = run('try:\n    size("OTHER")\nexcept Exception as error:\n    x = str(error)\n[size("TOKEN"), x]').output

    assert found[0] == len(VALUE)
    assert found[1].startswith('SecretsMissing: the worker has no secret OTHER; give it by secrets=')


@pytest.mark.parametrize('kind', [ValueError, KeyError, RuntimeError, Exception, type('Odd', (Exception,), {})])
def test_errors_are_stored_and_raised_without_secrets(
    bench: Bench, run: Callable[[str], Any], kind: type[Exception]
) -> None:
    @bench.functions.function(retries=0)
    def f(token: Token) -> None:
        try:
            raise ConnectionError(f'https://host/?token={token}')
        except ConnectionError as error:
            raise kind(f'refused: {token}') from error

    ended = run('try:\n    f()\nexcept Exception as error:\n    x = repr(error)\nprint(x)\nx')

    [call] = bench.engine.calls(ended.id)
    assert '<secret TOKEN>' in ended.output
    assert 'refused: <secret TOKEN>' in call.error.message
    assert 'https://host/?token=<secret TOKEN>' in call.error.traceback
    assert 'ghp_' not in dump(bench.url)


@pytest.mark.parametrize('size', [1, 10_000])
def test_a_result_that_holds_a_secret_is_refused(bench: Bench, run: Callable[[str], Any], size: int) -> None:
    @bench.functions.function(retries=3, initial_delay_seconds=1000)
    def f(token: Token) -> Any:
        return {'headers': ['x' * size, f'Bearer {token}']}

    assert str(run('f()').error) == (
        'ValueError: the result of f() holds the secret TOKEN, which must not enter a script'
    )
    assert 'ghp_' not in dump(bench.url)


def test_progress_that_holds_a_secret_is_refused(bench: Bench, run: Callable[[str], Any]) -> None:
    @bench.functions.function(retries=0)
    def f(token: Token) -> None:
        current_call().heartbeat(token)

    assert run('f()').error.message.endswith('the progress of f() holds the secret TOKEN, which must not be stored')


def test_a_worker_without_the_secrets_of_its_functions_is_refused(url: str) -> None:
    functions = Functions()

    @functions.function
    def f(b: Annotated[str, Secret('B')], a: Annotated[str, Secret('A')]) -> None: ...

    with pytest.raises(SecretsMissing) as caught:
        Worker(url, functions, secrets={'C': 'x'})

    assert str(caught.value) == (
        'the worker has no secret A, B; give it by secrets=, a --secrets-file, or in the environment as '
        'MONTY_FLOW_SECRET_A, MONTY_FLOW_SECRET_B'
    )


@pytest.mark.parametrize(
    ('values', 'message'),
    [
        ({'not a name': 'x'}, "'not a name' cannot be the name of a secret; use letters, digits and underscores"),
        ({'A': ''}, 'the secret A is not a text, or is empty; give it a value or leave it out'),
        ({'A': 5}, 'the secret A is not a text, or is empty; give it a value or leave it out'),
    ],
)
def test_what_cannot_be_a_secret_is_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(SecretsRefused) as caught:
        Secrets(values)

    assert str(caught.value) == message


def test_a_secret_whose_hint_cannot_be_evaluated_is_not_left_to_the_script() -> None:
    def f(token: Annotated[str, Secret(MISSING)]) -> None: ...  # noqa: F821

    with pytest.raises(FunctionRefused):
        Functions().function(f)


def test_a_secret_is_one_argument() -> None:
    def f(*tokens: Token) -> None: ...

    with pytest.raises(FunctionRefused, match="'tokens' takes any number of arguments, and a secret is one"):
        Functions().function(f)


def test_secrets_are_not_shown() -> None:
    assert VALUE not in repr(Secrets({'TOKEN': VALUE}))


def test_secrets_come_from_a_file_and_from_the_environment_over_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lines, document = tmp_path / 'secrets.env', tmp_path / 'secrets.json'
    lines.write_text('# of the tests\n\nA = a=1\nB=b\n')
    document.write_text('{"A": "a", "B": "b"}')
    for path in (lines, document):
        os.chmod(path, 0o600)
    environment = {'MONTY_FLOW_SECRET_B': 'over', 'MONTY_FLOW_SECRET_EMPTY': '', 'OTHER': 'x'}

    assert load_secrets(lines, environment) == {'A': 'a=1', 'B': 'over'}
    assert load_secrets(document, {}) == {'A': 'a', 'B': 'b'}
    assert load_secrets(None, {}) == {}
    assert caplog.messages == []


def test_a_file_that_others_can_read_is_warned_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / 'secrets.env'
    path.write_text('A=a')
    os.chmod(path, 0o644)

    load_secrets(path, {})

    assert caplog.messages == [f'{path} can be read by other users; say "chmod 600 {path}"']


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        (b'A=a\nhush', 'line 2: there is no "="; write NAME=VALUE'),
        (b'{"A": "hush"', 'begins like JSON and is none; mend it, or write lines NAME=VALUE'),
        (b'{"A": 5}', "'A' is not a text; secrets are texts"),
        (b'\xff', 'cannot be read: it is not UTF-8 text'),
    ],
)
def test_a_file_of_another_form_is_refused_without_showing_it(tmp_path: Path, text: bytes, message: str) -> None:
    path = tmp_path / 'secrets'
    path.write_bytes(text)

    with pytest.raises(SecretsRefused) as caught:
        load_secrets(path, {})

    assert str(caught.value).endswith(message)
    assert 'hush' not in str(caught.value)
